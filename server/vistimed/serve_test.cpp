#include "server/vistimed/serve.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <future>

#include "server/vistimed/notify_testing.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server {
namespace {

class Serve : public testing::Test {
 protected:
  Serve() {
    settings_.data = (folder_.path() / "data").string();
    settings_.bind = "127.0.0.1";
    settings_.https_port = settings_.http_port = settings_.master_port = settings_.conference_port = 0;
    settings_.workers = 1;
  }
  TemporaryFolder folder_;
  Settings settings_;
  base::SystemClock clock_;
};

TEST_F(Serve, systemd_is_told_of_every_step_and_sigterm_ends_it_well) {
  const NotifySocket systemd;
  auto served = std::async(std::launch::async, [this] { return serve(settings_, true, clock_); });
  EXPECT_TRUE(systemd.received().starts_with("READY=1"));
  kill(getpid(), SIGHUP);
  EXPECT_TRUE(systemd.received().starts_with("RELOADING=1"));
  EXPECT_TRUE(systemd.received().starts_with("READY=1"));
  kill(getpid(), SIGTERM);
  EXPECT_TRUE(systemd.received().starts_with("STOPPING=1"));
  EXPECT_EQ(served.get(), kExitOk);
}

TEST_F(Serve, what_keeps_it_from_starting_is_its_exit_code) {
  folder_.write("file", "");
  settings_.data = (folder_.path() / "file").string();
  EXPECT_EQ(serve(settings_, false, clock_), kExitDisk);
}

}  // namespace
}  // namespace vistime::server
