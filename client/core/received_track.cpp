#include "client/core/received_track.hpp"

#include <algorithm>
#include <utility>

#include "media/room_key.hpp"

namespace vistime::client {
namespace {

// How far behind the newest an object may be and still count as being depended on.
constexpr std::uint32_t kWindow = 64;
// Never play more than this at once after a pause of the thread.
constexpr int kMaxBlocksAtOnce = 150;

}  // namespace

std::optional<base::Bytes> ObjectOpener::open(const protocol::ObjectHeader& header,
                                              std::uint64_t media_session, base::BytesView object,
                                              ReceivedStatistics& statistics) {
  auto opened = opener_.open(object.subspan(protocol::kObjectHeaderBytes), protocol::associated_data(object));
  const media::KeyId expected{media_session, static_cast<std::uint8_t>(header.track & 0xFF)};
  if (!opened || opened->header.kid != expected.kid()) {
    ++statistics.unreadable;
    return std::nullopt;
  }
  // Whoever joins again seals with another key and counts from 0.
  if (kid_ != opened->header.kid) window_ = {};
  kid_ = opened->header.kid;
  if (!window_.accept(opened->header.counter)) {
    ++statistics.unreadable;
    return std::nullopt;
  }
  ++statistics.frames;
  statistics.bytes += object.size();
  return std::move(opened->plaintext);
}

base::Result<std::unique_ptr<AudioReceiver>> AudioReceiver::create(Track track, media::SframeOpener& opener) {
  auto decoder = media::AudioDecoder::create(track.channels == 2 ? 2 : 1);
  if (!decoder) return std::unexpected(decoder.error());
  return std::unique_ptr<AudioReceiver>(new AudioReceiver(std::move(track), std::move(*decoder), opener));
}

// Nobody listens here, but recordings are made: no frames are left out or put in, and what comes half a second late is
// still in time.
AudioReceiver::AudioReceiver(Track track, media::AudioDecoder decoder, media::SframeOpener& opener)
    : track_(std::move(track)), opener_(opener), decoder_(std::move(decoder)), buffer_([] {
        media::JitterBuffer::Settings settings;
        settings.skip_and_insert = false;
        settings.shortest = settings.initial = std::chrono::milliseconds(500);
        settings.longest = std::chrono::seconds(2);
        return settings;
      }()) {}

bool AudioReceiver::receive(const protocol::ObjectHeader& header, std::uint64_t media_session,
                            base::BytesView object, base::TimePoint now, MediaSink& sink) {
  auto packet = opener_.open(header, media_session, object, statistics_);
  if (!packet) return false;
  sink.on_genuine(track_, static_cast<std::int64_t>(header.capture_us), now);
  buffer_.push({.sequence = header.sequence,
                .capture_time_us = static_cast<std::int64_t>(header.capture_us),
                .level = header.audio_level,
                .payload = std::move(*packet)},
               now);
  if (!next_) next_ = now;
  return true;
}

void AudioReceiver::run(base::TimePoint now, MediaSink& sink) {
  for (int i = 0; next_ && now >= *next_; ++i) {
    if (i == kMaxBlocksAtOnce) {
      next_ = now;
      return;
    }
    play(*next_, sink);
    *next_ += media::JitterBuffer::kFrame;
  }
}

void AudioReceiver::drain(base::TimePoint now, MediaSink& sink) {
  if (!next_) return;
  run(now, sink);
  for (int i = 0; i < kMaxBlocksAtOnce && buffer_.buffered() > 0; ++i) {
    play(*next_, sink);
    *next_ += media::JitterBuffer::kFrame;
  }
}

void AudioReceiver::play(base::TimePoint now, MediaSink& sink) {
  using Kind = media::JitterOutput::Kind;
  const media::JitterOutput out = buffer_.pop(now);
  if (out.kind == Kind::kWait) return;
  base::Result<media::Samples> block = base::fail(base::ErrorKind::kInternal, "nothing was decoded");
  if (out.kind == Kind::kPacket && out.packet) block = decoder_.decode(out.packet->payload);
  if (out.kind == Kind::kFec && out.packet) block = decoder_.decode_fec(out.packet->payload);
  if (!block) block = decoder_.conceal();
  if (block) sink.on_audio(track_, out.capture_time_us, *block);
}

ReceivedStatistics AudioReceiver::statistics() const {
  ReceivedStatistics out = statistics_;
  const auto& jitter = buffer_.statistics();
  out.lost = jitter.lost;
  out.late = jitter.late;
  out.concealed = jitter.concealed;
  out.fec = jitter.recovered;
  out.jitter_delay = jitter.delay;
  return out;
}

// Whether all that the object depends on has come; keeps the account of it.
bool VideoReceiver::fits(const protocol::ObjectHeader& header) {
  const bool other_layer = spatial_ != header.spatial;
  if (other_layer && !header.keyframe) return false;
  if (other_layer) {
    spatial_ = header.spatial;
    last_sequence_ = header.sequence;
    intact_ = 1;
    return true;
  }
  const std::uint32_t ahead = header.sequence - last_sequence_;
  if (ahead == 0 || ahead >= 1U << 31U) {  // seen, or from before
    ++statistics_.late;
    return false;
  }
  statistics_.lost += ahead - 1;
  intact_ = ahead < kWindow ? intact_ << ahead : 0;
  last_sequence_ = header.sequence;
  const bool independent = header.keyframe || header.depends_on == 0;
  const bool supported = header.depends_on < kWindow && (intact_ >> header.depends_on & 1U) != 0;
  if (!independent && !supported) return false;
  intact_ |= 1;
  return true;
}

bool VideoReceiver::receive(const protocol::ObjectHeader& header, std::uint64_t media_session,
                            base::BytesView object, base::TimePoint now, MediaSink& sink) {
  const auto frame = opener_.open(header, media_session, object, statistics_);
  if (!frame) return false;
  sink.on_genuine(track_, static_cast<std::int64_t>(header.capture_us), now);
  if (!fits(header)) {
    if (!header.discardable) waiting_for_keyframe_ = true;
    return true;
  }
  if (header.keyframe) {
    waiting_for_keyframe_ = false;
    asked_.reset();
  }
  sink.on_video(track_, header, *frame);
  return true;
}

std::optional<std::uint32_t> VideoReceiver::take_keyframe_request(base::TimePoint now) {
  // Before the first object there is nothing to ask for: the server asks when we subscribe.
  if (!waiting_for_keyframe_ || statistics_.frames == 0) return std::nullopt;
  if (asked_ && now - *asked_ < kAskAgain) return std::nullopt;
  asked_ = now;
  ++statistics_.keyframe_requests;
  return spatial_.value_or(0);
}

}  // namespace vistime::client
