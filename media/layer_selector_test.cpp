#include "media/layer_selector.hpp"

#include <gtest/gtest.h>

#include <array>

namespace vistime::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A publisher of L1T2 layers at 30 fps that answers keyframe requests with the next frame.
class LayerSelectorTest : public testing::Test {
 protected:
  LayerSelectorTest() { sending_.fill(true); }

  void one_frame() {
    now_ += milliseconds(33);
    const bool base_layer = frame_++ % 2 == 0;
    for (std::uint8_t spatial = 0; spatial < 3; ++spatial) {
      if (!sending_[spatial]) continue;
      const bool key = answering_ && asked_[spatial];
      if (key) asked_[spatial] = false;
      LayerObject object{spatial, static_cast<std::uint8_t>(key || base_layer ? 0 : 1), key,
                         !key && !base_layer};
      const bool forwarded = selector_.on_object(object, now_);
      if (forwarded) {
        ++forwarded_[spatial];
        last_ = object;
      }
      temporal_forwarded_ += forwarded && object.temporal > 0 ? 1 : 0;
    }
    if (const auto wanted = selector_.take_keyframe_request(now_)) {
      asked_[*wanted] = true;
      ++requests_;
    }
  }
  void run(milliseconds duration) {
    forwarded_.fill(0);
    temporal_forwarded_ = 0;
    for (const auto end = now_ + duration; now_ < end;) one_frame();
  }
  void congest() { selector_.on_backlog(milliseconds(400), now_); }

  base::TimePoint now_{seconds(50)};
  LayerSelector selector_;
  std::array<bool, 3> sending_{};
  std::array<bool, 3> asked_{};
  std::array<int, 3> forwarded_{};
  LayerObject last_;
  int frame_ = 0;
  int temporal_forwarded_ = 0;
  int requests_ = 0;
  bool answering_ = true;
};

TEST_F(LayerSelectorTest, starts_with_a_keyframe_of_the_best_layer_and_forwards_that_one_only) {
  EXPECT_FALSE(selector_.on_object({2, 0, false, false}, now_));
  EXPECT_EQ(selector_.take_keyframe_request(now_), 2);
  EXPECT_TRUE(selector_.on_object({2, 0, true, false}, now_));
  EXPECT_EQ(selector_.take_keyframe_request(now_), std::nullopt);
  run(seconds(2));
  EXPECT_EQ(forwarded_[0], 0);
  EXPECT_EQ(forwarded_[1], 0);
  EXPECT_GE(forwarded_[2], 60);
}

TEST_F(LayerSelectorTest, a_smaller_tile_gets_the_smaller_layer_from_its_keyframe_on) {
  run(seconds(1));
  selector_.want(0);
  EXPECT_EQ(selector_.take_keyframe_request(now_), 0);
  EXPECT_TRUE(selector_.on_object({2, 0, false, false}, now_)) << "the old layer until the new one begins";
  EXPECT_FALSE(selector_.on_object({0, 0, false, false}, now_));
  EXPECT_TRUE(selector_.on_object({0, 0, true, false}, now_));
  EXPECT_FALSE(selector_.on_object({2, 0, false, false}, now_));
  EXPECT_EQ(selector_.current(), 0);
}

TEST_F(LayerSelectorTest, nothing_wanted_is_nothing_forwarded_and_coming_back_takes_a_keyframe) {
  run(seconds(1));
  selector_.want(std::nullopt);
  run(seconds(1));
  EXPECT_EQ(forwarded_[2], 0);
  selector_.want(2);
  EXPECT_FALSE(selector_.on_object({2, 0, false, false}, now_));
  EXPECT_EQ(selector_.take_keyframe_request(now_), 2);
  EXPECT_TRUE(selector_.on_object({2, 0, true, false}, now_));
}

TEST_F(LayerSelectorTest, after_a_drop_the_layer_waits_for_its_keyframe) {
  run(seconds(1));
  selector_.on_dropped({2, 0, false, false}, now_);
  EXPECT_FALSE(selector_.on_object({2, 0, false, false}, now_));
  EXPECT_EQ(selector_.take_keyframe_request(now_), 2);
  EXPECT_TRUE(selector_.on_object({2, 0, true, false}, now_));
}

TEST_F(LayerSelectorTest, the_drop_of_a_discardable_object_breaks_nothing) {
  run(seconds(1));
  selector_.on_dropped({2, 1, false, true}, now_);
  EXPECT_TRUE(selector_.on_object({2, 0, false, false}, now_));
  EXPECT_EQ(selector_.take_keyframe_request(now_), std::nullopt);
}

TEST_F(LayerSelectorTest, a_keyframe_request_repeats_every_half_second_only) {
  answering_ = false;
  run(seconds(5));
  EXPECT_GE(requests_, 9);
  EXPECT_LE(requests_, 11);
}

