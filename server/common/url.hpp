// "https://host:port", the origin of another server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vistime::server {

struct Origin {
  std::string host;  // without brackets
  std::string port = "443";
  std::string authority() const;  // for the Host header
};

// https only, nothing behind the port but an optional '/'.
std::optional<Origin> parse_origin(std::string_view text);

// The host of a Host header, without port; empty when it is not one that can stand in a URL.
std::string host_of(std::string_view header);

}  // namespace vistime::server
