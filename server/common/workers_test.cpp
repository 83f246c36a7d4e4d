#include "server/common/workers.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <set>
#include <stdexcept>

#include "transport/timer.hpp"

namespace vistime::server {
namespace {

std::thread::id thread_of(const transport::Executor& executor) {
  std::promise<std::thread::id> id;
  boost::asio::post(executor, [&id] { id.set_value(std::this_thread::get_id()); });
  return id.get_future().get();
}

TEST(Workers, a_room_always_lives_on_the_same_thread) {
  Workers workers(4);
  workers.start();
  const auto home = thread_of(workers.of("room"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(thread_of(workers.of("room")), home);
}

TEST(Workers, what_belongs_nowhere_is_spread) {
  Workers workers(3);
  workers.start();
  std::set<std::thread::id> seen;
  for (int i = 0; i < 3; ++i) seen.insert(thread_of(workers.next()));
  EXPECT_EQ(seen.size(), 3u);
}

// The address sanitizer sees whether a socket outlives what it belongs to.
TEST(Workers, a_pending_task_may_hold_a_socket_of_another_worker) {
  Workers workers(2);
  const auto one = workers.next(), other = workers.next();
  for (const auto& [home, abroad] : {std::pair(one, other), std::pair(other, one)}) {
    auto timer = std::make_shared<transport::Timer>(home, std::chrono::hours(1));
    auto socket = std::make_shared<transport::Socket>(abroad, transport::tcp::v4());
    timer->async_wait([timer, socket](const transport::ErrorCode&) {});
  }
}

TEST(Workers, a_stray_exception_does_not_end_the_thread) {
  Workers workers(1);
  workers.start();
  boost::asio::post(workers.next(), [] { throw std::runtime_error("stray"); });
  EXPECT_NE(thread_of(workers.next()), std::thread::id());
}

TEST(Workers, zero_means_one_a_core) { EXPECT_GE(Workers(0).size(), 1u); }

}  // namespace
}  // namespace vistime::server
