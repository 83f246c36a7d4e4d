#include "server/vistimed/notify.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <ctime>

namespace vistime::server {

void notify_ready() { sd_notify(0, "READY=1\nSTATUS=Serving"); }

void notify_reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
  sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds).c_str());
}

void notify_stopping() { sd_notify(0, "STOPPING=1\nSTATUS=Draining"); }

void notify_alive() { sd_notify(0, "WATCHDOG=1"); }

std::chrono::microseconds watchdog_interval() {
  std::uint64_t interval = 0;
  if (sd_watchdog_enabled(0, &interval) <= 0) return std::chrono::microseconds(0);
  // Half of it, as sd_watchdog_enabled(3) advises.
  return std::chrono::microseconds(interval / 2);
}

}  // namespace vistime::server