TEST_F(LayerSelectorTest, congestion_takes_the_temporal_layer_first_and_then_the_spatial_one) {
  run(seconds(1));
  congest();
  run(seconds(1));
  EXPECT_EQ(selector_.current(), 2);
  EXPECT_EQ(temporal_forwarded_, 0);
  EXPECT_NEAR(forwarded_[2], 15, 2);
  congest();
  run(seconds(1));
  EXPECT_EQ(selector_.current(), 1);
  EXPECT_GT(temporal_forwarded_, 10) << "the smaller picture has its full rate";
}

TEST_F(LayerSelectorTest, a_burst_of_drops_is_one_step_down) {
  run(seconds(1));
  for (int i = 0; i < 50; ++i) congest();
  EXPECT_EQ(selector_.target(now_), 2);
  EXPECT_EQ(selector_.allowed_temporal(), 0);
}

TEST_F(LayerSelectorTest, lasting_congestion_ends_at_the_smallest_layer_and_stays) {
  run(seconds(1));
  for (int i = 0; i < 20; ++i) {
    congest();
    run(milliseconds(600));
  }
  EXPECT_EQ(selector_.current(), 0);
  EXPECT_EQ(selector_.allowed_temporal(), 0);
  EXPECT_GT(forwarded_[0], 0);
}

TEST_F(LayerSelectorTest, climbs_back_after_calm_time_until_all_that_is_wanted_flows) {
  run(seconds(1));
  for (int i = 0; i < 3; ++i) {
    congest();
    run(milliseconds(600));
  }
  ASSERT_EQ(selector_.current(), 1);
  run(seconds(4));
  EXPECT_EQ(selector_.current(), 1) << "not before the calm time";
  run(seconds(30));
  EXPECT_EQ(selector_.current(), 2);
  EXPECT_GT(temporal_forwarded_, 0);
}

TEST_F(LayerSelectorTest, every_failed_climb_doubles_the_wait) {
  // The connection carries all but the temporal layer of the largest picture.
  run(seconds(1));
  congest();
  run(milliseconds(600));
  int failures = 0;
  for (const auto end = now_ + seconds(240); now_ < end;) {
    one_frame();
    if (selector_.allowed_temporal() > 0 && last_.temporal > 0) {
      congest();
      ++failures;
      last_ = {};
    }
  }
  EXPECT_GE(failures, 5) << "5, 10, 20, 40, 60, 60 s";
  EXPECT_LE(failures, 7);
}

TEST_F(LayerSelectorTest, a_layer_that_stops_arriving_gives_way_to_the_best_that_does) {
  run(seconds(1));
  sending_[2] = false;
  run(milliseconds(900));
  EXPECT_EQ(selector_.current(), 2);
  run(milliseconds(400));
  EXPECT_EQ(selector_.current(), 1);
  sending_[2] = true;
  run(milliseconds(200));
  EXPECT_EQ(selector_.current(), 2);
}

TEST_F(LayerSelectorTest, a_track_that_sends_only_a_larger_layer_than_wanted_is_still_seen) {
  sending_ = {false, false, true};
  selector_.want(0);
  run(seconds(1));
  EXPECT_EQ(selector_.current(), 2);
}

TEST_F(LayerSelectorTest, a_still_screen_is_not_an_absent_layer) {
  sending_ = {true, false, false};
  run(seconds(1));
  now_ += seconds(60);
  EXPECT_EQ(selector_.take_keyframe_request(now_), std::nullopt);
  EXPECT_TRUE(selector_.on_object({0, 0, false, false}, now_));
}

TEST_F(LayerSelectorTest, frames_that_refer_to_a_withheld_temporal_layer_are_withheld_too) {
  ASSERT_TRUE(selector_.on_object({0, 0, true, false}, now_));
  EXPECT_TRUE(selector_.on_object({0, 2, false, true}, now_));
  selector_.want(2, 0);
  EXPECT_FALSE(selector_.on_object({0, 1, false, false}, now_));
  selector_.want(2);
  EXPECT_FALSE(selector_.on_object({0, 2, false, true}, now_)) << "it refers to the withheld layer 1";
  EXPECT_TRUE(selector_.on_object({0, 0, false, false}, now_));
  EXPECT_TRUE(selector_.on_object({0, 1, false, false}, now_));
}

TEST_F(LayerSelectorTest, an_unknown_layer_is_skipped) {
  EXPECT_FALSE(selector_.on_object({3, 0, true, false}, now_));
  EXPECT_FALSE(selector_.on_object({255, 0, true, false}, now_));
  selector_.on_dropped({255, 0, true, false}, now_);
  EXPECT_EQ(selector_.current(), std::nullopt);
}

}  // namespace
}  // namespace vistime::media
