// What every part of a room shares: its record, its people, the ways to send, and the store. The parts (tracks, chat,
// membership, …) hold a reference to it; it knows none of them. On the room's executor; no I/O.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "server/conference/forwarder.hpp"
#include "server/conference/gather.hpp"
#include "server/conference/limits.hpp"
#include "server/conference/room_store.hpp"
#include "server/conference/roster.hpp"

namespace vistime::server::conference {

// What a room lives in; all of it outlives the room.
struct RoomEnvironment {
  const base::Clock& clock;
  const RoomLimits& limits;
  RoomStore& store;
  // Asked for Room::gather_expired() after kGatherTime.
  std::function<void()> arm_gather;
};

struct RoomCounters {
  std::uint64_t chat_messages = 0;
  std::uint64_t joined = 0;
  std::uint64_t resumed = 0;
  std::uint64_t restored = 0;
  std::uint64_t refused = 0;
  std::uint64_t objects_unpublished = 0;  // of a track that the sender does not publish
  std::uint64_t objects_muted = 0;
  std::uint64_t objects_too_many = 0;  // beyond the sender's rate
};

// Somebody who was sent away while their connection was gone hears why when they come back.
struct Farewell {
  base::Bytes link_id;
  base::Bytes link_key_hash;
  std::string code;
  std::string message;
  base::TimePoint until;
};

class RoomCore {
 public:
  RoomCore(RoomEnvironment environment, StoredRoom stored, VideoRouteEvents& video);

  // To one who is in the room or in its lobby.
  void send(Participant& to, const vistime::v1::ServerMessage& message);
  void send(Receiver& to, const vistime::v1::ServerMessage& message);
  // To everybody in the room, not to those who wait.
  void to_all(const vistime::v1::ServerMessage& message, const Participant* except = nullptr);
  void to_moderators(const vistime::v1::ServerMessage& message);

  // With the credentials that the client surely has.
  void save(const Participant& participant);
  void save_room() { store.save_room(record); }
  void describe(vistime::v1::RoomState& out) const;
  void tell_room_changed();
  std::uint32_t max_participants() const;

  // Tells the peer why and ends its link for good.
  void end_link(Receiver& receiver, std::string_view code, std::string_view message);
  // Frees them once nothing on the stack can refer to them: with the next bury_dead().
  void bury(std::unique_ptr<Participant> participant);
  void bury(std::unique_ptr<Receiver> receiver);
  void bury_dead();
  void remember_farewell(const Participant& participant, std::string_view code, std::string_view message);
  const Farewell* find_farewell(base::BytesView link_id, base::BytesView key_hash) const;

  const base::Clock& clock;
  const RoomLimits& limits;
  RoomStore& store;
  RoomRecord record;
  std::set<std::string, std::less<>> bans;
  std::uint64_t last_chat = 0;
  RoomCounters counters;
  Gather gather;
  Forwarder forwarder;
  Roster roster;

 private:
  std::vector<std::unique_ptr<Participant>> dead_participants_;
  std::vector<std::unique_ptr<Receiver>> dead_receivers_;
  std::vector<Farewell> farewells_;
};

// How a link's key is kept.
base::Bytes hash_of_key(base::BytesView key);

}  // namespace vistime::server::conference
