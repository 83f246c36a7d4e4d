// Sound, pictures and seals for tests of what sends and receives.
#pragma once

#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include "client/core/audio_sender.hpp"
#include "client/core/received_track.hpp"
#include "client/core/video_sender.hpp"
#include "media/room_key.hpp"

namespace vistime::client {

inline constexpr std::uint64_t kTestSession = 0x1234;

inline media::RoomKeys test_keys() {
  return media::derive_room_keys(media::RoomSecret::parse("AAECAwQFBgcICQoLDA0ODw").value());
}
inline media::SframeSealer test_sealer(std::uint8_t index, std::uint64_t session = kTestSession) {
  return media::SframeSealer(media::SframeKey::derive(
      media::SframeSuite::kAes128GcmSha256, test_keys().media_base_key, media::KeyId{session, index}.kid()));
}
inline media::SframeOpener test_opener() {
  return {media::SframeSuite::kAes128GcmSha256, test_keys().media_base_key};
}

// A tone of so many blocks.
class ToneSource final : public AudioSource {
 public:
  explicit ToneSource(int blocks) : left_(blocks) {}
  int channels() const override { return 1; }
  base::Result<std::optional<media::Samples>> next() override {
    if (left_-- <= 0) return std::optional<media::Samples>();
    media::Samples block(media::kAudioFrame);
    for (auto& sample : block) {
      sample =
          static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * 440 * at_++ / media::kAudioRate));
    }
    return std::optional(std::move(block));
  }

 private:
  int left_;
  int at_ = 0;
};

// Grey pictures, each a little brighter, 25 a second.
class GreySource final : public VideoSource {
 public:
  GreySource(int width, int height, int frames) : width_(width), height_(height), left_(frames) {}
  int width() const override { return width_; }
  int height() const override { return height_; }
  double frame_rate() const override { return 25; }
  std::int64_t time_us(std::int64_t index) const override { return index * 40'000; }
  base::Result<bool> next(media::I420Frame& frame) override {
    if (left_-- <= 0) return false;
    frame = media::I420Frame::make(width_, height_);
    std::fill(frame.y.begin(), frame.y.end(), static_cast<std::uint8_t>(shade_ += 3));
    return true;
  }

 private:
  int width_;
  int height_;
  int left_;
  std::uint8_t shade_ = 20;
};

// Remembers what was played.
class MemorySink final : public MediaSink {
 public:
  void on_genuine(const Track&, std::int64_t, base::TimePoint) override { ++genuine; }
  void on_audio(const Track&, std::int64_t capture_us, const media::Samples& block) override {
    audio.emplace_back(capture_us, block);
  }
  void on_video(const Track&, const protocol::ObjectHeader& header, base::BytesView) override {
    video.push_back(header);
  }
  int genuine = 0;
  std::vector<std::pair<std::int64_t, media::Samples>> audio;
  std::vector<protocol::ObjectHeader> video;
};

inline protocol::ObjectHeader header_of(const base::Bytes& object) {
  return protocol::decode_object_header(object).value();
}

}  // namespace vistime::client
