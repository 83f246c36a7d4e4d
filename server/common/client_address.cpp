#include "server/common/client_address.hpp"

namespace vistime::server {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Some proxies add a port or brackets.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? text : text.substr(1, end - 1);
  }
  const auto colon = text.find(':');
  return colon != std::string_view::npos && colon == text.rfind(':') ? text.substr(0, colon) : text;
}

}  // namespace

std::string client_address(const std::string& from, std::string_view header, const Networks& trusted) {
  std::string nearest = from;
  while (!header.empty() && trusted.contain(nearest)) {
    const auto comma = header.rfind(',');
    const auto last =
        without_port(trimmed(comma == std::string_view::npos ? header : header.substr(comma + 1)));
    const auto address = parse_address(last);
    if (!address) break;
    nearest = format_address(*address);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(0, comma);
  }
  return nearest;
}

std::string forwarded_for(const std::string& from, std::string_view header, const Networks& trusted) {
  if (header.empty() || !trusted.contain(from)) return from;
  return std::string(trimmed(header)) + ", " + from;
}

}  // namespace vistime::server
