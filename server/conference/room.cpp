#include "server/conference/room.hpp"

#include <algorithm>
#include <utility>

#include "protocol/version.hpp"
#include "transport/handshake.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::HelloReply;

// Half of what a link takes for dead silence, so that one lost message is no harm.
constexpr std::uint32_t kKeepAliveMs = 5'000;

constexpr Departure kClosedRoom{"left", "room-closed", "the meeting has ended"};
constexpr Departure kProtocolError{"lost", "protocol-error", "a message could not be understood"};
constexpr Departure kFlood{"lost", "protocol-error", "too many requests in a short time"};

vistime::v1::Role role_of(RoomRole role) {
  switch (role) {
    case RoomRole::kHost: return vistime::v1::ROLE_HOST;
    case RoomRole::kModerator: return vistime::v1::ROLE_MODERATOR;
    case RoomRole::kGuest: return vistime::v1::ROLE_GUEST;
  }
  return vistime::v1::ROLE_GUEST;
}

base::Bytes welcome(const Participant& who, base::BytesView key, vistime::v1::Resumption resumption,
                    std::uint32_t received) {
  HelloReply reply;
  auto& welcome = *reply.mutable_welcome();
  welcome.set_protocol(protocol::kProtocol);
  welcome.set_release(std::string(protocol::release()));
  welcome.set_link_id(who.record.link_id.data(), who.record.link_id.size());
  welcome.set_link_key(key.data(), key.size());
  welcome.set_resumption(resumption);
  welcome.set_received(received);
  welcome.set_resume_window_ms(static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(kResumeWindow).count()));
  welcome.set_keep_alive_ms(kKeepAliveMs);
  return transport::encode_hello_reply(reply);
}

}  // namespace

void refuse_connection(std::unique_ptr<transport::Carrier> carrier, std::string_view code,
                       std::string_view message) {
  HelloReply reply;
  reply.mutable_refusal()->set_code(std::string(code));
  reply.mutable_refusal()->set_message(std::string(message));
  carrier->close(transport::encode_hello_reply(reply));
}

Room::Room(RoomEnvironment environment, StoredRoom stored)
    : core_(std::move(environment), {stored.room, {}, stored.bans, stored.last_chat}, tracks_),
      tracks_(core_),
      chat_(core_),
      hands_(core_),
      membership_(core_, tracks_, hands_),
      lobby_(core_, membership_),
      moderation_(core_, tracks_, hands_, membership_),
      parts_{core_, tracks_, chat_, hands_, membership_, lobby_, moderation_, [this] { close(); }} {
  restore(std::move(stored.participants));
}

void Room::restore(std::vector<ParticipantRecord> participants) {
  for (ParticipantRecord& record : participants) {
    last_order_ = std::max(last_order_, record.order);
    LinkCredentials before{std::exchange(record.link_id, {}), std::exchange(record.link_key_hash, {})};
    auto participant = std::make_unique<Participant>(std::move(record), core_.clock, core_.limits, *this);
    participant->before_restart = std::move(before);
    participant->away_since = core_.clock.now();
    core_.roster.add(std::move(participant));
  }
  hands_.restore();
}

base::Bytes Room::new_credentials(Participant& who) {
  base::Bytes key = base::random_bytes(kLinkKeyBytes);
  who.record.link_id = base::random_bytes(kLinkIdBytes);
  who.record.link_key_hash = hash_of_key(key);
  return key;
}

void Room::refuse(std::unique_ptr<transport::Carrier> carrier, std::string_view code,
                  std::string_view message) {
  ++core_.counters.refused;
  refuse_connection(std::move(carrier), code, message);
}

void Room::join(std::unique_ptr<transport::Carrier> carrier, const RoomGrant& grant) {
  if (core_.record.closed) return refuse(std::move(carrier), "room-closed", "this meeting has ended");
  if (core_.bans.contains(grant.device)) {
    return refuse(std::move(carrier), "banned", "a moderator has banned you from this meeting");
  }
  if (Participant* known = core_.roster.find(grant.participant)) return rejoin(*known, std::move(carrier));
  const bool privileged = grant.role != RoomRole::kGuest;
  if (core_.record.locked && !privileged) {
    return refuse(std::move(carrier), "room-locked", "this meeting is locked: ask its host to unlock it");
  }
  const bool waits = core_.record.lobby && !privileged;
  if (waits && lobby_.full()) {
    return refuse(std::move(carrier), "overloaded", "too many wait to be let in: try again later");
  }
  if (!waits && membership_.full()) return refuse(std::move(carrier), "room-full", "this meeting is full");

  ParticipantRecord record{.id = grant.participant,
                           .name = grant.name,
                           .role = role_of(grant.role),
                           .device = grant.device,
                           .link_id = {},
                           .link_key_hash = {},
                           .waiting = true,
                           .order = ++last_order_};
  Participant& who =
      core_.roster.add(std::make_unique<Participant>(std::move(record), core_.clock, core_.limits, *this));
  const base::Bytes key = new_credentials(who);
  ++core_.counters.joined;
  carrier->write(welcome(who, key, vistime::v1::RESUMPTION_NEW, 0));
  who.receiver->link.attach_fresh(std::move(carrier));
  waits ? lobby_.wait(who) : membership_.enter(who);
}

