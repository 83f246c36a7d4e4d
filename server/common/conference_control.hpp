// What master asks of the conference role: embedded (a call) or on another host (HTTPS with a control token).
#pragma once

#include <cstdint>
#include <string>

#include "server/common/router.hpp"

namespace vistime::server {

struct RoomStatus {
  std::uint32_t participants = 0;  // 0 also when nobody has joined yet
  std::uint32_t waiting = 0;
  bool locked = false;
  bool closed = false;  // by its host, whom master did not hear
};

class ConferenceControl {
 public:
  virtual ~ConferenceControl() = default;
  // Ends the meeting for everyone and forgets its chat; done also when nobody is in it.
  virtual Task<base::Result<void>> close_room(std::string room) = 0;
  virtual Task<base::Result<RoomStatus>> room_status(std::string room) = 0;
};

}  // namespace vistime::server
