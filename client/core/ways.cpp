#include "client/core/ways.hpp"

#include <algorithm>

#include "client/core/network_print.hpp"

namespace vistime::client {
namespace {

namespace reach = transport::reach;

Way way_of(const reach::Route& route) {
  return {route.name(), route.proxy ? route.proxy->print() : std::string()};
}

RouteNews news_of(const reach::Route& route) {
  const Way way = way_of(route);
  return {.channel = std::string(reach::to_string(route.channel)), .route = way.route, .proxy = way.proxy};
}

}  // namespace

// Read anew each time: the network may have changed since.
Place Ways::place(Channel channel) const {
  return {network_print(NetworkFacts::read(), settings_.proxies), settings_.server.print(),
          std::string(reach::to_string(channel))};
}

std::vector<reach::Route> Ways::all(Channel channel) const {
  auto routes = reach::ladder(channel, settings_.server.host, settings_.server.port, settings_.proxies);
  if (!settings_.memory) return routes;
  if (const auto winner = settings_.memory->winner(place(channel)))
    reach::prefer(routes, winner->route, winner->proxy);
  return routes;
}

std::vector<reach::Route> Ways::above(const Route& route) const {
  auto routes = reach::ladder(route.channel, settings_.server.host, settings_.server.port, settings_.proxies);
  routes.erase(std::ranges::find(routes, route), routes.end());
  return routes;
}

// Who lost the race may fail after this is gone.
reach::OnFailed Ways::on_failed() const {
  return [told = settings_.told](const reach::FailedRoute& failed) {
    if (!told) return;
    RouteNews news = news_of(failed.route);
    news.failed = failed.why;
    told(news);
  };
}

void Ways::won(const Route& route, std::chrono::milliseconds took,
               std::optional<std::string> inspected_by) const {
  if (settings_.memory) settings_.memory->won(place(route.channel), way_of(route));
  if (!settings_.told) return;
  RouteNews news = news_of(route);
  news.took = took;
  news.inspected_by = std::move(inspected_by);
  settings_.told(news);
}

void Ways::was_cut(const Route& route, base::Duration age) const {
  if (settings_.memory) settings_.memory->was_cut(place(route.channel), way_of(route), age);
}

std::optional<base::Duration> Ways::longest_session(const Route& route) const {
  if (!settings_.memory) return std::nullopt;
  return settings_.memory->longest_session(place(route.channel), way_of(route));
}

}  // namespace vistime::client
