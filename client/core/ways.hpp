// The ways to one server: the ladder with what is remembered of this network, and who is told of what happens on it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/core/meeting_link.hpp"
#include "client/core/proxy_choice.hpp"
#include "client/core/route_memory.hpp"
#include "client/core/route_news.hpp"
#include "transport/reach/climb.hpp"

namespace vistime::client {

struct WaysSettings {
  Server server = {};
  std::vector<Proxy> proxies = {};  // in the order in which they are tried
  OnRoute told = {};
  std::shared_ptr<RouteMemory> memory = {};  // may be null
};

class Ways {
 public:
  using Route = transport::reach::Route;
  using Channel = transport::reach::Channel;

  explicit Ways(WaysSettings settings) : settings_(std::move(settings)) {}
  const Server& server() const { return settings_.server; }

  // In the order in which they are tried: what won here the last time goes first.
  std::vector<Route> all(Channel channel) const;
  // The rungs above this one.
  std::vector<Route> above(const Route& route) const;

  transport::reach::OnFailed on_failed() const;
  void won(const Route& route, std::chrono::milliseconds took,
           std::optional<std::string> inspected_by = std::nullopt) const;

  // A connection that had held for so long was cut; how long they live, where that is known.
  void was_cut(const Route& route, base::Duration age) const;
  std::optional<base::Duration> longest_session(const Route& route) const;

 private:
  Place place(Channel channel) const;

  const WaysSettings settings_;
};

}  // namespace vistime::client
