// The bodies of master's HTTPS interface: what is asked, what is answered, and how a problem document (RFC 9457)
// becomes an Error. Pure; what arrives is not trusted: every field is checked for its type, length and range.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vistime::client {

struct NewRoom {
  std::string name = {};
  std::optional<std::string> password = {};
  bool lobby = false;
  std::optional<std::uint32_t> max_participants = {};
  std::string key_check = {};  // 32 hex digits
};
struct CreatedRoom {
  std::string room = {};
  std::string host_key = {};
  std::string name = {};
  std::string created = {};
  std::string expires = {};
};
struct RoomInfo {
  std::string room = {};
  std::string name = {};
  bool password_required = false;
  bool lobby = false;
  std::string key_check = {};
};
struct JoinRequest {
  std::string name = {};
  std::optional<std::string> password = {};
  std::optional<std::string> host_key = {};
  std::string device = {};
};
struct JoinGrant {
  std::string token = {};
  std::string participant = {};
  std::string role = {};
  std::string link = {};  // "/link/conference/ROOM"
  std::string release = {};
};

std::string encode(const NewRoom& room);
std::string encode(const JoinRequest& request);
// kInternal with code "bad-answer" when the body is not what the interface promises.
base::Result<CreatedRoom> parse_created_room(std::string_view body);
base::Result<RoomInfo> parse_room_info(std::string_view body);
base::Result<JoinGrant> parse_join_grant(std::string_view body);

// An answer of 4xx or 5xx. `retry_after`: the header's value, may be empty. Never fails: what is no problem document
// is described by its status. Control characters in the server's words are taken out.
base::Error problem_to_error(unsigned status, std::string_view body, std::string_view retry_after);

}  // namespace vistime::client
