#include "server/conference/moderation.hpp"

namespace vistime::server::conference {
namespace {

bool can_be_muted(vistime::v1::TrackKind kind) {
  return kind == vistime::v1::TRACK_KIND_MICROPHONE || kind == vistime::v1::TRACK_KIND_CAMERA;
}

// What the room remembers of those it does not want back; more are refused rather than forgotten.
constexpr std::size_t kMaxBans = 10'000;

}  // namespace

base::Result<Participant*> Moderation::target(const Participant& by, std::string_view id) const {
  Participant* found = core_.roster.find(id);
  if (found == nullptr) return not_found("the person");
  if (found->record.role > by.record.role) return not_allowed("moderators cannot act on the host");
  return found;
}

Outcome Moderation::mute(Participant& by, const vistime::v1::MuteParticipant& request) {
  if (!can_be_muted(request.kind()))
    return invalid("microphones and cameras can be muted; a share can be stopped");
  if (!request.participant().empty()) {
    auto who = target(by, request.participant());
    if (!who) return std::unexpected(who.error());
    tracks_.mute(**who, request.kind(), by);
    return done();
  }
  for (const auto& each : core_.roster.all()) {
    if (!each->is_moderator()) tracks_.mute(*each, request.kind(), by);
  }
  return done();
}

Outcome Moderation::ask_to_unmute(Participant& by, const vistime::v1::AskToUnmute& request) {
  if (!can_be_muted(request.kind())) return invalid("one can be asked for microphone or camera");
  Participant* who = core_.roster.find_admitted(request.participant());
  if (who == nullptr) return not_found("the person");
  vistime::v1::ServerMessage message;
  message.mutable_unmute_asked()->set_kind(request.kind());
  message.mutable_unmute_asked()->set_by(by.record.id);
  core_.send(*who, message);
  return done();
}

Outcome Moderation::stop_track(Participant& by, const vistime::v1::StopTrack& request) {
  Participant* owner = core_.roster.find_number(protocol::participant_number(request.track()));
  if (owner == nullptr || owner->track(request.track()) == nullptr) return not_found("the track");
  if (owner->record.role > by.record.role) return not_allowed("moderators cannot act on the host");
  tracks_.stop(*owner, request.track(), by);
  return done();
}

Outcome Moderation::remove(Participant& by, const vistime::v1::RemoveParticipant& request) {
  auto who = target(by, request.participant());
  if (!who) return std::unexpected(who.error());
  if (*who == &by) return invalid("leave the meeting instead of removing yourself");
  if (request.ban()) {
    const std::string device = (*who)->record.device;
    if (!device.empty() && !core_.bans.contains(device)) {
      if (core_.bans.size() >= kMaxBans) return over_limit("too many are banned: lock the room instead");
      core_.bans.insert(device);
      core_.store.add_ban(core_.record.id, device);
    }
  }
  membership_.leave(**who, request.ban() ? kBanned : kRemoved);
  return done();
}

Outcome Moderation::set_locked(bool locked) {
  if (core_.record.locked == locked) return done();
  core_.record.locked = locked;
  core_.tell_room_changed();
  return done();
}

Outcome Moderation::set_role(Participant& by, const vistime::v1::SetRole& request) {
  if (!vistime::v1::Role_IsValid(request.role())) return invalid("the role is unknown");
  Participant* who = core_.roster.find_admitted(request.participant());
  if (who == nullptr) return not_found("the person");
  if (who == &by) return invalid("to give up the room, hand it over to somebody else");
  if (request.role() == vistime::v1::ROLE_HOST) {
    membership_.make_host(*who);
  } else {
    membership_.set_role(*who, request.role());
  }
  return done();
}

Outcome Moderation::lower_hand(const vistime::v1::LowerHand& request) {
  Participant* who = core_.roster.find_admitted(request.participant());
  if (who == nullptr) return not_found("the person");
  return hands_.set(*who, false);
}

}  // namespace vistime::server::conference
