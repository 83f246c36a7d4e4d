#include "server/master/master_role.hpp"

#include <sodium.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>

#include "base/bytes.hpp"
#include "protocol/version.hpp"
#include "server/common/logging.hpp"
#include "server/common/networks.hpp"
#include "server/master/http_answers.hpp"

namespace vistime::server::master {

using base::ErrorKind;
using base::fail_as;
using base::Result;
using nlohmann::ordered_json;

namespace {

// Time to reach the conference server with it, over the last rung of the ladder.
constexpr auto kTokenLife = std::chrono::seconds(60);
constexpr auto kHousekeeping = std::chrono::hours(1);
// A host may find the meeting closed rather than gone for so long.
constexpr auto kClosedKept = std::chrono::days(30);
// Of one round of housekeeping; more wait for the next.
constexpr std::uint32_t kForgottenAtOnce = 1000;
constexpr auto kPasswordPeriod = std::chrono::minutes(10);
// An id that is taken is as likely as guessing a room; three times in a row is our bug.
constexpr int kIdAttempts = 3;
constexpr std::size_t kHostKeyBytes = 32;
constexpr std::size_t kParticipantBytes = 12;  // 16 characters

std::string hash_of(std::string_view host_key) {
  base::Bytes hash(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(hash.data(), base::as_bytes(host_key).data(), host_key.size());
  return base::hex(hash);
}

bool is_host_key(const Room& room, std::string_view host_key) {
  return base::equal_in_constant_time(base::as_bytes(hash_of(host_key)), base::as_bytes(room.host_key_hash));
}

std::unexpected<base::Error> unknown_room() {
  return fail_as(ErrorKind::kNotFound, "room-unknown",
                 "there is no such room: check the link, or ask for a new one");
}

std::unexpected<base::Error> wrong_host_key() {
  return fail_as(ErrorKind::kRefused, "wrong-host-key",
                 "this is not the room's host key: use the host's link");
}

const char* to_text(RoomRole role) { return role == RoomRole::kHost ? "host" : "guest"; }

}  // namespace

MasterRole::MasterRole(Workers& workers, const base::Clock& clock, std::unique_ptr<Rooms> rooms,
                       const TokenSigner& signer, ConferenceControl& conference, MasterSettings settings,
                       prometheus::Registry& registry)
    : clock_(clock),
      settings_(settings),
      signer_(signer),
      conference_(conference),
      executor_(workers.of("master")),
      rooms_(std::move(rooms)),
      room_rate_(clock, settings.rooms_per_hour, std::chrono::hours(1)),
      join_rate_(clock, settings.joins_per_minute, std::chrono::minutes(1)),
      password_rate_(clock, settings.wrong_passwords, kPasswordPeriod),
      rooms_created_(prometheus::BuildCounter()
                         .Name("vistime_master_rooms_created_total")
                         .Help("Rooms created")
                         .Register(registry)
                         .Add({})),
      rooms_closed_(prometheus::BuildCounter()
                        .Name("vistime_master_rooms_closed_total")
                        .Help("Rooms closed by their hosts")
                        .Register(registry)
                        .Add({})),
      joins_(prometheus::BuildCounter()
                 .Name("vistime_master_joins_total")
                 .Help("Requests to join, by what came of them")
                 .Register(registry)) {}

RequestHandler MasterRole::on_own_executor(Step step) {
  return [this, step](Request request, Target target, Peer peer) -> Task<Response> {
    Task<Response> task = (this->*step)(std::move(request), std::move(target), std::move(peer));
    co_return co_await asio::co_spawn(executor_, std::move(task), transport::use_task);
  };
}

void MasterRole::register_routes(Router& router) {
  router.on(http::verb::post, "/api/v1/rooms", on_own_executor(&MasterRole::create));
  router.on(http::verb::get, "/api/v1/rooms/*", on_own_executor(&MasterRole::show));
  router.on(http::verb::delete_, "/api/v1/rooms/*", on_own_executor(&MasterRole::close));
  router.on(http::verb::post, "/api/v1/rooms/*/join", on_own_executor(&MasterRole::join));
  router.on(http::verb::get, "/api/v1/keys", on_own_executor(&MasterRole::keys));
}

void MasterRole::start() {
  auto loop = [](MasterRole* self) -> Task<void> {
    transport::Timer timer(self->executor_);
    for (;;) {
      co_await self->forget_unused_rooms();
      timer.expires_after(kHousekeeping);
      const auto [error] = co_await timer.async_wait(asio::as_tuple(transport::use_task));
      if (error) co_return;
    }
  };
  asio::co_spawn(executor_, loop(this), asio::detached);
}

Task<void> MasterRole::forget_unused_rooms() {
  const base::WallTime now = clock_.wall();
  auto unused = co_await rooms_->unused(now - std::chrono::days(settings_.room_days), kForgottenAtOnce);
  if (!unused) {
    log_error("cannot look for unused rooms", {{"error", unused.error().message}});
    co_return;
  }
  std::uint64_t forgotten = 0;
  for (const std::string& id : *unused) {
    auto done = co_await forget_unused_room(id);
    if (done && *done) ++forgotten;
    if (!done) log_warning("an unused room stays for now", {{"room", id}, {"error", done.error().message}});
  }
  auto closed = co_await rooms_->forget_closed(now - kClosedKept);
  if (!closed) log_error("cannot forget closed rooms", {{"error", closed.error().message}});
  if (closed) forgotten += *closed;
  if (forgotten > 0) log_info("rooms forgotten", {{"count", std::to_string(forgotten)}});
}

// Its chat lies with the conference role and goes first: a room that is forgotten here is never asked about again.
Task<Result<bool>> MasterRole::forget_unused_room(std::string id) {
  auto status = co_await conference_.room_status(id);
  if (!status) co_return std::unexpected(std::move(status).error());
  Result<void> done;
  // A meeting that nobody joined or left for all that time goes on.
  const bool in_use = status->participants > 0;
  if (in_use) {
    done = co_await rooms_->set_used(id, clock_.wall());
  } else {
    done = co_await conference_.close_room(id);
    if (done) done = co_await rooms_->forget(id);
  }
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return !in_use;
}

Task<Response> MasterRole::create(Request request, Target, Peer peer) {
  if (draining_) co_return drained(request);
  if (!is_json(request)) co_return not_json(request);
  auto wish = parse_create(request.body(), settings_.max_participants);
  if (!wish) co_return refusal(request, wish.error());
  // Only what would make a room counts: a typing error costs nothing.
  if (const auto wait = room_rate_.take(limit_key(peer.address)); wait.count() > 0)
    co_return too_many(request, wait);
  Room room;
  if (!wish->password.empty()) {
    auto hash = co_await passwords_.hash(wish->password);
    if (!hash) co_return refusal(request, hash.error());
    room.password_hash = std::move(*hash);
  }
  const std::string host_key = base::random_id(kHostKeyBytes);
  room.name = wish->name;
  room.lobby = wish->lobby;
  room.max_participants = wish->max_participants == 0 ? settings_.max_participants : wish->max_participants;
  room.key_check = wish->key_check;
  room.host_key_hash = hash_of(host_key);
  room.created = room.used = clock_.wall();
  auto created = co_await create_with_new_id(room);
  if (!created) {
    log_warning("room not created", {{"address", peer.address}, {"error", created.error().message}});
    co_return refusal(request, created.error());
  }
  room.id = std::move(*created);
  rooms_created_.Increment();
  log_info("room created", {{"room", room.id}, {"address", peer.address}});
  const ordered_json answer = {{"room", room.id},
                               {"host_key", host_key},
                               {"path", "/m/" + room.id},
                               {"name", room.name},
                               {"created", spelled(room.created)},
                               {"expires", spelled(room.used + std::chrono::days(settings_.room_days))}};
  Response response = json_response(request, http::status::created, answer.dump());
  response.set(http::field::location, "/api/v1/rooms/" + room.id);
  co_return response;
}

Task<Result<std::string>> MasterRole::create_with_new_id(Room room) {
  for (int attempt = 1;; ++attempt) {
    room.id = make_room_id();
    auto created = co_await rooms_->create(room, settings_.max_rooms);
    if (created) co_return room.id;
    if (created.error().code != "constraint") co_return std::unexpected(std::move(created).error());
    if (attempt == kIdAttempts)
      co_return fail_as(ErrorKind::kInternal, "database", "{}", created.error().message);
  }
}

// Rooms past their time are gone, whether housekeeping has come by or not.
Task<Result<Room>> MasterRole::find_room(Target target) {
  const std::string id = target.segments.at(3);
  if (!is_room_id(id)) co_return unknown_room();
  auto room = co_await rooms_->find(id);
  if (!room) co_return room;
  const base::WallTime now = clock_.wall();
  const base::WallTime end =
      room->closed ? room->closed_at + kClosedKept : room->used + std::chrono::days(settings_.room_days);
  if (now >= end) co_return unknown_room();
  co_return room;
}

Task<Response> MasterRole::show(Request request, Target target, Peer) {
  auto room = co_await find_room(std::move(target));
  if (!room) co_return refusal(request, room.error());
  if (room->closed) co_return room_closed(request);
  ordered_json answer = {{"room", room->id},
                         {"name", room->name},
                         {"password_required", !room->password_hash.empty()},
                         {"lobby", room->lobby},
                         {"max_participants", room->max_participants},
                         {"key_check", room->key_check},
                         {"state", "open"},
                         {"created", spelled(room->created)}};
  if (const auto host_key = bearer_of(request); !host_key.empty()) {
    if (!is_host_key(*room, host_key)) co_return refusal(request, wrong_host_key().error());
    auto status = co_await conference_.room_status(room->id);
    if (!status) co_return refusal(request, status.error());
    if (status->closed) {
      // Its host ended it over the link to the conference role.
      if (auto noted = co_await rooms_->set_closed(room->id, clock_.wall()); !noted)
        co_return refusal(request, noted.error());
      rooms_closed_.Increment();
      co_return room_closed(request);
    }
    answer["participants"] = status->participants;
    answer["waiting"] = status->waiting;
    answer["locked"] = status->locked;
  }
  co_return json_response(request, http::status::ok, answer.dump());
}

// The host's key suffices; everybody else needs the password, where there is one.
Task<Result<RoomRole>> MasterRole::admitted(Room room, JoinRoom join) {
  if (!join.host_key.empty()) {
    if (!is_host_key(room, join.host_key)) co_return wrong_host_key();
    co_return RoomRole::kHost;
  }
  if (room.password_hash.empty()) co_return RoomRole::kGuest;
  if (join.password.empty()) {
    co_return fail_as(ErrorKind::kRefused, "password-required", "this meeting has a password: give it");
  }
  auto same = co_await passwords_.matches(room.password_hash, join.password);
  if (!same) co_return std::unexpected(std::move(same).error());
  if (!*same) co_return fail_as(ErrorKind::kRefused, "wrong-password", "the password is wrong");
  co_return RoomRole::kGuest;
}

std::string MasterRole::token_response(const Room& room, const JoinRoom& join, RoomRole role) {
  RoomGrant grant;
  grant.room = room.id;
  grant.participant = base::random_id(kParticipantBytes);
  grant.name = join.name;
  grant.device = join.device;
  grant.role = role;
  grant.room_name = room.name;
  grant.lobby = room.lobby;
  grant.max_participants = room.max_participants;
  grant.issued = clock_.wall();
  grant.expires = grant.issued + kTokenLife;
  const ordered_json answer = {
      {"token", signer_.sign(grant)},
      {"participant", grant.participant},
      {"role", to_text(role)},
      {"link", "/link/conference/" + room.id},
      {"ports", {{"https", settings_.https_port}, {"conference", settings_.conference_port}}},
      {"expires_in", kTokenLife.count()},
      {"release", protocol::release()}};
  return answer.dump();
}

Response MasterRole::not_joined(Response response, std::string_view result) {
  count_join(result);
  return response;
}

Task<Response> MasterRole::join(Request request, Target target, Peer peer) {
  if (draining_) co_return drained(request);
  if (const auto wait = join_rate_.take(limit_key(peer.address)); wait.count() > 0) {
    co_return not_joined(too_many(request, wait), "too-many-attempts");
  }
  if (!is_json(request)) co_return not_joined(not_json(request), "invalid");
  auto wish = parse_join(request.body());
  if (!wish) co_return not_joined(refusal(request, wish.error()), "invalid");
  auto room = co_await find_room(std::move(target));
  if (!room) co_return not_joined(refusal(request, room.error()), room.error().code);
  if (room->closed) co_return not_joined(room_closed(request), "room-closed");
  // Taken before the password is looked at, so that attempts made at once count as well.
  const std::string guesser = limit_key(peer.address) + " " + room->id;
  const bool guess = wish->host_key.empty() && !wish->password.empty() && !room->password_hash.empty();
  if (guess) {
    if (const auto wait = password_rate_.take(guesser); wait.count() > 0) {
      co_return not_joined(too_many(request, wait), "too-many-attempts");
    }
  }
  auto role = co_await admitted(*room, *wish);
  if (guess && (role || role.error().code != "wrong-password")) password_rate_.give_back(guesser);
  if (!role) {
    log_info("join refused", {{"room", room->id}, {"address", peer.address}, {"code", role.error().code}});
    co_return not_joined(refusal(request, role.error()), role.error().code);
  }
  // A full disk must not keep people out of a meeting.
  if (auto noted = co_await rooms_->set_used(room->id, clock_.wall()); !noted) {
    log_warning("a join was not noted", {{"room", room->id}, {"error", noted.error().message}});
  }
  count_join("admitted");
  log_info("join", {{"room", room->id}, {"address", peer.address}, {"role", to_text(*role)}});
  co_return json_response(request, http::status::ok, token_response(*room, *wish, *role));
}

Task<Response> MasterRole::close(Request request, Target target, Peer peer) {
  if (const auto wait = join_rate_.take(limit_key(peer.address)); wait.count() > 0)
    co_return too_many(request, wait);
  auto room = co_await find_room(std::move(target));
  if (!room) co_return refusal(request, room.error());
  if (!is_host_key(*room, bearer_of(request))) co_return refusal(request, wrong_host_key().error());
  // First here, so that nobody joins meanwhile; asking again finishes what failed half-way.
  auto noted = co_await rooms_->set_closed(room->id, clock_.wall());
  if (!noted) co_return refusal(request, noted.error());
  if (!room->closed) rooms_closed_.Increment();
  if (auto closed = co_await conference_.close_room(room->id); !closed)
    co_return refusal(request, closed.error());
  log_info("room closed", {{"room", room->id}, {"address", peer.address}});
  Response response(http::status::no_content, request.version());
  response.keep_alive(request.keep_alive());
  co_return response;
}

Task<Response> MasterRole::keys(Request request, Target, Peer) {
  co_return json_response(request, http::status::ok, signer_.key_set());
}

}  // namespace vistime::server::master
