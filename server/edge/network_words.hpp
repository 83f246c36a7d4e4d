// All words of the network page, in both languages.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "server/edge/pages.hpp"
#include "site/network_record.hpp"

namespace vistime::server::edge {

struct NetworkWords {
  std::string_view title, lead, state, unknown_state, print;
  std::string_view short_title, short_text, short_names, short_addresses, short_port;
  std::string_view ports_title, port, transport, needed, purpose, required, optional, not_offered;
  std::array<std::string_view, site::kPortPurposes> purposes;  // by site::PortPurpose
  std::string_view where_title, where_text, names, ipv4, ipv6, no_names, no_addresses;
  std::string_view path_title, path_text;
  std::array<std::string_view, 5> path_points;
  std::string_view path_help;
  std::string_view check_title, check_text, check_needs_script;
  std::string_view rules_title, rules_text, copy, copied, as_file;
  std::string_view feeds_title, feeds_text, feed_names, feed_ipv4, feed_ipv6, feed_json;
  std::string_view changes_title, change, added, removed;
};

const NetworkWords& network_words(Language language);

// What the check in the browser says: resources/network_check.js asks for it by key.
struct CheckWord {
  std::string_view key, english, german;
};
std::span<const CheckWord> check_words();

}  // namespace vistime::server::edge
