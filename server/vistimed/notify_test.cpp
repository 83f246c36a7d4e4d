#include "server/vistimed/notify.hpp"

#include <gtest/gtest.h>

#include "server/vistimed/notify_testing.hpp"

namespace vistime::server {
namespace {

TEST(Notify, each_state_has_its_word) {
  const NotifySocket systemd;
  notify_ready();
  EXPECT_NE(systemd.received().find("READY=1"), std::string::npos);
  notify_reloading();
  EXPECT_NE(systemd.received().find("RELOADING=1\nMONOTONIC_USEC="), std::string::npos);
  notify_stopping();
  EXPECT_NE(systemd.received().find("STOPPING=1"), std::string::npos);
  notify_alive();
  EXPECT_EQ(systemd.received(), "WATCHDOG=1");
}

TEST(Notify, the_watchdog_is_fed_twice_as_often_as_it_demands) {
  EXPECT_EQ(watchdog_interval().count(), 0);
  setenv("WATCHDOG_USEC", "3000000", 1);
  EXPECT_EQ(watchdog_interval(), std::chrono::milliseconds(1500));
  unsetenv("WATCHDOG_USEC");
}

}  // namespace
}  // namespace vistime::server
