#include "client/core/video_sender.hpp"

#include <gtest/gtest.h>

#include "client/core/media_testing.hpp"

namespace vistime::client {
namespace {

using std::chrono::milliseconds;

class VideoSenderTest : public testing::Test {
 protected:
  void make(int layers, int frames = 100, Codec codec = Codec::kVp8) {
    sender_ = VideoSender::create(std::make_unique<GreySource>(320, 180, frames),
                                  {.index = 1, .codec = codec, .layers = layers}, test_sealer(1),
                                  [this](base::Bytes object) { objects_.push_back(header_of(object)); })
                  .value();
    sender_->start(clock_.now());
  }
  // The frame that is due now, then time passes to the next.
  void frame(base::Duration unconfirmed = base::Duration(0)) {
    (void)sender_->run(clock_.now(), unconfirmed);
    clock_.advance(milliseconds(40));
  }
  base::ManualClock clock_;
  std::vector<protocol::ObjectHeader> objects_;
  std::unique_ptr<VideoSender> sender_;
};

TEST(PlanLayers, each_layer_is_half_as_wide_and_none_is_narrower_than_allowed) {
  const auto three = plan_layers(1280, 720, 30, 3, 0);
  ASSERT_EQ(three.size(), 3U);
  EXPECT_EQ(three[0].width, 320U);
  EXPECT_EQ(three[0].spatial, 0U);
  EXPECT_EQ(three[2].width, 1280U);
  EXPECT_GT(three[2].bitrate, three[0].bitrate);
  EXPECT_EQ(plan_layers(320, 180, 15, 3, 0).size(), 2U);
  EXPECT_EQ(plan_layers(120, 90, 15, 3, 0).size(), 1U);
  EXPECT_EQ(plan_layers(640, 360, 30, 1, 900'000).at(0).bitrate, 900'000U);
}

TEST_F(VideoSenderTest, frames_follow_the_sources_rate_and_begin_with_a_keyframe) {
  make(1);
  for (int i = 0; i < 5; ++i) frame();
  ASSERT_EQ(objects_.size(), 5U);
  EXPECT_TRUE(objects_[0].keyframe);
  EXPECT_EQ(objects_[0].depends_on, 0U);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_FALSE(objects_[i].keyframe);
    EXPECT_EQ(objects_[i].depends_on, 1U);
    EXPECT_EQ(objects_[i].sequence, i);
    EXPECT_EQ(objects_[i].capture_us, objects_[0].capture_us + i * 40'000);
  }
}

TEST_F(VideoSenderTest, a_keyframe_comes_when_asked_for_but_not_too_often) {
  make(1);
  for (int i = 0; i < 10; ++i) frame();
  sender_->request_keyframe(0);
  frame();
  EXPECT_TRUE(objects_.back().keyframe);
  sender_->request_keyframe(0);
  frame();
  EXPECT_FALSE(objects_.back().keyframe);
  for (int i = 0; i < 8; ++i) frame();
  EXPECT_EQ(std::count_if(objects_.begin(), objects_.end(), [](const auto& each) { return each.keyframe; }),
            3);
}

TEST_F(VideoSenderTest, layers_that_nobody_wants_rest_and_wake_with_a_keyframe) {
  make(2);
  frame();
  ASSERT_EQ(objects_.size(), 2U);
  sender_->set_wanted({1});
  for (int i = 0; i < 10; ++i) frame();
  EXPECT_EQ(objects_.size(), 12U);
  sender_->set_wanted({0, 1});
  objects_.clear();
  frame();
  ASSERT_EQ(objects_.size(), 2U);
  EXPECT_EQ(objects_[0].spatial, 0U);
  EXPECT_TRUE(objects_[0].keyframe);
  EXPECT_FALSE(objects_[1].keyframe);
}

TEST_F(VideoSenderTest, nothing_is_encoded_while_the_connection_is_behind) {
  make(1);
  frame();
  frame(VideoSender::kBehind + milliseconds(1));
  frame(VideoSender::kBehind + milliseconds(1));
  EXPECT_EQ(objects_.size(), 1U);
  EXPECT_EQ(sender_->statistics().at(0).skipped, 2U);
  frame();
  EXPECT_EQ(objects_.back().sequence, 1U);
}

TEST_F(VideoSenderTest, what_is_late_is_dropped_before_it_is_encoded) {
  make(1);
  clock_.advance(milliseconds(400));
  (void)sender_->run(clock_.now(), base::Duration(0));
  EXPECT_LE(objects_.size(), 3U);
  EXPECT_GE(sender_->statistics().at(0).skipped, 8U);
}

TEST_F(VideoSenderTest, the_end_of_the_source_ends_the_sending) {
  make(1, 1);
  frame();
  EXPECT_EQ(sender_->run(clock_.now(), base::Duration(0)), std::nullopt);
}

TEST(Y4mSource, what_is_no_y4m_file_is_an_error_with_its_code) {
  const auto source = open_y4m_source("/nonexistent/picture.y4m", false);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, "bad-file");
}

}  // namespace
}  // namespace vistime::client
