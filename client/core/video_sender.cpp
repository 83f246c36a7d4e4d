#include "client/core/video_sender.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/scale.hpp"
#include "media/y4m_file.hpp"
#include "protocol/object_header.hpp"

namespace vistime::client {
namespace {

constexpr int kNarrowest = 160;
constexpr int kMaxLayers = 3;
// Bits a pixel at 30 frames a second: 600 kbit/s for 640x360, 1.5 Mbit/s for 1280x720 (the exponent 0.75 follows
// what encoders need as pictures grow).
constexpr double kBitsAtReference = 600'000;
constexpr double kReferencePixels = 640.0 * 360.0;
constexpr int kLowestBitrate = 80'000;
// Frames may be late by this share of their interval before they are left out.
constexpr int kLateIntervals = 2;

class Y4mSource final : public VideoSource {
 public:
  explicit Y4mSource(std::unique_ptr<media::Y4mReader> reader) : reader_(std::move(reader)) {}
  int width() const override { return reader_->format().width; }
  int height() const override { return reader_->format().height; }
  double frame_rate() const override { return reader_->format().frames_per_second(); }
  std::int64_t time_us(std::int64_t index) const override {
    return reader_->format().frame_time(static_cast<std::uint64_t>(index)).count();
  }
  base::Result<bool> next(media::I420Frame& frame) override { return reader_->read(frame); }

