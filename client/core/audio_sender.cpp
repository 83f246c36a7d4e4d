#include "client/core/audio_sender.hpp"

#include <utility>

#include "media/jitter_buffer.hpp"
#include "media/wav_file.hpp"
#include "protocol/object_header.hpp"

namespace vistime::client {
namespace {

constexpr base::Duration kBlock = media::JitterBuffer::kFrame;
constexpr int kMonoBitrate = 32'000;
constexpr int kStereoBitrate = 64'000;

class WavSource final : public AudioSource {
 public:
  explicit WavSource(std::unique_ptr<media::WavReader> reader) : reader_(std::move(reader)) {}
  int channels() const override { return reader_->channels(); }
  base::Result<std::optional<media::Samples>> next() override {
    media::Samples block;
    const auto more = reader_->read(block);
    if (!more) return std::unexpected(more.error());
    return *more ? std::optional(std::move(block)) : std::nullopt;
  }

 private:
  std::unique_ptr<media::WavReader> reader_;
};

}  // namespace

base::Result<std::unique_ptr<AudioSource>> open_wav_source(const std::string& path, bool loop) {
  auto reader = media::WavReader::open(path, {.mono = false, .loop = loop});
  if (!reader) return base::fail_as(base::ErrorKind::kInvalid, "bad-file", "{}", reader.error().message);
  return std::make_unique<WavSource>(std::move(*reader));
}

base::Result<std::unique_ptr<AudioSender>> AudioSender::create(std::unique_ptr<AudioSource> source,
                                                               std::uint8_t index, media::SframeSealer sealer,
                                                               SendObject send) {
  const int channels = source->channels();
  auto encoder = media::AudioEncoder::create(
      {.channels = channels, .bitrate = channels == 2 ? kStereoBitrate : kMonoBitrate});
  if (!encoder) return std::unexpected(encoder.error());
  std::unique_ptr<AudioSender> sender(
      new AudioSender(std::move(source), std::move(*encoder), std::move(sealer), std::move(send)));
  sender->statistics_.index = index;
  sender->statistics_.kind = TrackKind::kMicrophone;
  return sender;
}

std::optional<base::TimePoint> AudioSender::run(base::TimePoint now) {
  while (now >= start_ + kBlock * (blocks_ + 1)) {
    auto block = source_->next();
    if (!block || !block->has_value()) return std::nullopt;
    const base::TimePoint captured = start_ + kBlock * blocks_++;
    if (now - captured > kTooLate) {
      ++statistics_.skipped;
      ++sequence_;
      continue;
    }
    send_block(**block, captured);
  }
  return start_ + kBlock * (blocks_ + 1);
}

void AudioSender::send_block(const media::Samples& block, base::TimePoint captured) {
  const std::uint8_t level = media::audio_level(block);
  const bool voice = voice_.update(level);
  const auto packet = encoder_.encode(block);
  const std::uint32_t sequence = sequence_++;
  if (!packet) {
    ++statistics_.skipped;
    return;
  }
  base::Bytes object;
  object.reserve(protocol::kObjectHeaderBytes + packet->size() + media::kSframeMaxOverhead);
  protocol::encode(
      protocol::ObjectHeader{.track = statistics_.index,
                             .sequence = sequence,
                             .capture_us = static_cast<std::uint64_t>(captured.time_since_epoch().count()),
                             .keyframe = true,
                             .discardable = true,
                             .voice = voice,
                             .audio_level = level},
      object);
  if (!sealer_.seal_into(object, *packet, protocol::associated_data(object))) return;
  ++statistics_.frames;
  statistics_.bytes += object.size();
  send_(std::move(object));
}

}  // namespace vistime::client
