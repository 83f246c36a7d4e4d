#include "client/core/backoff.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace vistime::client {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, the_shortest_waits_double_up_to_half_of_the_longest) {
  Backoff backoff([] { return std::uint64_t{0}; });
  for (const int expected : {125, 250, 500, 1000, 2000, 2500, 2500})
    EXPECT_EQ(backoff.next(), milliseconds(expected));
  EXPECT_EQ(backoff.attempts(), 7);
}

TEST(Backoff, no_wait_is_longer_than_the_step) {
  std::uint64_t value = 1;
  Backoff backoff([&] { return value = value * 6364136223846793005U + 1442695040888963407U; });
  EXPECT_LE(backoff.next(), Backoff::kFirst);
  for (int i = 0; i < 100; ++i) {
    const auto wait = backoff.next();
    EXPECT_GE(wait, Backoff::kFirst);
    EXPECT_LE(wait, Backoff::kLongest);
  }
}

TEST(Backoff, after_a_reset_it_begins_anew) {
  Backoff backoff([] { return std::uint64_t{0}; });
  (void)backoff.next();
  (void)backoff.next();
  backoff.reset();
  EXPECT_EQ(backoff.next(), milliseconds(125));
  EXPECT_EQ(backoff.attempts(), 1);
}

}  // namespace
}  // namespace vistime::client
