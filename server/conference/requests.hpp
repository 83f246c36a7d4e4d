// From a message's bytes to the one who handles it: a table that says, for each request, who may make it.
// On the room's executor; no I/O.
#pragma once

#include <functional>

#include "server/conference/chat.hpp"
#include "server/conference/hands.hpp"
#include "server/conference/lobby.hpp"
#include "server/conference/membership.hpp"
#include "server/conference/moderation.hpp"
#include "server/conference/tracks.hpp"

namespace vistime::server::conference {

// The parts of a room that handle requests.
struct RoomParts {
  RoomCore& core;
  Tracks& tracks;
  Chat& chat;
  Hands& hands;
  Membership& membership;
  Lobby& lobby;
  Moderation& moderation;
  std::function<void()> close_room;
};

// Handles one ClientMessage and answers it. Invalid when the bytes are none: the link should then be closed.
base::Result<void> handle_request(RoomParts& parts, Participant& from, base::BytesView message);

}  // namespace vistime::server::conference
