#include "client/core/reception.hpp"

#include <gtest/gtest.h>

#include "client/core/media_testing.hpp"

namespace vistime::client {
namespace {

using std::chrono::milliseconds;

class ReceptionTest : public testing::Test, public ReceptionEvents {
 protected:
  void on_receiving(const Track& track) override { receiving_.push_back(track.id); }
  void on_unreadable(const Track& track) override { unreadable_.push_back(track.id); }
  void on_keyframe_needed(std::uint32_t track, std::uint32_t) override { keyframes_.push_back(track); }
  void on_arrival(const Track&, std::int64_t capture_us, base::TimePoint) override {
    arrivals_.push_back(capture_us);
  }
  void on_recording_failed(const base::Error&) override { ++failures_; }

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

  base::ManualClock clock_;
  std::vector<std::uint32_t> receiving_;
  std::vector<std::uint32_t> unreadable_;
  std::vector<std::uint32_t> keyframes_;
  std::vector<std::int64_t> arrivals_;
  int failures_ = 0;
  Track camera_{.id = 513, .participant = "ben", .kind = TrackKind::kCamera, .codec = Codec::kVp8};
  Reception reception_{test_keys().media_base_key, nullptr, *this};
};

TEST_F(ReceptionTest, a_track_is_announced_once_when_its_first_object_was_opened) {
  for (const auto& object : pictures(3)) reception_.receive(camera_, kTestSession, object, clock_.now());
  EXPECT_EQ(receiving_, std::vector<std::uint32_t>{513});
  ASSERT_EQ(reception_.statistics().size(), 1U);
  EXPECT_EQ(reception_.statistics()[0].figures.frames, 3U);
  EXPECT_EQ(arrivals_.size(), 3U);
}

TEST_F(ReceptionTest, a_track_that_cannot_be_opened_is_told_once) {
  for (const auto& object : pictures(3)) reception_.receive(camera_, kTestSession + 1, object, clock_.now());
  EXPECT_EQ(unreadable_, std::vector<std::uint32_t>{513});
  EXPECT_TRUE(receiving_.empty());
  EXPECT_TRUE(arrivals_.empty());
}

TEST_F(ReceptionTest, a_lost_frame_leads_to_a_request) {
  const auto objects = pictures(3);
  reception_.receive(camera_, kTestSession, objects[0], clock_.now());
  reception_.receive(camera_, kTestSession, objects[2], clock_.now());
  reception_.run(clock_.now());
  EXPECT_EQ(keyframes_, std::vector<std::uint32_t>{513});
}

TEST_F(ReceptionTest, a_forgotten_track_begins_anew) {
  const auto objects = pictures(2);
  reception_.receive(camera_, kTestSession, objects[0], clock_.now());
  reception_.forget(513, clock_.now());
  EXPECT_TRUE(reception_.statistics().empty());
  reception_.receive(camera_, kTestSession, objects[0], clock_.now());
  EXPECT_EQ(receiving_.size(), 2U);
}

TEST_F(ReceptionTest, what_is_no_object_is_ignored_and_without_a_recorder_there_are_no_files) {
  reception_.receive(camera_, kTestSession, base::Bytes{1, 2, 3}, clock_.now());
  EXPECT_TRUE(reception_.statistics().empty());
  EXPECT_TRUE(reception_.finish(clock_.now()).value().empty());
  EXPECT_EQ(failures_, 0);
}

}  // namespace
}  // namespace vistime::client
