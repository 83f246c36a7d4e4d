// What happens in a meeting, one value each, in order. The names are those of the events of `vistime --json`.
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "client/core/model.hpp"
#include "client/core/route_news.hpp"

namespace vistime::client {

namespace event {

struct Waiting {
  std::string room_name;
};  // in the lobby
struct Joined {};  // the state holds everything; comes again with every new snapshot
struct ParticipantJoined {
  Participant participant;
};
struct ParticipantChanged {
  Participant participant;
};
struct ParticipantLeft {
  Participant participant;
  std::string reason;  // "left", "removed", "banned", "lost"
};
struct TrackPublished {
  Track track;
};
struct TrackUnpublished {
  Track track;
  std::string by;  // the moderator who stopped it, else empty
};
struct TrackMuted {
  Track track;
  std::string by;
};
struct Chat {
  ChatEntry entry;
};
struct ChatReacted {
  ChatEntry entry;  // with all its reactions
  ChatReaction reaction;
  bool withdrawn = false;
};
struct Recording {
  Participant participant;  // records now, or does no longer
};
struct Hands {
  std::vector<std::string> participants;
};
struct Reaction {
  std::string participant;
  std::string reaction;
};
struct Speakers {
  std::vector<std::uint32_t> tracks;
};
struct KeyframeWanted {
  std::uint32_t track = 0;
  std::uint32_t spatial = 0;
};
struct LayersWanted {
  std::uint32_t track = 0;
  std::vector<std::uint32_t> spatial;
};
struct LayerForwarded {
  std::uint32_t track = 0;
  std::uint32_t spatial = 0;
  bool limited = false;
};
struct UnmuteAsked {
  TrackKind kind = TrackKind::kUnknown;
  std::string by;
};
struct Lobby {
  std::vector<Waiter> waiting;
};
struct RoomChanged {
  Room room;
};
struct Answered {
  std::string reference;
  std::string command;
  std::string code;  // empty: done
  std::string message;
};
struct Reconnecting {
  base::Error why;
  int attempt = 0;
};
enum class Resumption { kResumed, kRestored, kRejoined };
struct Resumed {
  Resumption how = Resumption::kResumed;
  std::chrono::milliseconds gap{0};
};
struct Receiving {
  Track track;
};  // the first frame was opened
struct Unreadable {
  Track track;
};  // its frames cannot be opened
struct SentEnded {
  TrackKind kind = TrackKind::kUnknown;
};
struct RecordingFailed {
  base::Error why;
};
// A route to a server carries, or was tried and did not.
struct RouteTaken {
  RouteNews route;
};
struct RouteFailed {
  RouteNews route;  // `failed` is set
};
// Last. `joined`: whether we were ever in the room or its lobby.
struct Ended {
  base::Error why;
  bool joined = false;
};

}  // namespace event

using Event =
    std::variant<event::Waiting, event::Joined, event::ParticipantJoined, event::ParticipantChanged,
                 event::ParticipantLeft, event::TrackPublished, event::TrackUnpublished, event::TrackMuted,
                 event::Chat, event::ChatReacted, event::Recording, event::Hands, event::Reaction,
                 event::Speakers, event::KeyframeWanted, event::LayersWanted, event::LayerForwarded,
                 event::UnmuteAsked, event::Lobby, event::RoomChanged, event::Answered, event::Reconnecting,
                 event::Resumed, event::Receiving, event::Unreadable, event::SentEnded,
                 event::RecordingFailed, event::RouteTaken, event::RouteFailed, event::Ended>;

}  // namespace vistime::client
