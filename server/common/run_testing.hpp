// Runs a coroutine to its end, on a context of its own, and gives its value.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <optional>

#include "server/common/awaited.hpp"

namespace vistime::server {

template <typename T>
T run_to_end(Task<T> task) {
  asio::io_context context{1};
  std::optional<T> result;
  auto body = [](Task<T> inner, std::optional<T>& out) -> Task<void> {
    out.emplace(co_await std::move(inner));
  };
  asio::co_spawn(context.get_executor(), body(std::move(task), result), [](const std::exception_ptr& stray) {
    if (stray) std::rethrow_exception(stray);
  });
  context.run();
  return std::move(result).value();
}

}  // namespace vistime::server
