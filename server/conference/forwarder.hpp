// The hot path of a room: one object comes in, one copy of it is made, and every subscriber's queue gets a reference.
// Microphones go through the ranking of the loudest and on to all who listen; everything else has subscribers of its
// own. On the room's executor; no I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "media/speaker_ranking.hpp"
#include "protocol/object_header.hpp"
#include "server/conference/gather.hpp"
#include "server/conference/video_route.hpp"

namespace vistime::server::conference {

enum class RouteKind : std::uint8_t { kMicrophone, kScreenAudio, kCamera, kScreen };

// One track's way through the room.
struct Route {
  std::uint32_t track = 0;
  RouteKind kind = RouteKind::kMicrophone;
  Receiver* publisher = nullptr;      // gets nothing of its own
  std::vector<Receiver*> listeners;   // of screen audio
  std::unique_ptr<VideoRoute> video;  // of cameras and screens
  base::TimePoint last_audio{};       // forwarded
};

struct ForwardCounters {
  std::uint64_t forwarded = 0;  // objects times subscribers
  std::uint64_t quiet = 0;      // not among the loudest
  std::uint64_t late = 0;       // past the deadline in a subscriber's queue
  std::uint64_t orphaned = 0;   // what they depend on was dropped
};

class Forwarder {
 public:
  Forwarder(const base::Clock& clock, Gather& gather, VideoRouteEvents& events, std::size_t loudest);

  // Takes the place of a route of the same track, whose subscribers are then gone.
  Route& add(std::uint32_t track, RouteKind kind, std::uint8_t layers, Receiver& publisher);
  void remove(std::uint32_t track);
  Route* find(std::uint32_t track);

  // Who hears the loudest.
  void listen(Receiver& receiver, bool microphones);
  // `max_spatial` counts for video. A microphone is not subscribed to: see listen().
  void subscribe(Route& route, Receiver& receiver, std::uint8_t max_spatial);
  void unsubscribe(Route& route, const Receiver& receiver);
  // Takes the receiver out of everything.
  void forget(const Receiver& receiver);

  // The object's bytes are valid during the call only.
  void forward(Route& route, const protocol::ObjectHeader& header, base::BytesView object);
  // The track fell silent for good or for a while: its place among the loudest is free.
  void silence(const Route& route);

  // A few times a second: asks the receiver's queue what it dropped and how far it lags.
  void inspect(Receiver& receiver, base::Duration since_last);
  // After all receivers were inspected.
  void tick();
  // Who is heard, the one who speaks most first; a value only when it is news.
  std::optional<std::vector<std::uint32_t>> changed_speakers();
  const std::vector<std::uint32_t>& speakers() const { return speakers_; }
  const ForwardCounters& counters() const { return counters_; }

 private:
  void forward_audio(const std::vector<Receiver*>& listeners, const Route& route, base::BytesView object,
                     base::TimePoint now);
  // Notes that an object of the track is forwarded; whether no other was for a while.
  bool is_alone(std::uint32_t track, base::TimePoint now);

  const base::Clock& clock_;
  Gather& gather_;
  VideoRouteEvents& events_;
  media::SpeakerRanking ranking_;
  std::unordered_map<std::uint32_t, std::unique_ptr<Route>> routes_;
  std::vector<Receiver*> microphone_listeners_;
  std::vector<std::uint32_t> speakers_;
  ForwardCounters counters_;
  std::uint32_t latest_track_ = 0;
  base::TimePoint alone_since_;
};

}  // namespace vistime::server::conference
