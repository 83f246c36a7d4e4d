// A route: how a link or a request is carried to a role. The ladder is all routes to a role, in the order in which
// they are tried.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transport/reach/proxy.hpp"

namespace vistime::transport::reach {

enum class Channel { kMaster, kConference };
std::string_view to_string(Channel channel);

enum class Means {
  kWebSocket,  // "wss"
  kRequests,   // "https": plain requests, where the upgrade does not pass
};

struct Route {
  Channel channel = Channel::kConference;
  Means means = Means::kWebSocket;
  std::string host;  // for DNS, SNI and the Host header
  std::uint16_t port = 443;
  std::optional<Proxy> proxy;

  // "wss-443", "https-443-proxy": what logs, events and reports say.
  std::string name() const;
  bool operator==(const Route&) const = default;
};

// The roles' own ports: tried where the site itself is on 443.
inline constexpr std::uint16_t kMasterPort = 12000;
inline constexpr std::uint16_t kConferencePort = 12001;

// The ladder of one channel: WebSocket at the site's port, directly and through each proxy, the same at the role's own
// port, then plain requests at the site's port. Master speaks requests only.
std::vector<Route> ladder(Channel channel, const std::string& host, std::uint16_t port,
                          const std::vector<Proxy>& proxies);

// What won the last time goes first; the others keep their order. `proxy` as Proxy::print() writes it, or empty.
void prefer(std::vector<Route>& routes, const std::string& name, const std::string& proxy);

}  // namespace vistime::transport::reach
