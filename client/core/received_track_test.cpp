#include "client/core/received_track.hpp"

#include <gtest/gtest.h>

#include "client/core/media_testing.hpp"

namespace vistime::client {
namespace {

using std::chrono::milliseconds;

class ReceivedTrackTest : public testing::Test {
 protected:
  // So many blocks of sound, as objects.
  std::vector<base::Bytes> sound(int blocks) {
    std::vector<base::Bytes> objects;
    auto sender =
        AudioSender::create(std::make_unique<ToneSource>(blocks), 0, test_sealer(0), [&](base::Bytes object) {
          objects.push_back(std::move(object));
        }).value();
    sender->start(clock_.now());
    for (int i = 1; i <= blocks; ++i) (void)sender->run(clock_.now() + milliseconds(20) * i);
    return objects;
  }
  std::vector<base::Bytes> pictures(int frames) {
    std::vector<base::Bytes> objects;
    auto sender = VideoSender::create(std::make_unique<GreySource>(160, 90, frames), {}, test_sealer(1),
                                      [&](base::Bytes object) { objects.push_back(std::move(object)); })
                      .value();
    sender->start(clock_.now());
    for (int i = 0; i < frames; ++i)
      (void)sender->run(clock_.now() + milliseconds(40) * i, base::Duration(0));
    return objects;
  }
  bool receive(VideoReceiver& receiver, const base::Bytes& object, std::uint64_t session = kTestSession) {
    return receiver.receive(header_of(object), session, object, clock_.now(), sink_);
  }

  base::ManualClock clock_;
  media::SframeOpener opener_ = test_opener();
  MemorySink sink_;
  Track microphone_{.id = 512, .participant = "ben", .kind = TrackKind::kMicrophone, .channels = 1};
  Track camera_{.id = 513, .participant = "ben", .kind = TrackKind::kCamera, .codec = Codec::kVp8};
};

TEST_F(ReceivedTrackTest, sound_is_played_in_order_with_its_capture_times) {
  auto receiver = AudioReceiver::create(microphone_, opener_).value();
  const auto objects = sound(20);
  for (const auto& object : objects) {
    EXPECT_TRUE(receiver->receive(header_of(object), kTestSession, object, clock_.now(), sink_));
    clock_.advance(milliseconds(20));
    receiver->run(clock_.now(), sink_);
  }
  receiver->drain(clock_.now(), sink_);
  ASSERT_GE(sink_.audio.size(), 18U);
  for (std::size_t i = 1; i < sink_.audio.size(); ++i) {
    EXPECT_EQ(sink_.audio[i].first, sink_.audio[i - 1].first + 20'000);
  }
  EXPECT_EQ(receiver->statistics().frames, 20U);
}

TEST_F(ReceivedTrackTest, a_lost_block_is_recovered_or_concealed) {
  auto receiver = AudioReceiver::create(microphone_, opener_).value();
  const auto objects = sound(20);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (i != 10)
      (void)receiver->receive(header_of(objects[i]), kTestSession, objects[i], clock_.now(), sink_);
    clock_.advance(milliseconds(20));
    receiver->run(clock_.now(), sink_);
  }
  receiver->drain(clock_.now(), sink_);
  const auto statistics = receiver->statistics();
  EXPECT_EQ(statistics.lost, 1U);
  EXPECT_EQ(statistics.fec + statistics.concealed, 1U);
}

TEST_F(ReceivedTrackTest, sound_of_another_sender_or_another_key_is_not_played) {
  auto receiver = AudioReceiver::create(microphone_, opener_).value();
  const auto object = sound(1).at(0);
  EXPECT_FALSE(receiver->receive(header_of(object), kTestSession + 1, object, clock_.now(), sink_));
  auto tampered = object;
  tampered.back() ^= 1;
  EXPECT_FALSE(receiver->receive(header_of(tampered), kTestSession, tampered, clock_.now(), sink_));
  EXPECT_EQ(receiver->statistics().unreadable, 2U);
}

TEST_F(ReceivedTrackTest, pictures_come_out_as_they_came_in) {
  VideoReceiver receiver(camera_, opener_);
  for (const auto& object : pictures(5)) EXPECT_TRUE(receive(receiver, object));
  EXPECT_EQ(sink_.video.size(), 5U);
  EXPECT_EQ(receiver.take_keyframe_request(clock_.now()), std::nullopt);
}

TEST_F(ReceivedTrackTest, after_a_loss_nothing_is_shown_until_a_keyframe_which_is_asked_for_again) {
  VideoReceiver receiver(camera_, opener_);
  const auto objects = pictures(6);
  (void)receive(receiver, objects[0]);
  (void)receive(receiver, objects[2]);
  (void)receive(receiver, objects[3]);
  EXPECT_EQ(sink_.video.size(), 1U);
  EXPECT_EQ(receiver.statistics().lost, 1U);
  EXPECT_EQ(receiver.take_keyframe_request(clock_.now()), 0U);
  EXPECT_EQ(receiver.take_keyframe_request(clock_.now() + milliseconds(499)), std::nullopt);
  EXPECT_EQ(receiver.take_keyframe_request(clock_.now() + milliseconds(500)), 0U);
}

TEST_F(ReceivedTrackTest, who_comes_in_the_middle_waits_for_a_keyframe) {
  VideoReceiver receiver(camera_, opener_);
  EXPECT_EQ(receiver.take_keyframe_request(clock_.now()), std::nullopt);
  const auto objects = pictures(3);
  (void)receive(receiver, objects[1]);
  EXPECT_TRUE(sink_.video.empty());
  EXPECT_TRUE(receiver.take_keyframe_request(clock_.now()));
}

TEST_F(ReceivedTrackTest, a_picture_that_is_sent_again_is_refused) {
  VideoReceiver receiver(camera_, opener_);
  const auto objects = pictures(2);
  EXPECT_TRUE(receive(receiver, objects[0]));
  EXPECT_TRUE(receive(receiver, objects[1]));
  EXPECT_FALSE(receive(receiver, objects[0]));
  EXPECT_EQ(sink_.video.size(), 2U);
}

}  // namespace
}  // namespace vistime::client
