#include "server/master/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace vistime::server::master {
namespace {

using std::chrono::seconds;

TEST(RateLimiter, a_burst_passes_and_then_one_for_each_share_of_the_period) {
  base::ManualClock clock;
  RateLimiter limiter(clock, 3, seconds(60));
  for (int at = 0; at < 3; ++at) EXPECT_EQ(limiter.take("a"), seconds(0));
  EXPECT_EQ(limiter.take("a"), seconds(20));
  clock.advance(seconds(19));
  EXPECT_EQ(limiter.take("a"), seconds(1));
  clock.advance(seconds(1));
  EXPECT_EQ(limiter.take("a"), seconds(0));
  EXPECT_EQ(limiter.take("a"), seconds(20));
}

TEST(RateLimiter, one_address_does_not_slow_another) {
  base::ManualClock clock;
  RateLimiter limiter(clock, 1, seconds(60));
  EXPECT_EQ(limiter.take("a"), seconds(0));
  EXPECT_EQ(limiter.take("b"), seconds(0));
  EXPECT_GT(limiter.take("a"), seconds(0));
}

TEST(RateLimiter, what_is_given_back_may_be_taken_again) {
  base::ManualClock clock;
  RateLimiter limiter(clock, 2, seconds(60));
  for (int at = 0; at < 10; ++at) {
    EXPECT_EQ(limiter.take("a"), seconds(0));
    limiter.give_back("a");
  }
  limiter.give_back("never seen");
  EXPECT_EQ(limiter.take("a"), seconds(0));
  EXPECT_EQ(limiter.take("a"), seconds(0));
  EXPECT_EQ(limiter.take("a"), seconds(30));
}

TEST(RateLimiter, it_never_holds_more_than_its_limit_of_keys) {
  base::ManualClock clock;
  RateLimiter limiter(clock, 1, seconds(60), 10);
  for (int at = 0; at < 1000; ++at) limiter.take(std::to_string(at));
  EXPECT_EQ(limiter.keys(), 10U);
  EXPECT_GT(limiter.take("999"), seconds(0));
}

}  // namespace
}  // namespace vistime::server::master
