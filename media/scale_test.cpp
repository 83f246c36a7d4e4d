#include "media/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vistime::media {
namespace {

TEST(Scale, halving_averages_the_pixels_that_fall_together) {
  auto from = I420Frame::make(32, 32);
  for (std::size_t i = 0; i < from.y.size(); ++i) from.y[i] = (i % 2 == 0) ? 50 : 150;
  const auto to = scale(from, 16, 16).value();
  ASSERT_TRUE(to.valid());
  EXPECT_TRUE(std::ranges::all_of(to.y, [](int value) { return value >= 99 && value <= 101; }));
}

TEST(Scale, a_flat_picture_stays_flat_at_any_size) {
  auto from = I420Frame::make(37, 21);
  std::ranges::fill(from.y, 90);
  std::ranges::fill(from.u, 30);
  std::ranges::fill(from.v, 200);
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 200}, {641, 359}, {37, 21}, {9, 5}, {1, 720}}) {
    const auto to = scale(from, width, height);
    ASSERT_TRUE(to) << width << "x" << height;
    ASSERT_TRUE(to->valid());
    // The box filter divides in fixed point and may lose one step.
    for (const int value : to->y) ASSERT_NEAR(value, 90, 1) << width << "x" << height;
    for (const int value : to->u) ASSERT_NEAR(value, 30, 1) << width << "x" << height;
    for (const int value : to->v) ASSERT_NEAR(value, 200, 1) << width << "x" << height;
  }
}

TEST(Scale, sizes_out_of_range_and_broken_frames_are_refused) {
  const auto from = I420Frame::make(16, 16);
  EXPECT_EQ(scale(from, 0, 16).error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(scale(from, 16, kMaxFrameHeight + 1).error().kind, base::ErrorKind::kInvalid);
  auto broken = from;
  broken.y.pop_back();
  EXPECT_EQ(scale(broken, 16, 16).error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(scale(broken, 8, 8).error().kind, base::ErrorKind::kInvalid);
}

}  // namespace
}  // namespace vistime::media
