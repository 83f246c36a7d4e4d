// Awaits what another thread, or a callback, completes.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "transport/timer.hpp"

namespace vistime::transport {

template <typename T>
using Completion = std::move_only_function<void(T)>;

// `start` receives a Completion<T> that it calls exactly once, from any thread; the coroutine goes on, on its own
// executor, with the value. The executor's context must outlive the call.
template <typename T, typename Start>
Task<T> awaited(Executor executor, Start start) {
  // A pointer, because a coroutine's awaited value must be movable only, not default constructible.
  auto initiate = [executor, &start](auto handler) {
    using Handler = decltype(handler);
    auto shared = std::make_shared<Handler>(std::move(handler));
    start(Completion<T>([executor, shared, work = asio::make_work_guard(executor)](T value) mutable {
      asio::post(executor,
                 [shared = std::move(shared), value = std::make_shared<T>(std::move(value))]() mutable {
                   Handler call = std::move(*shared);
                   shared.reset();
                   call(std::move(value));
                 });
      work.reset();
    }));
  };
  std::shared_ptr<T> value =
      co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(std::shared_ptr<T>)>(
          initiate, use_task);
  co_return std::move(*value);
}

}  // namespace vistime::transport
