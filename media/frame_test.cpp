#include "media/frame.hpp"

#include <gtest/gtest.h>

namespace vistime::media {
namespace {

TEST(I420Frame, odd_sizes_round_the_chroma_up) {
  const auto frame = I420Frame::make(5, 3);
  EXPECT_EQ(frame.y.size(), 15U);
  EXPECT_EQ(frame.u.size(), 6U);
  EXPECT_EQ(frame.v.size(), 6U);
  EXPECT_EQ(frame.size_bytes(), 27U);
  EXPECT_TRUE(frame.valid());
}

TEST(I420Frame, a_frame_whose_planes_do_not_match_its_size_is_invalid) {
  auto frame = I420Frame::make(4, 4);
  frame.u.pop_back();
  EXPECT_FALSE(frame.valid());
  EXPECT_FALSE(I420Frame{}.valid());
  EXPECT_TRUE(I420Frame{}.empty());
}

}  // namespace
}  // namespace vistime::media
