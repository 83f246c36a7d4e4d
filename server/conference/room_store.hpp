// What of a room outlives the process, and who keeps it. The room never waits: it hands records over, and where it
// needs an answer it is called back on its own executor, in the order in which it asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "protocol/room.pb.h"

namespace vistime::server::conference {

struct RoomRecord {
  std::string id{};
  std::string name{};
  bool lobby = false;
  bool locked = false;
  std::uint32_t max_participants = 0;  // as the room's creator set it; 0: the server's limit
  std::string host{};                  // participant id, empty when there is none
  std::uint32_t next_number = 1;       // of the next participant; numbers are never used again
  bool closed = false;                 // for good: kept so that old tokens are refused
};

struct ParticipantRecord {
  std::string id{};
  std::uint32_t number = 0;  // 0 while waiting in the lobby
  std::string name{};
  vistime::v1::Role role = vistime::v1::ROLE_GUEST;
  std::string device{};
  base::Bytes link_id{};
  base::Bytes link_key_hash{};  // SHA-256
  std::uint64_t hand = 0;       // the place in the order of raised hands; 0: not raised
  std::uint64_t media_session = 0;
  bool waiting = false;
  std::uint64_t order = 0;  // who came first
};

struct ChatRecord {
  base::Bytes id{};
  std::uint64_t sequence = 0;
  std::string from{};
  std::string from_name{};
  std::int64_t sent_ms = 0;
  std::string to{};
  base::Bytes sealed{};
};

struct ChatAppended {
  std::uint64_t sequence = 0;
  bool duplicate = false;  // a message with this id is there already, under that sequence
};

struct ChatPage {
  std::vector<ChatRecord> messages{};
  bool complete = true;
};

struct ChatQuery {
  std::uint64_t after = 0;
  std::string reader{};  // sees what goes to all, and private messages from and to itself
  std::size_t max_messages = 100;
  std::size_t max_bytes = 128 * 1024;
};

// Everything about a room as it was when the process ended.
struct StoredRoom {
  RoomRecord room{};
  std::vector<ParticipantRecord> participants{};  // in the order in which they came
  std::vector<std::string> bans{};                // devices
  std::uint64_t last_chat = 0;
};

class RoomStore {
 public:
  using Appended = std::function<void(base::Result<ChatAppended>)>;
  using PageRead = std::function<void(base::Result<ChatPage>)>;

  virtual ~RoomStore() = default;
  virtual void save_room(const RoomRecord& room) = 0;
  virtual void save_participant(const std::string& room, const ParticipantRecord& participant) = 0;
  virtual void remove_participant(const std::string& room, const std::string& participant) = 0;
  virtual void add_ban(const std::string& room, const std::string& device) = 0;
  // Forgets everything but that the room is closed.
  virtual void close_room(const std::string& room) = 0;
  // Gives the message its sequence and keeps at most `keep` messages; `done` comes once it is safe on disk.
  virtual void append_chat(const std::string& room, ChatRecord message, std::uint64_t keep,
                           Appended done) = 0;
  virtual void read_chat(const std::string& room, ChatQuery query, PageRead done) = 0;
};

}  // namespace vistime::server::conference
