#include "transport/reach/climb.hpp"

#include <algorithm>
#include <array>

namespace vistime::transport::reach {
namespace {

// Not in the list: somewhere in between.
constexpr std::array<std::string_view, 17> kByTelling = {
    "tls-untrusted", "proxy-auth",      "proxy-denied", "transformed", "upgrade-refused",
    "starved",       "proxy-garbage",   "tls-failed",   "tls-timeout", "proxy-unreachable",
    "proxy-timeout", "upgrade-timeout", "http-timeout", "tcp-refused", "tcp-unreachable",
    "tcp-timeout",   "dns-timeout"};

std::size_t rank(const FailedRoute& failed) {
  const auto found = std::ranges::find(kByTelling, std::string_view(failed.why.code));
  if (found == kByTelling.end()) return kByTelling.size() / 2;
  return static_cast<std::size_t>(found - kByTelling.begin());
}

}  // namespace

std::optional<std::size_t> likely_after(const FailedRoute& failed, const std::vector<Route>& routes) {
  const std::string& code = failed.why.code;
  if (code != "upgrade-refused" && code != "upgrade-timeout" && code != "starved") return std::nullopt;
  Route wanted = failed.route;
  wanted.means = Means::kRequests;
  const auto found = std::ranges::find(routes, wanted);
  if (found == routes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - routes.begin());
}

const FailedRoute& most_telling(const std::vector<FailedRoute>& failed) {
  return *std::ranges::min_element(failed, {}, rank);
}

}  // namespace vistime::transport::reach
