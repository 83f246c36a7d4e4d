#include "server/vistimed/notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "server/common/temporary_folder_testing.hpp"

namespace vistime::server {
namespace {

// What systemd would be: a datagram socket named by NOTIFY_SOCKET.
class Notify : public testing::Test {
 protected:
  void SetUp() override {
    const std::string path = (folder_.path() / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    socket_ = socket(AF_UNIX, SOCK_DGRAM, 0);
    ASSERT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    close(socket_);
  }
  std::string received() const {
    char text[512];
    const ssize_t size = recv(socket_, text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
  }

  TemporaryFolder folder_;
  int socket_ = -1;
};

TEST_F(Notify, each_state_has_its_word) {
  notify_ready();
  EXPECT_NE(received().find("READY=1"), std::string::npos);
  notify_reloading();
  EXPECT_NE(received().find("RELOADING=1\nMONOTONIC_USEC="), std::string::npos);
  notify_stopping();
  EXPECT_NE(received().find("STOPPING=1"), std::string::npos);
  notify_alive();
  EXPECT_EQ(received(), "WATCHDOG=1");
}

TEST_F(Notify, the_watchdog_is_fed_twice_as_often_as_it_demands) {
  EXPECT_EQ(watchdog_interval().count(), 0);
  setenv("WATCHDOG_USEC", "3000000", 1);
  EXPECT_EQ(watchdog_interval(), std::chrono::milliseconds(1500));
}

}  // namespace
}  // namespace vistime::server
