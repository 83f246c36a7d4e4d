// The conference role: takes connections at /link/conference/ROOM to the worker on which the room lives, hands them
// over, and keeps time for the rooms. Rooms that somebody was in are there again when the process starts; others are
// read when somebody comes, and put away when nobody is left.
//
//   GET  /link/conference/ROOM     upgrade to WebSocket: a link
//   …    /link/conference/ROOM/requests…   the same over plain requests, see server/common/request_links.hpp
//   POST /conference/control/close   Authorization: Bearer CONTROL-TOKEN; 204
//   GET  /conference/control/status  the same; {"participants", "waiting", "locked"}
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "server/common/conference_control.hpp"
#include "server/common/request_links.hpp"
#include "server/common/router.hpp"
#include "server/common/tokens.hpp"
#include "server/common/workers.hpp"

namespace prometheus {
class Registry;
}

namespace vistime::server::conference {

struct ConferenceSettings {
  std::filesystem::path data;       // the folder; conference.db is in it
  std::uint32_t max_rooms = 1'000;  // with somebody in them
  std::uint32_t max_participants_per_room = 200;
  std::uint32_t max_waiting_per_room = 200;
  std::uint32_t loudest = 4;                      // microphones forwarded at a time
  std::uint64_t chat_messages_per_room = 10'000;  // kept; the oldest go first
  std::uint32_t max_handshakes = 1'000;           // connections that have not said Hello yet
};

class ConferenceRole final : public ConferenceControl {
 public:
  // Workers, clock and registry outlive the role; the workers are stopped before it is destroyed.
  static base::Result<std::unique_ptr<ConferenceRole>> open(Workers& workers, const base::Clock& clock,
                                                            std::shared_ptr<const TokenVerifier> tokens,
                                                            ConferenceSettings settings,
                                                            prometheus::Registry& registry);
  ~ConferenceRole() override;

  void register_routes(Router& router);
  // False while it drains.
  bool ready() const;
  // Takes nobody new, tells everybody, and returns when what they left is on disk or `limit` has passed.
  Task<void> drain(std::chrono::seconds limit);

  Task<base::Result<void>> close_room(std::string room) override;
  Task<base::Result<RoomStatus>> room_status(std::string room) override;

  // Shared with what still runs on the workers when the role goes.
  class House;

 private:
  explicit ConferenceRole(std::shared_ptr<House> house);
  Task<Response> control_close(Request request);
  Task<Response> control_status(Request request);

  std::shared_ptr<House> house_;
  const std::shared_ptr<RequestLinks> requests_;
};

// 10 characters of a–z and 2–7.
bool is_room_id(std::string_view text);

}  // namespace vistime::server::conference
