// The bodies that clients send to the rooms API, read and checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vistime::server::master {

struct CreateRoom {
  std::string name;      // "Meeting" when none was given
  std::string password;  // empty: none
  bool lobby = false;
  std::uint32_t max_participants = 0;  // 0: not said
  std::string key_check;
};
struct JoinRoom {
  std::string name;
  std::string password;
  std::string host_key;
  std::string device;
};

// kInvalid with codes "invalid-json", "invalid-name", "invalid-password", "invalid-limit", "invalid-key-check",
// "invalid-device", "invalid-host-key", "invalid-request".
base::Result<CreateRoom> parse_create(std::string_view body, std::uint32_t max_participants);
base::Result<JoinRoom> parse_join(std::string_view body);

inline constexpr std::size_t kMaxPersonName = 64;  // characters, as in RoomGrant
inline constexpr std::size_t kMaxRoomName = 80;

// Without blanks at its ends; 1 to `most` characters of UTF-8, none of them a control or direction-changing character.
base::Result<std::string> checked_name(std::string_view name, std::size_t most = kMaxPersonName);

}  // namespace vistime::server::master
