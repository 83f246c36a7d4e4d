#include "client/core/audio_sender.hpp"

#include <gtest/gtest.h>

#include "client/core/media_testing.hpp"

namespace vistime::client {
namespace {

using std::chrono::milliseconds;

class AudioSenderTest : public testing::Test {
 protected:
  void make(int blocks) {
    sender_ = AudioSender::create(std::make_unique<ToneSource>(blocks), 2, test_sealer(2),
                                  [this](base::Bytes object) { objects_.push_back(std::move(object)); })
                  .value();
    sender_->start(clock_.now());
  }
  base::ManualClock clock_;
  std::vector<base::Bytes> objects_;
  std::unique_ptr<AudioSender> sender_;
};

TEST_F(AudioSenderTest, a_block_leaves_when_it_is_complete) {
  make(10);
  EXPECT_EQ(sender_->run(clock_.now()), clock_.now() + milliseconds(20));
  EXPECT_TRUE(objects_.empty());
  clock_.advance(milliseconds(45));
  EXPECT_EQ(sender_->run(clock_.now()), clock_.now() + milliseconds(15));
  ASSERT_EQ(objects_.size(), 2U);
  const auto first = header_of(objects_[0]);
  const auto second = header_of(objects_[1]);
  EXPECT_EQ(first.track, 2U);
  EXPECT_EQ(second.sequence, first.sequence + 1);
  EXPECT_EQ(second.capture_us, first.capture_us + 20'000);
  EXPECT_LT(first.audio_level, 40);
}

TEST_F(AudioSenderTest, the_payload_is_sealed_for_the_tracks_key_id) {
  make(1);
  clock_.advance(milliseconds(20));
  (void)sender_->run(clock_.now());
  ASSERT_EQ(objects_.size(), 1U);
  auto opener = test_opener();
  const auto opened = opener.open(base::BytesView(objects_[0]).subspan(protocol::kObjectHeaderBytes),
                                  protocol::associated_data(objects_[0]));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->header.kid, (media::KeyId{kTestSession, 2}.kid()));
}

TEST_F(AudioSenderTest, the_end_of_the_source_ends_the_sending) {
  make(2);
  clock_.advance(milliseconds(60));
  EXPECT_EQ(sender_->run(clock_.now()), std::nullopt);
  EXPECT_EQ(objects_.size(), 2U);
}

TEST_F(AudioSenderTest, after_a_long_pause_what_is_too_late_is_left_out) {
  make(1000);
  clock_.advance(std::chrono::seconds(2));
  (void)sender_->run(clock_.now());
  EXPECT_EQ(sender_->statistics().skipped + sender_->statistics().frames, 100U);
  EXPECT_LE(objects_.size(), 16U);
  ASSERT_FALSE(objects_.empty());
  EXPECT_EQ(header_of(objects_.back()).sequence, 99U);
}

TEST(WavSource, what_is_no_wav_file_is_an_error_with_its_code) {
  const auto source = open_wav_source("/nonexistent/voice.wav", false);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, "bad-file");
}

}  // namespace
}  // namespace vistime::client
