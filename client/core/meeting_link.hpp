// The link that people pass on, and all that can be known from it:
//
//   https://HOST[:PORT]/m/ROOM#SECRET                the meeting
//   https://HOST[:PORT]/m/ROOM#SECRET&host=HOSTKEY   the meeting, as its host
//
// ROOM is 10 characters of a-z2-7, SECRET 22 of base64url (see media/room_key.hpp). What follows '#' is never sent
// as part of a request. Errors never repeat it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "media/room_key.hpp"

namespace vistime::client {

inline constexpr std::size_t kRoomIdLength = 10;
bool is_room_id(std::string_view text);

// A server's address: "https://HOST[:PORT]".
struct Server {
  std::string host;  // a name or an address; IPv6 without its brackets
  std::uint16_t port = 443;

  // Also takes a path of "/", nothing else behind the port. kInvalid says what is wrong.
  static base::Result<Server> parse(std::string_view text);
  std::string print() const;      // https://HOST[:PORT]
  std::string authority() const;  // HOST[:PORT], IPv6 in brackets
  bool operator==(const Server&) const = default;
};

struct MeetingLink {
  Server server;
  std::string room;
  media::RoomSecret secret;
  std::string host_key;  // empty for guests

  static base::Result<MeetingLink> parse(std::string_view text);
  // The link to pass on: without the host key.
  std::string print() const;
  // With the host key, if there is one.
  std::string print_for_host() const;
};

// For a room that is to be created: a fresh secret (22 characters) and what master is told of it (32 hex digits).
struct NewRoomKey {
  std::string secret;
  std::string check;
};
NewRoomKey new_room_key();

}  // namespace vistime::client
