// The rooms that master knows. An interface, because several hosts will share them in PostgreSQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "server/common/awaited.hpp"

namespace vistime::server::master {

struct Room {
  std::string id;             // 10 characters of a–z and 2–7
  std::string name;           // as shown, at most 80 characters
  std::string password_hash;  // Argon2id as libsodium spells it; empty: none
  bool lobby = false;
  std::uint32_t max_participants = 0;
  std::string key_check;      // 32 hex digits
  std::string host_key_hash;  // SHA-256 of the host key, hex
  base::WallTime created;
  base::WallTime used;  // the last join; rooms nobody uses are forgotten
  bool closed = false;
  base::WallTime closed_at;  // when it is closed
};

// 50 random bits.
std::string make_room_id();
bool is_room_id(std::string_view text);

class Rooms {
 public:
  virtual ~Rooms() = default;
  // kOverloaded, "too-many-rooms", when `limit` rooms are open; kInvalid, "constraint", when the id is taken.
  virtual Task<base::Result<void>> create(Room room, std::uint64_t limit) = 0;
  // kNotFound, "room-unknown".
  virtual Task<base::Result<Room>> find(std::string id) = 0;
  virtual Task<base::Result<void>> set_used(std::string id, base::WallTime now) = 0;
  // Changes nothing when it is closed already.
  virtual Task<base::Result<void>> set_closed(std::string id, base::WallTime now) = 0;
  // Open rooms that were last used before: at most `limit` ids, unused longest first.
  virtual Task<base::Result<std::vector<std::string>>> unused(base::WallTime before, std::uint32_t limit) = 0;
  virtual Task<base::Result<void>> forget(std::string id) = 0;
  // Rooms that were closed before; how many.
  virtual Task<base::Result<std::uint64_t>> forget_closed(base::WallTime before) = 0;
};

}  // namespace vistime::server::master
