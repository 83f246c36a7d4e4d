// Coming and going: who enters gets the room's state and is announced, who leaves is taken out of everything; roles,
// and who is host when the host goes. On the room's executor; no I/O.
//
// One participant at most is host. Who joins with the host's key becomes it, and the host before a moderator. When the
// host leaves for good, the moderator who has been there longest follows; without one the room has no host until
// somebody joins with the key.
#pragma once

#include <string_view>

#include "server/conference/hands.hpp"
#include "server/conference/room_core.hpp"
#include "server/conference/tracks.hpp"

namespace vistime::server::conference {

// How a departure is told to the others and to the one who goes.
struct Departure {
  std::string_view reason;      // ParticipantLeft: "left", "removed", "banned", "lost"
  std::string_view close_code;  // Close
  std::string_view message;
};

inline constexpr Departure kLeft{"left", "left", "you left the meeting"};
inline constexpr Departure kLost{"lost", "left", "the connection was gone for too long: join again"};
inline constexpr Departure kRemoved{"removed", "removed", "a moderator removed you from the meeting"};
inline constexpr Departure kBanned{"banned", "banned", "a moderator removed you from the meeting for good"};
inline constexpr Departure kLobbyRefused{"removed", "lobby-refused", "a moderator did not let you in"};

class Membership {
 public:
  Membership(RoomCore& core, Tracks& tracks, Hands& hands) : core_(core), tracks_(tracks), hands_(hands) {}

  bool full() const { return core_.roster.admitted() >= core_.max_participants(); }
  // Out of the lobby, or straight in: numbered, greeted with the state, announced.
  void enter(Participant& who);
  // The state as a Snapshot (in a large room with what did not fit behind it), or Waiting.
  void send_state(Participant& to);
  void leave(Participant& who, const Departure& departure);
  // A client of the same participant begins anew: tracks and hand are gone, the place in the room stays.
  void start_anew(Participant& who);
  void set_role(Participant& who, vistime::v1::Role role);
  // Makes it the host; the host before becomes a moderator.
  void make_host(Participant& who);
  // Anything but its tracks is new.
  void tell_changed(const Participant& who);
  void tell_lobby();

 private:
  void send_snapshot(Participant& to);
  void find_host();
  void fill_waiting(google::protobuf::RepeatedPtrField<vistime::v1::Waiter>& out) const;

  RoomCore& core_;
  Tracks& tracks_;
  Hands& hands_;
};

}  // namespace vistime::server::conference
