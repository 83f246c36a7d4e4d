#include "server/edge/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vistime::server::edge {
namespace {

bool is_plain(unsigned char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' || letter == '~';
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < kMaxQueryValue; ++at) {
    unsigned char letter = static_cast<unsigned char>(text[at]);
    if (letter == '+') letter = ' ';
    if (letter == '%' && text.size() - at > 2) {
      unsigned char value = 0;
      const char* end = text.data() + at + 3;
      const auto [stop, error] = std::from_chars(text.data() + at + 1, end, value, 16);
      if (error == std::errc{} && stop == end) {
        letter = value;
        at += 2;
      }
    }
    out.push_back(letter < 0x20 || letter == 0x7F ? ' ' : static_cast<char>(letter));
  }
  return out;
}

}  // namespace

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (std::size_t at = 0; at < query.size();) {
    const auto end = std::min(query.find('&', at), query.size());
    const std::string_view pair = query.substr(at, end - at);
    const auto equals = std::min(pair.find('='), pair.size());
    if (decoded(pair.substr(0, equals)) == name)
      return decoded(pair.substr(std::min(equals + 1, pair.size())));
    at = end + 1;
  }
  return std::nullopt;
}

std::string query_encoded(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (is_plain(byte))
      out.push_back(letter);
    else
      out += fmt::format("%{:02X}", byte);
  }
  return out;
}

std::optional<Language> asked_language(std::string_view query) {
  const auto value = query_value(query, "lang");
  if (value == "en") return Language::kEnglish;
  if (value == "de") return Language::kGerman;
  return std::nullopt;
}

}  // namespace vistime::server::edge
