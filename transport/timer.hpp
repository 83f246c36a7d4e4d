// The coroutine, the timer and the completion token of our executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "transport/stream.hpp"

namespace vistime::transport {

template <typename T>
using Task = asio::awaitable<T, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
// co_await something(use_task): as asio::use_awaitable, for Task.
inline constexpr asio::use_awaitable_t<Executor> use_task{};

}  // namespace vistime::transport
