// Tells systemd how it goes (sd_notify); does nothing where nobody asked to be told.
#pragma once

#include <chrono>

namespace vistime::server {

void notify_ready();
// Also says for which time: systemd wants it with RELOADING.
void notify_reloading();
void notify_stopping();
void notify_alive();
// How often notify_alive() is expected; zero: not at all.
std::chrono::microseconds watchdog_interval();

}  // namespace vistime::server
