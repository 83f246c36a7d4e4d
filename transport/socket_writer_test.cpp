#include "transport/socket_writer.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace vistime::transport {
namespace {

struct SocketWriterTest : testing::Test {
  SocketWriterTest() {
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data());
    const int small = 4096;
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  }
  ~SocketWriterTest() override {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  base::Bytes read_some() {
    base::Bytes out(64 * 1024);
    const ssize_t bytes = ::recv(ends[1], out.data(), out.size(), 0);
    out.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return out;
  }
  std::array<int, 2> ends{-1, -1};
};

TEST_F(SocketWriterTest, what_the_socket_does_not_take_is_kept_and_follows_in_order) {
  SocketWriter writer(ends[0]);
  base::Bytes sent, received;
  for (int i = 0; i < 40; ++i) {
    const base::Bytes block(1000, static_cast<std::uint8_t>(i));
    sent.insert(sent.end(), block.begin(), block.end());
    ASSERT_TRUE(writer.write(block));
  }
  EXPECT_FALSE(writer.empty());
  EXPECT_FALSE(writer.flush()) << "nobody has read yet";
  while (received.size() < sent.size()) {
    const base::Bytes part = read_some();
    ASSERT_FALSE(part.empty());
    received.insert(received.end(), part.begin(), part.end());
    (void)writer.flush();
  }
  EXPECT_EQ(received, sent);
  EXPECT_TRUE(writer.empty());
}

TEST_F(SocketWriterTest, a_broken_connection_is_told_and_stays_broken) {
  SocketWriter writer(ends[0]);
  ::close(std::exchange(ends[1], -1));
  EXPECT_FALSE(writer.write(base::Bytes{1}));
  EXPECT_EQ(writer.error(), EPIPE);
  EXPECT_FALSE(writer.write(base::Bytes{2}));
}

}  // namespace
}  // namespace vistime::transport
