// What participants publish and wish to get: descriptions, mutes, subscriptions, keyframes; and the way of an object
// from its publisher's link to the forwarder. On the room's executor; no I/O.
#pragma once

#include "protocol/room.pb.h"
#include "server/conference/request.hpp"
#include "server/conference/room_core.hpp"

namespace vistime::server::conference {

class Tracks final : public VideoRouteEvents {
 public:
  explicit Tracks(RoomCore& core) : core_(core) {}

  Outcome publish(Participant& from, const vistime::v1::Publish& request);
  Outcome unpublish(Participant& from, const vistime::v1::Unpublish& request);
  // Un-muting also ends a moderator's mute: the person did it, on seeing who had muted.
  Outcome set_muted(Participant& from, const vistime::v1::SetMuted& request);
  Outcome set_subscriptions(Participant& from, const vistime::v1::SetSubscriptions& request);
  Outcome request_keyframe(Participant& from, const vistime::v1::RequestKeyframe& request);

  // The moderators' side; who may act on whom is decided by the caller.
  void mute(Participant& target, vistime::v1::TrackKind kind, const Participant& by);
  void stop(Participant& target, std::uint32_t track, const Participant& by);

  // An object from a publisher; false when it is no object at all and the link should be closed.
  bool object(Participant& from, base::BytesView bytes);
  // The connection is gone: no place among the loudest is held for it.
  void away(Participant& who);
  // Takes the participant's tracks and wishes out, without telling anybody.
  void forget(Participant& who);
  // The same, telling everybody, for one who starts anew.
  void start_anew(Participant& who);
  void tick();

 private:
  void on_keyframe_wanted(std::uint32_t track, std::uint8_t spatial) override;
  void on_layers_wanted(std::uint32_t track, std::uint8_t count) override;
  void on_layer_forwarded(Receiver& receiver, std::uint32_t track, std::uint8_t spatial,
                          bool limited) override;

  void make_route(Participant& from, PublishedTrack& track);
  void remove(Participant& owner, std::uint32_t track);
  void tell_unpublished(std::uint32_t track, const std::string& by);
  void tell_muted(const PublishedTrack& track, const std::string& by);
  Participant* publisher_of(std::uint32_t track) const;

  RoomCore& core_;
  base::TimePoint last_tick_{};
};

// Whether the description makes sense; limits are the room's.
base::Result<void> check_publish(const vistime::v1::Publish& request, const RoomLimits& limits);

}  // namespace vistime::server::conference
