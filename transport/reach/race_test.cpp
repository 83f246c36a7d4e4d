#include "transport/reach/race.hpp"

#include <gtest/gtest.h>

namespace vistime::transport::reach {
namespace {

using namespace std::chrono_literals;

TEST(Race, the_next_rung_starts_when_the_last_has_been_silent) {
  const base::TimePoint start{};
  Race race(3, kStagger);
  EXPECT_EQ(race.next(start), 0);
  EXPECT_EQ(race.next(start), std::nullopt);
  EXPECT_EQ(race.wake(), start + 250ms);
  EXPECT_EQ(race.next(start + 249ms), std::nullopt);
  EXPECT_EQ(race.next(start + 250ms), 1);
  EXPECT_EQ(race.next(start + 250ms), std::nullopt);
  EXPECT_EQ(race.next(start + 500ms), 2);
  EXPECT_EQ(race.wake(), std::nullopt);
  EXPECT_FALSE(race.lost());
}

TEST(Race, nobody_waits_while_nothing_is_under_way) {
  const base::TimePoint start{};
  Race race(2, kStagger);
  EXPECT_EQ(race.next(start), 0);
  race.failed(0);
  EXPECT_EQ(race.next(start + 1ms), 1);
  EXPECT_FALSE(race.lost());
  race.failed(1);
  EXPECT_TRUE(race.lost());
}

TEST(Race, while_one_is_under_way_a_failure_starts_nothing_early) {
  const base::TimePoint start{};
  Race race(3, kStagger);
  EXPECT_EQ(race.next(start), 0);
  EXPECT_EQ(race.next(start + 250ms), 1);
  race.failed(1);
  EXPECT_EQ(race.next(start + 260ms), std::nullopt);
  EXPECT_EQ(race.next(start + 500ms), 2);
}

TEST(Race, the_first_success_wins_and_nothing_more_is_started) {
  const base::TimePoint start{};
  Race race(3, kStagger);
  EXPECT_EQ(race.next(start), 0);
  EXPECT_EQ(race.next(start + 250ms), 1);
  EXPECT_TRUE(race.succeeded(1));
  EXPECT_FALSE(race.succeeded(0));
  EXPECT_EQ(race.winner(), 1);
  EXPECT_EQ(race.next(start + 1s), std::nullopt);
  EXPECT_FALSE(race.lost());
}

TEST(Race, a_rung_that_has_become_likely_starts_at_once_and_the_others_keep_their_order) {
  const base::TimePoint start{};
  Race race(4, kStagger);
  EXPECT_EQ(race.next(start), 0);
  EXPECT_EQ(race.next(start + 250ms), 1);
  race.failed(0);
  race.hurry(3);
  race.hurry(0);  // has had its turn
  EXPECT_EQ(race.next(start + 260ms), 3);
  EXPECT_EQ(race.next(start + 260ms), std::nullopt);
  EXPECT_EQ(race.wake(), start + 510ms);
  EXPECT_EQ(race.next(start + 510ms), 2);
  race.hurry(3);
  EXPECT_EQ(race.next(start + 2s), std::nullopt);
}

TEST(Race, without_rungs_it_is_lost_from_the_start) { EXPECT_TRUE(Race(0, kStagger).lost()); }

}  // namespace
}  // namespace vistime::transport::reach
