#include "server/conference/requests.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::Role;

struct Call {
  RoomParts& parts;
  Participant& from;
  const ClientMessage& message;
};

struct Entry {
  ClientMessage::BodyCase body;
  Role needed;
  bool in_lobby;  // also while waiting
  Outcome (*handle)(const Call& call);
};

// Those that this server knows, each once.
std::vector<vistime::v1::Codec> known_codecs(const google::protobuf::RepeatedField<int>& said) {
  std::vector<vistime::v1::Codec> out;
  for (const int number : said) {
    const auto codec = static_cast<vistime::v1::Codec>(number);
    const bool known = vistime::v1::Codec_IsValid(number) && codec != vistime::v1::CODEC_UNSPECIFIED;
    if (known && out.size() < kMaxDecodes && std::ranges::find(out, codec) == out.end()) out.push_back(codec);
  }
  return out;
}

Outcome set_media_session(const Call& call) {
  // 48 random bits that become part of key ids; see media/sframe.hpp.
  const auto& said = call.message.set_media_session();
  if (said.media_session() >= std::uint64_t{1} << 48) return invalid("a media session has 48 bits");
  auto decodes = known_codecs(said.decodes());
  Participant& from = call.from;
  if (from.record.media_session == said.media_session() && from.decodes == decodes) return done();
  from.record.media_session = said.media_session();
  from.decodes = std::move(decodes);
  call.parts.core.save(from);
  call.parts.membership.tell_changed(from);
  return done();
}

Outcome set_recording(const Call& call) {
  const bool recording = call.message.set_recording().recording();
  if (std::exchange(call.from.recording, recording) != recording)
    call.parts.membership.tell_changed(call.from);
  return done();
}

Outcome set_connection(const Call& call) {
  const auto& said = call.message.set_connection().connection();
  if (said.quality() != vistime::v1::QUALITY_GOOD && said.quality() != vistime::v1::QUALITY_WEAK) {
    return invalid("a connection is good or weak");
  }
  if (!call.from.connections.take(1, call.parts.core.clock.now())) {
    return too_many("the connection's quality is said at most once in two seconds");
  }
  vistime::v1::Connection& connection = call.from.connection.emplace();
  connection.set_quality(said.quality());
  connection.set_round_trip_ms(std::min(said.round_trip_ms(), kMaxConnectionMs));
  connection.set_backlog_ms(std::min(said.backlog_ms(), kMaxConnectionMs));
  call.parts.membership.tell_changed(call.from);
  return done();
}

Outcome leave(const Call& call) {
  call.parts.membership.leave(call.from, kLeft);
  return done();
}

// Nobody has a link afterwards, so the answer goes first.
Outcome close_room(const Call& call) {
  send_answer(call.parts.core, call.from, call.message.request(), nullptr);
  call.parts.close_room();
  return Reply::kLater;
}

constexpr Role kGuest = vistime::v1::ROLE_GUEST;
constexpr Role kModerator = vistime::v1::ROLE_MODERATOR;
constexpr Role kHost = vistime::v1::ROLE_HOST;

