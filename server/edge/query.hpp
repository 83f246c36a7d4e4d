// The part of an address behind '?', as forms write it (application/x-www-form-urlencoded).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/edge/pages.hpp"

namespace vistime::server::edge {

// Longer values are cut: nobody searches for more.
inline constexpr std::size_t kMaxQueryValue = 200;

// The first value of that name, decoded; broken escapes stand as they are, control characters become spaces.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
// Without an escape: what may stand in an address's query.
std::string query_encoded(std::string_view text);

// What ?lang= asks for; nothing when it names no language of ours.
std::optional<Language> asked_language(std::string_view query);

}  // namespace vistime::server::edge
