#include "transport/reach/route.hpp"

#include <algorithm>

namespace vistime::transport::reach {

std::string_view to_string(Channel channel) { return channel == Channel::kMaster ? "master" : "conference"; }

std::string Route::name() const {
  return fmt::format("{}-{}{}", means == Means::kWebSocket ? "wss" : "https", port, proxy ? "-proxy" : "");
}

std::vector<Route> ladder(Channel channel, const std::string& host, std::uint16_t port,
                          const std::vector<Proxy>& proxies) {
  std::vector<Route> routes;
  const auto add = [&](Means means, std::uint16_t at) {
    routes.push_back({.channel = channel, .means = means, .host = host, .port = at, .proxy = {}});
    for (const Proxy& proxy : proxies) {
      routes.push_back({.channel = channel, .means = means, .host = host, .port = at, .proxy = proxy});
    }
  };
  const bool master = channel == Channel::kMaster;
  const Means first = master ? Means::kRequests : Means::kWebSocket;
  add(first, port);
  if (port == 443) add(first, master ? kMasterPort : kConferencePort);
  if (!master) add(Means::kRequests, port);
  return routes;
}

void prefer(std::vector<Route>& routes, const std::string& name, const std::string& proxy) {
  const auto found = std::ranges::find_if(routes, [&](const Route& route) {
    return route.name() == name && (route.proxy ? route.proxy->print() : std::string()) == proxy;
  });
  if (found != routes.end()) std::rotate(routes.begin(), found, found + 1);
}

}  // namespace vistime::transport::reach