// clang-format off
constexpr std::array kTable{
  Entry{ClientMessage::kSetMediaSession, kGuest, true, set_media_session},
  Entry{ClientMessage::kSetRecording, kGuest, false, set_recording},
  Entry{ClientMessage::kSetConnection, kGuest, false, set_connection},
  Entry{ClientMessage::kLeave, kGuest, true, leave},
  Entry{ClientMessage::kPublish, kGuest, false, [](const Call& c) { return c.parts.tracks.publish(c.from, c.message.publish()); }},
  Entry{ClientMessage::kUnpublish, kGuest, false, [](const Call& c) { return c.parts.tracks.unpublish(c.from, c.message.unpublish()); }},
  Entry{ClientMessage::kSetMuted, kGuest, false, [](const Call& c) { return c.parts.tracks.set_muted(c.from, c.message.set_muted()); }},
  Entry{ClientMessage::kSetSubscriptions, kGuest, false, [](const Call& c) { return c.parts.tracks.set_subscriptions(c.from, c.message.set_subscriptions()); }},
  Entry{ClientMessage::kRequestKeyframe, kGuest, false, [](const Call& c) { return c.parts.tracks.request_keyframe(c.from, c.message.request_keyframe()); }},
  Entry{ClientMessage::kSendChat, kGuest, false, [](const Call& c) { return c.parts.chat.send(c.from, c.message.request(), c.message.send_chat()); }},
  Entry{ClientMessage::kGetChat, kGuest, false, [](const Call& c) { return c.parts.chat.history(c.from, c.message.request(), c.message.get_chat()); }},
  Entry{ClientMessage::kSetHand, kGuest, false, [](const Call& c) { return c.parts.hands.set(c.from, c.message.set_hand().raised()); }},
  Entry{ClientMessage::kReact, kGuest, false, [](const Call& c) { return c.parts.hands.react(c.from, c.message.react().reaction()); }},
  Entry{ClientMessage::kMuteParticipant, kModerator, false, [](const Call& c) { return c.parts.moderation.mute(c.from, c.message.mute_participant()); }},
  Entry{ClientMessage::kAskToUnmute, kModerator, false, [](const Call& c) { return c.parts.moderation.ask_to_unmute(c.from, c.message.ask_to_unmute()); }},
  Entry{ClientMessage::kStopTrack, kModerator, false, [](const Call& c) { return c.parts.moderation.stop_track(c.from, c.message.stop_track()); }},
  Entry{ClientMessage::kRemoveParticipant, kModerator, false, [](const Call& c) { return c.parts.moderation.remove(c.from, c.message.remove_participant()); }},
  Entry{ClientMessage::kSetLocked, kModerator, false, [](const Call& c) { return c.parts.moderation.set_locked(c.message.set_locked().locked()); }},
  Entry{ClientMessage::kSetLobby, kModerator, false, [](const Call& c) { return c.parts.lobby.set_lobby(c.message.set_lobby().lobby()); }},
  Entry{ClientMessage::kAdmit, kModerator, false, [](const Call& c) { return c.parts.lobby.admit(c.message.admit()); }},
  Entry{ClientMessage::kLowerHand, kModerator, false, [](const Call& c) { return c.parts.moderation.lower_hand(c.message.lower_hand()); }},
  Entry{ClientMessage::kSetRole, kHost, false, [](const Call& c) { return c.parts.moderation.set_role(c.from, c.message.set_role()); }},
  Entry{ClientMessage::kCloseRoom, kHost, false, close_room},
};
// clang-format on

Outcome dispatch(const Call& call) {
  const auto entry = std::ranges::find(kTable, call.message.body_case(), &Entry::body);
  if (entry == kTable.end()) {
    return base::fail_as(base::ErrorKind::kUnsupported, "unsupported",
                         "this server does not know the request");
  }
  if (call.from.record.waiting && !entry->in_lobby) {
    return base::fail_as(base::ErrorKind::kRefused, "not-admitted", "wait until a moderator lets you in");
  }
  if (call.from.record.role < entry->needed) {
    return not_allowed(entry->needed == kHost ? "only the host may do that"
                                              : "only host and moderators may do that");
  }
  return entry->handle(call);
}

}  // namespace

base::Result<void> handle_request(RoomParts& parts, Participant& from, base::BytesView message) {
  ClientMessage parsed;
  if (!parsed.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return base::fail_as(base::ErrorKind::kInvalid, "protocol-error", "a request cannot be read");
  }
  const Outcome outcome = dispatch({parts, from, parsed});
  if (!outcome) {
    send_answer(parts.core, from, parsed.request(), &outcome.error());
  } else if (*outcome == Reply::kNow) {
    send_answer(parts.core, from, parsed.request(), nullptr);
  }
  return {};
}

}  // namespace vistime::server::conference
