#include "server/conference/room_core.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace vistime::server::conference {
namespace {

// As long as a client tries to come back, with a margin.
constexpr base::Duration kFarewellTime = std::chrono::seconds(60);
constexpr std::size_t kMaxFarewells = 256;

}  // namespace

base::Bytes hash_of_key(base::BytesView key) {
  base::Bytes hash(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(hash.data(), key.data(), key.size());
  return hash;
}

RoomCore::RoomCore(RoomEnvironment environment, StoredRoom stored, VideoRouteEvents& video)
    : clock(environment.clock),
      limits(environment.limits),
      store(environment.store),
      record(std::move(stored.room)),
      bans(stored.bans.begin(), stored.bans.end()),
      last_chat(stored.last_chat),
      gather(std::move(environment.arm_gather)),
      forwarder(clock, gather, video, limits.loudest) {}

void RoomCore::send(Participant& to, const vistime::v1::ServerMessage& message) {
  send(*to.receiver, message);
}

void RoomCore::send(Receiver& to, const vistime::v1::ServerMessage& message) {
  const std::string bytes = message.SerializeAsString();
  to.send_control(base::as_bytes(bytes));
  gather.touch(to);
}

void RoomCore::to_all(const vistime::v1::ServerMessage& message, const Participant* except) {
  const std::string bytes = message.SerializeAsString();
  for (const auto& each : roster.all()) {
    if (each.get() == except || each->record.waiting) continue;
    each->receiver->send_control(base::as_bytes(bytes));
    gather.touch(*each->receiver);
  }
}

void RoomCore::to_moderators(const vistime::v1::ServerMessage& message) {
  for (const auto& each : roster.all()) {
    if (each->is_moderator() && !each->record.waiting) send(*each, message);
  }
}

void RoomCore::save(const Participant& participant) {
  ParticipantRecord saved = participant.record;
  if (participant.before_restart) {
    saved.link_id = participant.before_restart->id;
    saved.link_key_hash = participant.before_restart->key_hash;
  }
  store.save_participant(record.id, saved);
}

void RoomCore::describe(vistime::v1::RoomState& out) const {
  out.set_room(record.id);
  out.set_name(record.name);
  out.set_locked(record.locked);
  out.set_lobby(record.lobby);
  out.set_max_participants(max_participants());
  out.set_host(record.host);
}

void RoomCore::tell_room_changed() {
  save_room();
  vistime::v1::ServerMessage message;
  describe(*message.mutable_room_changed()->mutable_room());
  to_all(message);
}

std::uint32_t RoomCore::max_participants() const {
  if (record.max_participants == 0) return limits.max_participants;
  return std::min(record.max_participants, limits.max_participants);
}

void RoomCore::end_link(Receiver& receiver, std::string_view code, std::string_view message) {
  receiver.ended = true;
  receiver.link.end(code, message);
}

void RoomCore::bury(std::unique_ptr<Participant> participant) {
  forwarder.forget(*participant->receiver);
  dead_participants_.push_back(std::move(participant));
}

void RoomCore::bury(std::unique_ptr<Receiver> receiver) {
  forwarder.forget(*receiver);
  dead_receivers_.push_back(std::move(receiver));
}

void RoomCore::bury_dead() {
  for (const auto& participant : dead_participants_) gather.forget(*participant->receiver);
  for (const auto& receiver : dead_receivers_) gather.forget(*receiver);
  dead_participants_.clear();
  dead_receivers_.clear();
  std::erase_if(farewells_, [now = clock.now()](const Farewell& farewell) { return farewell.until < now; });
}

void RoomCore::remember_farewell(const Participant& participant, std::string_view code,
                                 std::string_view message) {
  if (farewells_.size() >= kMaxFarewells) farewells_.erase(farewells_.begin());
  farewells_.push_back({participant.record.link_id, participant.record.link_key_hash, std::string(code),
                        std::string(message), clock.now() + kFarewellTime});
}

const Farewell* RoomCore::find_farewell(base::BytesView link_id, base::BytesView key_hash) const {
  const Farewell* found = nullptr;
  for (const Farewell& farewell : farewells_) {
    if (base::equal_in_constant_time(farewell.link_id, link_id) &&
        base::equal_in_constant_time(farewell.link_key_hash, key_hash)) {
      found = &farewell;
    }
  }
  return found;
}

}  // namespace vistime::server::conference
