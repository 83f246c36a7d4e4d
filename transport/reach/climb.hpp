// Climbs a ladder: races its routes (see race.hpp) and answers with the first that succeeds.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "transport/reach/race.hpp"
#include "transport/reach/route.hpp"
#include "transport/timer.hpp"

namespace vistime::transport::reach {

// A route that was tried and did not carry.
struct FailedRoute {
  Route route;
  base::Error why;
};

// Of all that failed, what helps most: a certificate or a sign-in that a person must see to comes before a refusal, a
// refusal before silence. `failed` must not be empty.
const FailedRoute& most_telling(const std::vector<FailedRoute>& failed);

// Which of the routes is made likely by this failure: where a WebSocket is refused, plain requests by the same way.
std::optional<std::size_t> likely_after(const FailedRoute& failed, const std::vector<Route>& routes);

template <typename T>
struct Climbed {
  Route route;
  T value;
};

// Told of each failure as it happens, also of those after another route has won.
using OnFailed = std::function<void(const FailedRoute&)>;
template <typename T>
using TakeRoute = std::function<Task<base::Result<T>>(Route route)>;

namespace detail {

template <typename T>
struct Climb {
  Climb(const Executor& executor, std::vector<Route> all, TakeRoute<T> how, OnFailed on_failed)
      : routes(std::move(all)),
        take(std::move(how)),
        told(std::move(on_failed)),
        race(routes.size(), kStagger),
        wake(executor) {}
  const std::vector<Route> routes;
  const TakeRoute<T> take;
  const OnFailed told;
  Race race;
  Timer wake;
  std::vector<FailedRoute> failed;
  std::optional<Climbed<T>> won;
};

// What a loser brings is dropped here, which closes it.
template <typename T>
Task<void> take_rung(std::shared_ptr<Climb<T>> climb, std::size_t rung) {
  const Route route = climb->routes[rung];
  base::Result<T> result = base::fail(base::ErrorKind::kInternal, "the route was not tried");
  try {
    result = co_await climb->take(route);
  } catch (const std::exception& error) {
    result = base::fail_as(base::ErrorKind::kUnreachable, "unreachable", "{}", error.what());
  }
  if (!result) {
    climb->race.failed(rung);
    climb->failed.push_back({route, result.error()});
    if (const auto likely = likely_after(climb->failed.back(), climb->routes)) climb->race.hurry(*likely);
    if (climb->told) climb->told(climb->failed.back());
  } else if (climb->race.succeeded(rung)) {
    climb->won.emplace(Climbed<T>{route, std::move(*result)});
  }
  climb->wake.cancel();
}

}  // namespace detail

template <typename T>
Task<base::Result<Climbed<T>>> climb(std::vector<Route> routes, TakeRoute<T> take, OnFailed told) {
  const auto executor = co_await asio::this_coro::executor;
  auto state =
      std::make_shared<detail::Climb<T>>(executor, std::move(routes), std::move(take), std::move(told));
  const auto token = asio::as_tuple(use_task);
  while (!state->won && !state->race.lost()) {
    const auto now = std::chrono::time_point_cast<base::Duration>(std::chrono::steady_clock::now());
    while (const auto rung = state->race.next(now)) {
      asio::co_spawn(executor, detail::take_rung<T>(state, *rung), asio::detached);
    }
    if (state->won || state->race.lost()) break;  // a rung may end within its start
    const auto wake = state->race.wake();
    state->wake.expires_at(wake ? Timer::time_point(*wake) : Timer::time_point::max());
    co_await state->wake.async_wait(token);
  }
  if (state->won) co_return std::move(*state->won);
  if (state->failed.empty()) co_return base::fail(base::ErrorKind::kInternal, "there is no route to try");
  co_return std::unexpected(most_telling(state->failed).why);
}

}  // namespace vistime::transport::reach
