#include "server/conference/token_bucket.hpp"

#include <gtest/gtest.h>

namespace vistime::server::conference {
namespace {

TEST(TokenBucket, the_burst_passes_and_then_the_rate) {
  base::ManualClock clock;
  TokenBucket bucket(10, 3, clock.now());
  EXPECT_TRUE(bucket.take(1, clock.now()));
  EXPECT_TRUE(bucket.take(2, clock.now()));
  EXPECT_FALSE(bucket.take(1, clock.now()));
  clock.advance(std::chrono::milliseconds(100));
  EXPECT_TRUE(bucket.take(1, clock.now()));
  EXPECT_FALSE(bucket.take(1, clock.now()));
}

TEST(TokenBucket, a_long_pause_saves_no_more_than_the_burst) {
  base::ManualClock clock;
  TokenBucket bucket(10, 3, clock.now());
  clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(bucket.take(3.5, clock.now()));
  EXPECT_TRUE(bucket.take(3, clock.now()));
}

TEST(TokenBucket, a_refused_use_takes_nothing) {
  base::ManualClock clock;
  TokenBucket bucket(1, 2, clock.now());
  EXPECT_FALSE(bucket.take(5, clock.now()));
  EXPECT_TRUE(bucket.take(2, clock.now()));
}

}  // namespace
}  // namespace vistime::server::conference
