// The master role: rooms, who may join them, and the tokens that say so.
//
//   POST   /api/v1/rooms            create
//   GET    /api/v1/rooms/ROOM       what it is; with the host key also who is in it
//   POST   /api/v1/rooms/ROOM/join  a token for the conference role
//   DELETE /api/v1/rooms/ROOM       close (host key)
//   GET    /api/v1/keys             the keys that tokens are signed with
//
// What is to come attaches here: people (accounts, sign-in) as a repository beside Rooms and routes below /api/v1/people;
// presence and ringing as links at /link/master, whose state lives on this role's executor; administration as routes
// below /api/v1/admin that need a person's token instead of a room's host key. A guest's token and a person's differ in
// who vouches for the name only, so RoomGrant stays.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <atomic>
#include <memory>

#include "base/clock.hpp"
#include "server/common/conference_control.hpp"
#include "server/common/router.hpp"
#include "server/common/tokens.hpp"
#include "server/common/workers.hpp"
#include "server/master/passwords.hpp"
#include "server/master/rate_limiter.hpp"
#include "server/master/room_requests.hpp"
#include "server/master/rooms.hpp"

namespace vistime::server::master {

struct MasterSettings {
  std::uint64_t max_rooms = 10'000;
  std::uint64_t rooms_per_hour = 60;     // from one address
  std::uint64_t joins_per_minute = 120;  // from one address
  std::uint32_t max_participants = 500;  // what a room may ask for, and gets when it asks for nothing
  // From one address for one room within ten minutes; guessing gets nowhere, a forgotten password is remembered.
  std::uint64_t wrong_passwords = 10;
  std::uint64_t room_days = 90;  // without a join
  // What clients are told; the ports under which this server is reached.
  std::uint16_t https_port = 443;
  std::uint16_t conference_port = 12001;
};

class MasterRole {
 public:
  // All of them outlive the role; the workers are stopped before it is destroyed.
  MasterRole(Workers& workers, const base::Clock& clock, std::unique_ptr<Rooms> rooms,
             const TokenSigner& signer, ConferenceControl& conference, MasterSettings settings,
             prometheus::Registry& registry);

  void register_routes(Router& router);
  // forget_unused_rooms() now and every hour.
  void start();
  // Forgets rooms that nobody has used for so long, with their chat, and those closed a month ago.
  Task<void> forget_unused_rooms();
  // No new rooms and joins from now on: 503 with code "draining".
  void drain() { draining_ = true; }
  bool ready() const { return !draining_; }

 private:
  using Step = Task<Response> (MasterRole::*)(Request request, Target target, Peer peer);
  RequestHandler on_own_executor(Step step);
  Task<Response> create(Request request, Target target, Peer peer);
  Task<Response> show(Request request, Target target, Peer peer);
  Task<Response> join(Request request, Target target, Peer peer);
  Task<Response> close(Request request, Target target, Peer peer);
  Task<Response> keys(Request request, Target target, Peer peer);

  Task<base::Result<Room>> find_room(Target target);
  Task<base::Result<RoomRole>> admitted(Room room, JoinRoom join);
  std::string token_response(const Room& room, const JoinRoom& join, RoomRole role);
  Task<base::Result<std::string>> create_with_new_id(Room room);
  // False when it turned out to be in use.
  Task<base::Result<bool>> forget_unused_room(std::string id);
  Response not_joined(Response response, std::string_view result);
  // `result` is one of our own codes, never a client's text.
  void count_join(std::string_view result) { joins_.Add({{"result", std::string(result)}}).Increment(); }

  const base::Clock& clock_;
  const MasterSettings settings_;
  const TokenSigner& signer_;
  ConferenceControl& conference_;
  const transport::Executor executor_;  // owns everything below but the atomics
  std::unique_ptr<Rooms> rooms_;
  Passwords passwords_;
  RateLimiter room_rate_;
  RateLimiter join_rate_;
  RateLimiter password_rate_;
  std::atomic<bool> draining_ = false;
  prometheus::Counter& rooms_created_;
  prometheus::Counter& rooms_closed_;
  prometheus::Family<prometheus::Counter>& joins_;
};

}  // namespace vistime::server::master
