// All tracks that are received: one receiver each, and the recorder behind them. Lives on one executor (a media
// thread's); what it has to say goes through ReceptionEvents, on that same executor.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/core/received_track.hpp"
#include "client/core/recorder.hpp"

namespace vistime::client {

class ReceptionEvents {
 public:
  virtual ~ReceptionEvents() = default;
  virtual void on_receiving(const Track& track) = 0;
  virtual void on_unreadable(const Track& track) = 0;
  virtual void on_keyframe_needed(std::uint32_t track, std::uint32_t spatial) = 0;
  // A piece that could be opened, as it arrived.
  virtual void on_arrival(const Track& track, std::int64_t capture_us, base::TimePoint now) = 0;
  virtual void on_recording_failed(const base::Error& why) = 0;
};

struct TrackStatistics {
  Track track = {};
  ReceivedStatistics figures = {};
};

class Reception {
 public:
  // `recorder` may be empty.
  Reception(base::BytesView media_base_key, std::unique_ptr<Recorder> recorder, ReceptionEvents& events)
      : opener_(media::SframeSuite::kAes128GcmSha256, media_base_key),
        recorder_(std::move(recorder)),
        events_(events) {}

  void introduce(const Participant& participant);
  void receive(const Track& track, std::uint64_t media_session, base::BytesView object, base::TimePoint now);
  void forget(std::uint32_t track, base::TimePoint now);
  // Often (each 10 ms): plays what is due and asks for keyframes.
  void run(base::TimePoint now);
  std::vector<TrackStatistics> statistics() const;
  // Empty names when nothing was recorded.
  base::Result<std::vector<std::string>> finish(base::TimePoint now);

 private:
  struct Entry {
    Track track = {};
    std::unique_ptr<AudioReceiver> audio = {};
    std::unique_ptr<VideoReceiver> video = {};
    bool told_receiving = false;
    bool told_unreadable = false;
  };
  Entry* entry_for(const Track& track);

  media::SframeOpener opener_;
  std::unique_ptr<Recorder> recorder_;
  ReceptionEvents& events_;
  std::map<std::uint32_t, Entry> entries_;
};

}  // namespace vistime::client
