#include "media/replay_window.hpp"

#include <gtest/gtest.h>

namespace vistime::media {
namespace {

TEST(ReplayWindow, each_counter_is_accepted_once_in_any_order) {
  ReplayWindow window;
  for (const std::uint64_t counter : {0, 2, 1, 5, 4, 3}) EXPECT_TRUE(window.accept(counter)) << counter;
  for (const std::uint64_t counter : {0, 1, 2, 3, 4, 5}) EXPECT_FALSE(window.accept(counter)) << counter;
}

TEST(ReplayWindow, what_is_older_than_the_window_counts_as_seen) {
  ReplayWindow window;
  EXPECT_TRUE(window.accept(1000));
  EXPECT_TRUE(window.accept(1000 - ReplayWindow::kSize + 1));
  EXPECT_FALSE(window.accept(1000 - ReplayWindow::kSize));
}

TEST(ReplayWindow, a_leap_forgets_nothing_that_could_be_replayed) {
  ReplayWindow window;
  EXPECT_TRUE(window.accept(7));
  EXPECT_TRUE(window.accept(1'000'000));
  EXPECT_FALSE(window.accept(7));
  EXPECT_FALSE(window.accept(1'000'000));
}

}  // namespace
}  // namespace vistime::media