// The same participant with a new client: the place in the room is kept, everything else begins anew.
void Room::rejoin(Participant& who, std::unique_ptr<transport::Carrier> carrier) {
  membership_.start_anew(who);
  if (!who.receiver->ended) core_.end_link(*who.receiver, "replaced", "you joined again from elsewhere");
  core_.bury(who.replace_receiver(core_.clock));
  who.before_restart.reset();
  who.away_since.reset();
  const base::Bytes key = new_credentials(who);
  core_.save(who);
  ++core_.counters.joined;
  carrier->write(welcome(who, key, vistime::v1::RESUMPTION_NEW, 0));
  who.receiver->link.attach_fresh(std::move(carrier));
  membership_.send_state(who);
  membership_.tell_changed(who);
}

void Room::resume(std::unique_ptr<transport::Carrier> carrier, const vistime::v1::Resume& resume) {
  if (core_.record.closed) return refuse(std::move(carrier), "room-closed", "this meeting has ended");
  const base::BytesView id = base::as_bytes(resume.link_id());
  const base::Bytes hash = hash_of_key(base::as_bytes(resume.link_key()));
  if (Participant* who = core_.roster.find_link(id, hash); who != nullptr && !who->ended) {
    return resume_link(*who, std::move(carrier), resume);
  }
  if (Participant* who = core_.roster.find_link_before_restart(id, hash); who != nullptr && !who->ended) {
    return restore_link(*who, std::move(carrier));
  }
  if (const Farewell* farewell = core_.find_farewell(id, hash)) {
    return refuse(std::move(carrier), farewell->code, farewell->message);
  }
  refuse(std::move(carrier), "resume-unknown", "you were away for too long: join again");
}

void Room::resume_link(Participant& who, std::unique_ptr<transport::Carrier> carrier,
                       const vistime::v1::Resume& resume) {
  confirm(who);
  ++core_.counters.resumed;
  carrier->write(welcome(who, base::as_bytes(resume.link_key()), vistime::v1::RESUMPTION_RESUMED,
                         who.receiver->link.received()));
  who.receiver->link.attach(std::move(carrier), resume.received());
  if (who.away_since) {
    who.away_since.reset();
    membership_.tell_changed(who);
  }
}

void Room::restore_link(Participant& who, std::unique_ptr<transport::Carrier> carrier) {
  ++core_.counters.restored;
  const base::Bytes key = new_credentials(who);
  carrier->write(welcome(who, key, vistime::v1::RESUMPTION_RESTORED, 0));
  who.receiver->link.attach_fresh(std::move(carrier));
  who.away_since.reset();
  membership_.send_state(who);
  membership_.tell_changed(who);
}

void Room::confirm(Participant& who) {
  if (!who.before_restart) return;
  who.before_restart.reset();
  core_.save(who);
}

void Room::on_participant_message(Participant& from, base::BytesView message) {
  if (from.ended || from.receiver->ended) return;
  confirm(from);
  if (!from.requests.take(1, core_.clock.now())) return membership_.leave(from, kFlood);
  if (const auto handled = handle_request(parts_, from, message); !handled)
    membership_.leave(from, kProtocolError);
}

void Room::on_participant_object(Participant& from, base::BytesView object) {
  if (from.receiver->ended || from.record.waiting) return;
  if (!tracks_.object(from, object)) membership_.leave(from, kProtocolError);
}

void Room::on_participant_away(Participant& who) {
  if (who.receiver->ended) return;
  who.away_since = core_.clock.now();
  tracks_.away(who);
  membership_.tell_changed(who);
}

// This may come from within a loop over all who are in the room: they are taken out when the loop is over.
void Room::on_participant_ended(Participant& who, const base::Error& why) {
  who.ended = why;
  who.receiver->ended = true;
  core_.gather.arm();
}

void Room::take_out_ended() {
  for (bool again = true; again;) {
    again = false;
    for (const auto& each : core_.roster.all()) {
      if (!each->ended) continue;
      membership_.leave(*each, each->ended->kind == base::ErrorKind::kClosed ? kLeft : kLost);
      again = true;
      break;
    }
  }
}

void Room::take_out_lost() {
  const base::TimePoint limit = core_.clock.now() - kResumeWindow;
  std::vector<Participant*> lost;
  for (const auto& each : core_.roster.all()) {
    if (each->away_since && *each->away_since <= limit && !each->connected()) lost.push_back(each.get());
  }
  for (Participant* who : lost) membership_.leave(*who, kLost);
}

void Room::gather_expired() {
  if (!drained_) take_out_ended();
  core_.gather.flush();
}

void Room::tick() {
  core_.bury_dead();
  if (drained_ || core_.record.closed) return;
  for (const auto& each : core_.roster.all()) each->receiver->link.tick();
  take_out_ended();
  take_out_lost();
  tracks_.tick();
  // A lock protects a meeting under way; an empty room would lock everybody out for good.
  if (core_.roster.empty() && core_.record.locked) {
    core_.record.locked = false;
    core_.save_room();
  }
}

void Room::close() {
  if (core_.record.closed) return;
  core_.record.closed = true;
  while (!core_.roster.empty()) {
    Participant& who = *core_.roster.all().back();
    if (!who.receiver->ended) core_.end_link(*who.receiver, kClosedRoom.close_code, kClosedRoom.message);
    core_.bury(core_.roster.take(who));
  }
  core_.store.close_room(core_.record.id);
}

void Room::drain() {
  drained_ = true;
  for (const auto& each : core_.roster.all()) {
    if (!each->receiver->ended) {
      core_.end_link(*each->receiver, "draining", "the server restarts: you will be back in a moment");
    }
  }
}

std::size_t Room::connected() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(core_.roster.all(), [](const auto& each) { return each->connected(); }));
}

}  // namespace vistime::server::conference
