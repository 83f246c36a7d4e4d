// What host and moderators may do to others. A moderator acts on guests and moderators, the host on everybody. Whether
// the sender is a moderator at all is checked before (see requests.hpp). On the room's executor; no I/O.
#pragma once

#include "server/conference/membership.hpp"
#include "server/conference/request.hpp"

namespace vistime::server::conference {

class Moderation {
 public:
  Moderation(RoomCore& core, Tracks& tracks, Hands& hands, Membership& membership)
      : core_(core), tracks_(tracks), hands_(hands), membership_(membership) {}

  Outcome mute(Participant& by, const vistime::v1::MuteParticipant& request);
  Outcome ask_to_unmute(Participant& by, const vistime::v1::AskToUnmute& request);
  Outcome stop_track(Participant& by, const vistime::v1::StopTrack& request);
  Outcome remove(Participant& by, const vistime::v1::RemoveParticipant& request);
  Outcome set_locked(bool locked);
  Outcome set_role(Participant& by, const vistime::v1::SetRole& request);
  Outcome lower_hand(const vistime::v1::LowerHand& request);

 private:
  // The participant that `by` may act on.
  base::Result<Participant*> target(const Participant& by, std::string_view id) const;

  RoomCore& core_;
  Tracks& tracks_;
  Hands& hands_;
  Membership& membership_;
};

}  // namespace vistime::server::conference
