// What happens on the way to a server: each route that carries, and each that was tried and did not.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace vistime::client {

struct RouteNews {
  std::string channel = {};  // "master", "conference"
  std::string route = {};    // "wss-443-proxy", see transport/reach/route.hpp
  std::string proxy = {};    // its address without credentials; empty: direct
  std::chrono::milliseconds took{0};
  std::optional<base::Error> failed = {};
  std::optional<std::string> inspected_by =
      {};  // who issued a certificate in place of the server's; see inspection.hpp
};

using OnRoute = std::function<void(const RouteNews& news)>;

}  // namespace vistime::client
