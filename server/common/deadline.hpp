// Closes a connection when something on it takes too long.
#pragma once

#include "transport/time_limit.hpp"

namespace vistime::server {

using Deadline = transport::TimeLimit;

}  // namespace vistime::server