 private:
  std::unique_ptr<media::Y4mReader> reader_;
};

std::uint32_t default_bitrate(int width, int height, double frame_rate) {
  const double pixels = static_cast<double>(width) * height;
  const double bits =
      kBitsAtReference * std::pow(pixels / kReferencePixels, 0.75) * std::clamp(frame_rate / 30, 0.3, 2.0);
  return static_cast<std::uint32_t>(std::max<double>(bits, kLowestBitrate));
}

}  // namespace

base::Result<std::unique_ptr<VideoSource>> open_y4m_source(const std::string& path, bool loop) {
  auto reader = media::Y4mReader::open(path, {.loop = loop});
  if (!reader) return base::fail_as(base::ErrorKind::kInvalid, "bad-file", "{}", reader.error().message);
  return std::make_unique<Y4mSource>(std::move(*reader));
}

std::vector<Layer> plan_layers(int width, int height, double frame_rate, int layers, int bitrate) {
  std::vector<Layer> plan;
  int divisor = 1;
  for (int i = 0; i < std::clamp(layers, 1, kMaxLayers); ++i, divisor *= 2) {
    // Even sizes: chroma has half of them.
    const int w = divisor == 1 ? width : width / divisor / 2 * 2;
    const int h = divisor == 1 ? height : height / divisor / 2 * 2;
    if (i > 0 && (w < kNarrowest || h < 2)) break;
    // A quarter of the pixels wants about a third of the bits.
    const std::uint32_t bits = bitrate > 0
                                   ? std::max<std::uint32_t>(static_cast<std::uint32_t>(bitrate) /
                                                                 static_cast<std::uint32_t>(std::pow(3, i)),
                                                             kLowestBitrate)
                                   : default_bitrate(w, h, frame_rate);
    plan.push_back({0, static_cast<std::uint32_t>(w), static_cast<std::uint32_t>(h), bits,
                    static_cast<std::uint32_t>(std::lround(frame_rate))});
  }
  std::ranges::reverse(plan);
  for (std::size_t i = 0; i < plan.size(); ++i) plan[i].spatial = static_cast<std::uint32_t>(i);
  return plan;
}

base::Result<std::unique_ptr<VideoSender>> VideoSender::create(std::unique_ptr<VideoSource> source,
                                                               Settings settings, media::SframeSealer sealer,
                                                               SendObject send) {
  const auto layers =
      plan_layers(source->width(), source->height(), source->frame_rate(), settings.layers, settings.bitrate);
  std::unique_ptr<VideoSender> sender(
      new VideoSender(std::move(source), settings, std::move(sealer), std::move(send)));
  sender->layers_ = layers;
  for (const Layer& layer : layers) {
    auto encoder = media::VideoEncoder::create(
        {.codec = settings.codec == Codec::kVp9 ? media::VideoCodec::kVp9 : media::VideoCodec::kVp8,
         .width = static_cast<int>(layer.width),
         .height = static_cast<int>(layer.height),
         .bitrate = static_cast<int>(layer.bitrate),
         .frame_rate = std::max(1, static_cast<int>(layer.frame_rate))});
    if (!encoder) return std::unexpected(encoder.error());
    sender->encodings_.push_back({.layer = layer, .encoder = std::move(*encoder)});
    sender->encodings_.back().statistics = {
        .index = settings.index, .kind = TrackKind::kCamera, .spatial = layer.spatial};
  }
  return sender;
}

void VideoSender::request_keyframe(std::uint32_t spatial) {
  for (Encoding& each : encodings_) {
    if (each.layer.spatial == spatial) each.keyframe_wanted = true;
  }
}

void VideoSender::set_wanted(const std::vector<std::uint32_t>& spatial) {
  for (Encoding& each : encodings_) {
    const bool rests = std::ranges::find(spatial, each.layer.spatial) == spatial.end();
    if (each.resting && !rests) {
      each.keyframe_wanted = true;
      each.last_keyframe.reset();  // whoever wants it now has not seen that one
    }
    each.resting = rests;
  }
}

std::vector<SentStatistics> VideoSender::statistics() const {
  std::vector<SentStatistics> out;
  for (const Encoding& each : encodings_) out.push_back(each.statistics);
  return out;
}

std::optional<base::TimePoint> VideoSender::run(base::TimePoint now, base::Duration oldest_unconfirmed) {
  const auto due = [this](std::int64_t index) { return start_ + base::Duration(source_->time_us(index)); };
  while (now >= due(frames_)) {
    const auto more = source_->next(picture_);
    if (!more || !*more) return std::nullopt;
    const base::TimePoint captured = due(frames_);
    const auto interval = due(frames_ + 1) - captured;
    ++frames_;
    if (now - captured > interval * kLateIntervals || oldest_unconfirmed > kBehind) {
      for (Encoding& each : encodings_) ++each.statistics.skipped;
      continue;
    }
    for (Encoding& each : encodings_) encode_layer(each, captured, now);
  }
  return due(frames_);
}

void VideoSender::encode_layer(Encoding& encoding, base::TimePoint captured, base::TimePoint now) {
  if (encoding.resting) return;
  const int width = static_cast<int>(encoding.layer.width);
  const int height = static_cast<int>(encoding.layer.height);
  const bool full_size = width == picture_.width && height == picture_.height;
  if (!full_size) {
    if (encoding.scaled.empty()) encoding.scaled = media::I420Frame::make(width, height);
    if (!media::scale_into(picture_, encoding.scaled)) return;
  }
  const bool may = !encoding.last_keyframe || now - *encoding.last_keyframe >= kKeyframeInterval;
  if (encoding.keyframe_wanted && may) {
    encoding.encoder.request_keyframe();
    encoding.keyframe_wanted = false;
  }
  auto frame =
      encoding.encoder.encode(full_size ? picture_ : encoding.scaled, captured.time_since_epoch().count());
  if (!frame || !frame->has_value()) {
    ++encoding.statistics.skipped;
    return;
  }
  if ((*frame)->keyframe) encoding.last_keyframe = now;
  send_frame(encoding, **frame, captured);
}

void VideoSender::send_frame(Encoding& encoding, const media::EncodedFrame& frame, base::TimePoint captured) {
  base::Bytes object;
  object.reserve(protocol::kObjectHeaderBytes + frame.bytes.size() + media::kSframeMaxOverhead);
  protocol::encode(
      protocol::ObjectHeader{.track = settings_.index,
                             .sequence = encoding.sequence++,
                             .capture_us = static_cast<std::uint64_t>(captured.time_since_epoch().count()),
                             .keyframe = frame.keyframe,
                             .discardable = frame.discardable,
                             .spatial = static_cast<std::uint8_t>(encoding.layer.spatial),
                             .temporal = frame.temporal_layer,
                             .depends_on = static_cast<std::uint16_t>(frame.keyframe ? 0 : 1)},
      object);
  if (!sealer_.seal_into(object, frame.bytes, protocol::associated_data(object))) return;
  ++encoding.statistics.frames;
  encoding.statistics.bytes += object.size();
  if (frame.keyframe) ++encoding.statistics.keyframes;
  send_(std::move(object));
}

}  // namespace vistime::client
