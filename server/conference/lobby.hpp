// The lobby: where guests wait until a moderator admits or refuses them. On the room's executor; no I/O.
#pragma once

#include "server/conference/membership.hpp"
#include "server/conference/request.hpp"

namespace vistime::server::conference {

class Lobby {
 public:
  Lobby(RoomCore& core, Membership& membership) : core_(core), membership_(membership) {}

  bool full() const { return core_.roster.waiting() >= core_.limits.max_waiting; }
  // A newcomer starts to wait.
  void wait(Participant& who);
  Outcome admit(const vistime::v1::Admit& request);
  // Switching the lobby off lets in who waits, as far as there is room.
  Outcome set_lobby(bool lobby);

 private:
  Outcome admit_all_of(const std::vector<Participant*>& chosen);

  RoomCore& core_;
  Membership& membership_;
};

}  // namespace vistime::server::conference
