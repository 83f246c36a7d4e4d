#include "client/core/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/bytes.hpp"

namespace vistime::client {
namespace {

using std::chrono::milliseconds;

class RecorderTest : public testing::Test {
 protected:
  void SetUp() override {
    recorder_ = Recorder::create(folder_, clock_.now(), 1000).value();
    recorder_->introduce({.id = "ben", .name = "Ben ../ O'Hara"});
  }
  void TearDown() override {
    recorder_.reset();
    std::filesystem::remove_all(folder_);
  }
  void sound(std::int64_t capture_us, std::int16_t value) {
    recorder_->on_audio(microphone_, capture_us, media::Samples(media::kAudioFrame, value));
  }
  nlohmann::json index() const { return nlohmann::json::parse(std::ifstream(folder_ / "recording.json")); }
  std::vector<std::int16_t> samples(const std::string& name) const {
    auto reader = media::WavReader::open((folder_ / name).string()).value();
    std::vector<std::int16_t> all;
    std::vector<std::int16_t> block;
    while (reader->read(block).value()) all.insert(all.end(), block.begin(), block.end());
    return all;
  }
  // What a VP8 keyframe of 64x32 begins with.
  static base::Bytes keyframe(std::uint8_t width = 64) {
    return {0x10, 0, 0, 0x9d, 0x01, 0x2a, width, 0, 32, 0, 1, 2, 3};
  }

  base::ManualClock clock_;
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("vistime-test-" + base::random_id(8));
  std::unique_ptr<Recorder> recorder_;
  Track microphone_{
      .id = 512, .participant = "ben", .kind = TrackKind::kMicrophone, .codec = Codec::kOpus, .channels = 1};
  Track camera_{.id = 513, .participant = "ben", .kind = TrackKind::kCamera, .codec = Codec::kVp8};
};

TEST_F(RecorderTest, sound_lies_where_it_was_captured_with_silence_before_and_between) {
  recorder_->on_genuine(microphone_, 5'000'000, clock_.now() + milliseconds(100));
  sound(5'000'000, 7);
  sound(5'020'000, 8);
  sound(5'060'000, 9);
  const auto files = recorder_->finish(clock_.now() + milliseconds(200)).value();
  ASSERT_EQ(files.size(), 1U);
  const auto all = samples(files[0]);
  ASSERT_EQ(all.size(), 9U * 960U);
  EXPECT_EQ(all.at(4799), 0);
  EXPECT_EQ(all.at(4800), 7);
  EXPECT_EQ(all.at(4800 + 960), 8);
  EXPECT_EQ(all.at(4800 + 2 * 960), 0);
  EXPECT_EQ(all.at(4800 + 3 * 960), 9);
}

TEST_F(RecorderTest, small_differences_of_clocks_leave_no_seams_and_overlaps_are_cut) {
  recorder_->on_genuine(microphone_, 0, clock_.now());
  sound(0, 1);
  sound(20'004, 2);
  sound(30'000, 3);
  const auto all = samples(recorder_->finish(clock_.now()).value().at(0));
  EXPECT_EQ(all.at(960), 2);
  EXPECT_EQ(all.at(1919), 2);
  EXPECT_EQ(all.at(1920), 3);
}

TEST_F(RecorderTest, sound_and_pictures_of_one_publisher_share_their_axis) {
  recorder_->on_genuine(microphone_, 9'000'000, clock_.now() + milliseconds(50));
  recorder_->on_genuine(camera_, 8'990'000, clock_.now() + milliseconds(300));
  sound(9'000'000, 1);
  recorder_->on_video(camera_, {.capture_us = 9'000'000, .keyframe = true}, keyframe());
  recorder_->on_video(camera_, {.capture_us = 9'040'000}, base::Bytes{1, 2, 3});
  ASSERT_TRUE(recorder_->finish(clock_.now() + milliseconds(400)));
  const auto files = index()["files"];
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0]["start_ms"], 50);
  EXPECT_EQ(files[1]["start_ms"], 50);
  EXPECT_EQ(files[1]["width"], 64);
  EXPECT_EQ(files[1]["frames"], 2);
  EXPECT_EQ(index()["duration_ms"], 400);
  auto reader = media::IvfReader::open((folder_ / files[1]["file"].get<std::string>()).string()).value();
  media::IvfFrame frame;
  ASSERT_TRUE(reader->read(frame).value());
  EXPECT_EQ(frame.time, 50U);
  ASSERT_TRUE(reader->read(frame).value());
  EXPECT_EQ(frame.time, 90U);
}

TEST_F(RecorderTest, a_picture_file_begins_with_a_keyframe_and_notes_changes_of_size) {
  recorder_->on_genuine(camera_, 0, clock_.now());
  recorder_->on_video(camera_, {.capture_us = 0}, base::Bytes{1, 2, 3});
  EXPECT_TRUE(recorder_->finish(clock_.now()).value().empty());
  recorder_ = Recorder::create(folder_ / "second", clock_.now(), 1000).value();
  recorder_->on_genuine(camera_, 0, clock_.now());
  recorder_->on_video(camera_, {.capture_us = 0, .keyframe = true}, keyframe());
  recorder_->on_video(camera_, {.capture_us = 40'000, .keyframe = true}, keyframe(32));
  ASSERT_TRUE(recorder_->finish(clock_.now()));
  const auto document = nlohmann::json::parse(std::ifstream(folder_ / "second" / "recording.json"));
  EXPECT_EQ(document["files"][0]["sizes"].size(), 2U);
}

TEST_F(RecorderTest, names_of_people_become_harmless_names_of_files) {
  recorder_->on_genuine(microphone_, 0, clock_.now());
  sound(0, 1);
  EXPECT_EQ(recorder_->finish(clock_.now()).value().at(0), "Ben-O-Hara-512-microphone.wav");
}

TEST_F(RecorderTest, a_folder_with_a_recording_is_not_written_over) {
  const auto again = Recorder::create(folder_, clock_.now(), 0);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "recording");
  EXPECT_THAT(again.error().message, testing::HasSubstr("already"));
}

TEST_F(RecorderTest, a_file_that_cannot_be_made_is_told_once_and_with_its_code) {
  std::filesystem::remove_all(folder_);
  recorder_->on_genuine(microphone_, 0, clock_.now());
  sound(0, 1);
  const auto failure = recorder_->take_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, "recording");
  EXPECT_FALSE(recorder_->take_failure());
}

TEST(PictureSize, is_read_from_keyframes_of_vp9) {
  // 2 bits marker, profile 0, a keyframe that is shown; sync code; colour space 1, range 0; 352-1, 288-1; no more.
  const base::Bytes frame = {0x82, 0x49, 0x83, 0x42, 0x20, 0x15, 0xF0, 0x11, 0xF0};
  EXPECT_EQ(picture_size(Codec::kVp9, frame), std::pair(352U, 288U));
  EXPECT_EQ(picture_size(Codec::kVp9, base::Bytes{0x86, 1, 2}), std::nullopt);
  EXPECT_EQ(picture_size(Codec::kVp8, base::Bytes{}), std::nullopt);
}

}  // namespace
}  // namespace vistime::client
