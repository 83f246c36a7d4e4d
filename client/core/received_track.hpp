// One track of somebody else, from sealed objects to what is shown or recorded. Two kinds behind one interface. They
// live on one executor, know no thread and are told the time.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "client/core/model.hpp"
#include "media/jitter_buffer.hpp"
#include "media/opus_codec.hpp"
#include "media/replay_window.hpp"
#include "media/sframe.hpp"
#include "protocol/object_header.hpp"

namespace vistime::client {

struct ReceivedStatistics {
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lost = 0;
  std::uint64_t late = 0;
  std::uint64_t concealed = 0;
  std::uint64_t fec = 0;
  base::Duration jitter_delay{0};
  std::uint64_t unreadable = 0;
  std::uint64_t keyframe_requests = 0;
};

// Where the media go. capture_us is the publisher's clock.
class MediaSink {
 public:
  virtual ~MediaSink() = default;
  // An object was opened, and so is genuine: comes before what is in it.
  virtual void on_genuine(const Track& track, std::int64_t capture_us, base::TimePoint now) = 0;
  virtual void on_audio(const Track& track, std::int64_t capture_us, const media::Samples& block) = 0;
  virtual void on_video(const Track& track, const protocol::ObjectHeader& header, base::BytesView frame) = 0;
};

// Opens an object; nothing, and counted, when it was not sealed by the publisher whose track it claims to be.
class ObjectOpener {
 public:
  explicit ObjectOpener(media::SframeOpener& opener) : opener_(opener) {}
  // `media_session`: what the publisher has announced; 0: nothing yet, which nobody can have sealed for.
  std::optional<base::Bytes> open(const protocol::ObjectHeader& header, std::uint64_t media_session,
                                  base::BytesView object, ReceivedStatistics& statistics);

 private:
  media::SframeOpener& opener_;
  // A server could send again what somebody said before.
  std::optional<std::uint64_t> kid_;
  media::ReplayWindow window_;
};

class AudioReceiver {
 public:
  static base::Result<std::unique_ptr<AudioReceiver>> create(Track track, media::SframeOpener& opener);

  // True when it could be opened.
  bool receive(const protocol::ObjectHeader& header, std::uint64_t media_session, base::BytesView object,
               base::TimePoint now, MediaSink& sink);
  // Plays whatever is due, in blocks of 20 ms, into the sink.
  void run(base::TimePoint now, MediaSink& sink);
  // At the end: everything that is still held.
  void drain(base::TimePoint now, MediaSink& sink);
  ReceivedStatistics statistics() const;

 private:
  AudioReceiver(Track track, media::AudioDecoder decoder, media::SframeOpener& opener);
  void play(base::TimePoint now, MediaSink& sink);

  Track track_;
  ObjectOpener opener_;
  media::AudioDecoder decoder_;
  media::JitterBuffer buffer_;
  ReceivedStatistics statistics_;
  std::optional<base::TimePoint> next_;
};

class VideoReceiver {
 public:
  // A keyframe may get lost as well.
  static constexpr base::Duration kAskAgain = std::chrono::milliseconds(500);

  VideoReceiver(Track track, media::SframeOpener& opener) : track_(std::move(track)), opener_(opener) {}

  bool receive(const protocol::ObjectHeader& header, std::uint64_t media_session, base::BytesView object,
               base::TimePoint now, MediaSink& sink);
  // The layer of which a keyframe should be asked for now; repeats itself while it has not come.
  std::optional<std::uint32_t> take_keyframe_request(base::TimePoint now);
  const ReceivedStatistics& statistics() const { return statistics_; }

 private:
  bool fits(const protocol::ObjectHeader& header);

  Track track_;
  ObjectOpener opener_;
  ReceivedStatistics statistics_;
  std::optional<std::uint8_t> spatial_;  // of the layer that is being received
  std::uint32_t last_sequence_ = 0;
  // Bit n: object last_sequence_ - n was received whole, with all it depends on.
  std::uint64_t intact_ = 0;
  bool waiting_for_keyframe_ = true;
  std::optional<base::TimePoint> asked_;
};

}  // namespace vistime::client
