#include "server/conference/membership.hpp"

#include <utility>

namespace vistime::server::conference {

using vistime::v1::ServerMessage;

void Membership::enter(Participant& who) {
  who.record.waiting = false;
  who.record.number = core_.record.next_number++;
  core_.save_room();
  core_.save(who);
  send_state(who);
  ServerMessage joined;
  who.describe(*joined.mutable_participant_joined()->mutable_participant(), true);
  core_.to_all(joined, &who);
  if (who.record.role == vistime::v1::ROLE_HOST) make_host(who);
}

void Membership::send_state(Participant& to) {
  if (!to.record.waiting) return send_snapshot(to);
  ServerMessage waiting;
  waiting.mutable_waiting()->set_room_name(core_.record.name);
  core_.send(to, waiting);
}

void Membership::send_snapshot(Participant& to) {
  ServerMessage message;
  auto& snapshot = *message.mutable_snapshot();
  snapshot.set_you(to.record.id);
  core_.describe(*snapshot.mutable_room());
  for (const std::string& id : hands_.order()) snapshot.add_hands(id);
  snapshot.set_last_chat(core_.last_chat);
  if (to.is_moderator()) fill_waiting(*snapshot.mutable_waiting());
  std::size_t bytes = message.ByteSizeLong();
  std::vector<ServerMessage> further;
  for (const auto& each : core_.roster.all()) {
    if (each->record.waiting) continue;
    vistime::v1::Participant described;
    each->describe(described, true);
    bytes += described.ByteSizeLong();
    if (bytes < kSnapshotBytes || each.get() == &to) {
      *snapshot.add_participants() = std::move(described);
    } else {
      *further.emplace_back().mutable_participant_joined()->mutable_participant() = std::move(described);
    }
  }
  core_.send(to, message);
  for (const ServerMessage& each : further) core_.send(to, each);
  const auto& speakers = core_.forwarder.speakers();
  if (speakers.empty()) return;
  ServerMessage heard;
  heard.mutable_speakers()->mutable_tracks()->Assign(speakers.begin(), speakers.end());
  core_.send(to, heard);
}

void Membership::leave(Participant& who, const Departure& departure) {
  const bool waited = who.record.waiting;
  if (!waited) {
    tracks_.forget(who);
    hands_.forget(who);
  }
  if (!who.ended) {
    if (departure.close_code != kLeft.close_code) {
      core_.remember_farewell(who, departure.close_code, departure.message);
    }
    core_.end_link(*who.receiver, departure.close_code, departure.message);
  }
  core_.store.remove_participant(core_.record.id, who.record.id);
  const std::string id = who.record.id;
  core_.bury(core_.roster.take(who));
  if (waited) return tell_lobby();
  ServerMessage left;
  left.mutable_participant_left()->set_participant(id);
  left.mutable_participant_left()->set_reason(std::string(departure.reason));
  core_.to_all(left);
  if (core_.record.host == id) find_host();
}

void Membership::find_host() {
  core_.record.host.clear();
  for (const auto& each : core_.roster.all()) {
    if (!each->record.waiting && each->is_moderator()) return make_host(*each);
  }
  core_.tell_room_changed();
}

void Membership::start_anew(Participant& who) {
  if (who.record.waiting) return;
  tracks_.start_anew(who);
  hands_.forget(who);
  who.record.media_session = 0;
  who.recording = false;
  who.decodes.clear();
  who.connection.reset();
}

void Membership::set_role(Participant& who, vistime::v1::Role role) {
  if (who.record.role == role) return;
  const bool was_moderator = who.is_moderator();
  who.record.role = role;
  core_.save(who);
  tell_changed(who);
  if (was_moderator || !who.is_moderator() || core_.roster.waiting() == 0) return;
  ServerMessage message;
  fill_waiting(*message.mutable_lobby()->mutable_waiting());
  core_.send(who, message);
}

void Membership::make_host(Participant& who) {
  if (core_.record.host == who.record.id) return;
  Participant* before = core_.roster.find(core_.record.host);
  core_.record.host = who.record.id;
  set_role(who, vistime::v1::ROLE_HOST);
  if (before != nullptr) set_role(*before, vistime::v1::ROLE_MODERATOR);
  core_.tell_room_changed();
}

void Membership::tell_changed(const Participant& who) {
  if (who.record.waiting) return;
  ServerMessage message;
  who.describe(*message.mutable_participant_changed()->mutable_participant(), false);
  core_.to_all(message);
}

void Membership::tell_lobby() {
  ServerMessage message;
  fill_waiting(*message.mutable_lobby()->mutable_waiting());
  core_.to_moderators(message);
}

void Membership::fill_waiting(google::protobuf::RepeatedPtrField<vistime::v1::Waiter>& out) const {
  for (const auto& each : core_.roster.all()) {
    if (!each->record.waiting) continue;
    vistime::v1::Waiter& waiter = *out.Add();
    waiter.set_participant(each->record.id);
    waiter.set_name(each->record.name);
  }
}

}  // namespace vistime::server::conference
