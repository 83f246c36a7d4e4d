#include "server/common/url.hpp"

#include <algorithm>
#include <charconv>

#include "server/common/networks.hpp"

namespace vistime::server {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '-' || character == '.' || character == '_';
  });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

}  // namespace

std::string Origin::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == "443" ? name : name + ":" + port;
}

std::optional<Origin> parse_origin(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  Origin origin;
  const std::string host = host_of(text);
  if (host.empty()) return std::nullopt;
  const bool bracketed = host.front() == '[';
  const std::string_view port = text.substr(host.size());
  if (!port.empty()) origin.port = port.substr(1);
  origin.host = bracketed ? host.substr(1, host.size() - 2) : host;
  return origin;
}

std::string host_of(std::string_view header) {
  std::size_t end = header.find(':');
  if (header.starts_with('[')) {
    const auto bracket = header.find(']');
    if (bracket == std::string_view::npos) return {};
    end = bracket + 1;
    const auto inside = header.substr(1, bracket - 1);
    if (inside.find(':') == std::string_view::npos || !parse_address(inside)) return {};
  } else if (!is_name(header.substr(0, end))) {
    return {};
  }
  end = std::min(end, header.size());
  const auto rest = header.substr(end);
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return {};
  return std::string(header.substr(0, end));
}

}  // namespace vistime::server
