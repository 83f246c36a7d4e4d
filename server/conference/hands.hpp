// Raised hands, in the order in which they were raised, and reactions. On the room's executor; no I/O.
#pragma once

#include <string>
#include <vector>

#include "server/conference/request.hpp"
#include "server/conference/room_core.hpp"

namespace vistime::server::conference {

class Hands {
 public:
  explicit Hands(RoomCore& core) : core_(core) {}

  // Continues the order of those whose hands were raised before a restart.
  void restore();
  Outcome set(Participant& from, bool raised);
  Outcome react(Participant& from, const std::string& reaction);
  // Before the participant leaves or starts anew: the hand goes down with them.
  void forget(Participant& who);
  // Participant ids, first raised first.
  std::vector<std::string> order() const;

 private:
  void tell();

  RoomCore& core_;
  std::uint64_t last_ = 0;
};

}  // namespace vistime::server::conference
