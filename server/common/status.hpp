// What those who watch over the server ask: /healthz (the process is alive), /readyz (it takes work), /metrics.
#pragma once

#include <prometheus/registry.h>

#include <functional>

#include "server/common/networks.hpp"
#include "server/common/router.hpp"

namespace vistime::server {

struct StatusRoutes {
  // Safe from any thread: true when every role is ready and nothing drains.
  std::function<bool()> ready;
  const prometheus::Registry* registry = nullptr;
  Networks metrics_allow;
};
void register_status_routes(Router& router, StatusRoutes status);

}  // namespace vistime::server
