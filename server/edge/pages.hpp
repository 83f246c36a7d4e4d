// The pages that a browser sees at / and at a meeting's link: what this is, and how to join.
#pragma once

#include <string>
#include <string_view>

namespace vistime::server::edge {

enum class Language { kEnglish, kGerman };

// Of an Accept-Language header: the one of ours that it weighs highest; English when it names neither.
Language preferred_language(std::string_view accept_language);

std::string home_page(Language language);
// The meeting's secret is in the part of the link that no server sees: the page puts the command together itself.
std::string room_page(Language language);
std::string not_found_page(Language language);

// Nothing but the page's own style and script, by their hashes.
std::string content_security_policy();

}  // namespace vistime::server::edge
