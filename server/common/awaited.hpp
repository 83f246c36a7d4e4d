// Awaits what another thread, or a callback, completes.
#pragma once

#include "transport/awaited.hpp"

namespace vistime::server {

namespace asio = boost::asio;
template <typename T>
using Task = asio::awaitable<T, transport::Executor>;

using transport::awaited;
using transport::Completion;

}  // namespace vistime::server
