#include "client/core/meeting_state.hpp"

#include <algorithm>
#include <utility>

#include "client/core/messages.hpp"
#include "protocol/room.pb.h"

namespace vistime::client {
namespace {

constexpr std::size_t kMaxList = MeetingState::kMaxParticipants;

std::vector<Waiter> waiters(const google::protobuf::RepeatedPtrField<v1::Waiter>& list) {
  std::vector<Waiter> out;
  for (const auto& each : list) {
    if (out.size() < kMaxList) out.push_back({each.participant(), each.name()});
  }
  return out;
}

std::vector<std::string> ids(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return {list.begin(), list.begin() + std::min<int>(list.size(), static_cast<int>(kMaxList))};
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::kJoining: return "joining";
    case Phase::kLobby: return "lobby";
    case Phase::kMeeting: return "meeting";
    case Phase::kReconnecting: return "reconnecting";
    case Phase::kEnded: return "ended";
  }
  return "ended";
}

const Participant* MeetingState::find(std::string_view id) const {
  const auto found = std::ranges::find(participants_, id, &Participant::id);
  return found == participants_.end() ? nullptr : &*found;
}

Participant* MeetingState::find_mutable(std::string_view id) {
  const auto found = std::ranges::find(participants_, id, &Participant::id);
  return found == participants_.end() ? nullptr : &*found;
}

const Participant* MeetingState::find_number(std::uint32_t number) const {
  const auto found = std::ranges::find(participants_, number, &Participant::number);
  return found == participants_.end() ? nullptr : &*found;
}

const Track* MeetingState::find_track(std::uint32_t id) const {
  const Participant* owner = find_number(id >> 8);
  if (owner == nullptr) return nullptr;
  const auto found = std::ranges::find(owner->tracks, id, &Track::id);
  return found == owner->tracks.end() ? nullptr : &*found;
}

Track* MeetingState::find_track_mutable(std::uint32_t id) { return const_cast<Track*>(find_track(id)); }

std::uint8_t MeetingState::level(std::uint32_t track) const {
  const auto found = levels_.find(track);
  return found == levels_.end() ? 127 : found->second;
}

std::optional<std::uint64_t> MeetingState::missing_chat_after() const {
  return history_missing_ ? std::optional(last_chat_) : std::nullopt;
}

void MeetingState::apply(const v1::ServerMessage& message, const Emit& emit) {
  using Body = v1::ServerMessage::BodyCase;
  switch (message.body_case()) {
    case Body::kSnapshot: return take_snapshot(message.snapshot(), emit);
    case Body::kWaiting:
      phase = Phase::kLobby;
      room_.name = message.waiting().room_name();
      return emit(event::Waiting{room_.name});
    case Body::kParticipantJoined: {
      Participant joined = from_wire(message.participant_joined().participant());
      const bool known = find(joined.id) != nullptr || joined.id.empty();
      if (known || participants_.size() >= kMaxParticipants) return;
      participants_.push_back(joined);
      return emit(event::ParticipantJoined{std::move(joined)});
    }
    case Body::kParticipantChanged: {
      const Participant changed = from_wire(message.participant_changed().participant());
      Participant* known = find_mutable(changed.id);
      if (known == nullptr) return;
      known->name = changed.name;
      known->role = changed.role;
      known->connected = changed.connected;
      known->media_session = changed.media_session;
      known->connection = changed.connection;
      const bool recorded = std::exchange(known->recording, changed.recording);
      emit(event::ParticipantChanged{*known});
      if (recorded != known->recording) emit(event::Recording{*known});
      return;
    }
    case Body::kParticipantLeft:
      return remove_participant(message.participant_left().participant(), message.participant_left().reason(),
                                emit);
    case Body::kTrackPublished: return publish_track(from_wire(message.track_published().track()), emit);
    case Body::kTrackUnpublished:
      return unpublish_track(message.track_unpublished().track(), message.track_unpublished().by(), emit);
    case Body::kTrackMuted: {
      Track* track = find_track_mutable(message.track_muted().track());
      if (track == nullptr) return;
      track->muted = message.track_muted().muted();
      if (track->muted) levels_.erase(track->id);
      return emit(event::TrackMuted{*track, message.track_muted().by()});
    }
    case Body::kChat: return take_chat(message.chat(), emit);
    case Body::kChatHistory: return take_history(message.chat_history(), emit);
    case Body::kHands: hands_ = ids(message.hands().participants()); return emit(event::Hands{hands_});
    case Body::kReaction:
      return emit(event::Reaction{message.reaction().participant(), message.reaction().reaction()});
    case Body::kSpeakers:
      speakers_.assign(message.speakers().tracks().begin(), message.speakers().tracks().end());
      if (speakers_.size() > kMaxList) speakers_.resize(kMaxList);
      return emit(event::Speakers{speakers_});
    case Body::kKeyframeWanted:
      return emit(
          event::KeyframeWanted{message.keyframe_wanted().track(), message.keyframe_wanted().spatial()});
    case Body::kLayersWanted: {
      const auto& wanted = message.layers_wanted();
      return emit(event::LayersWanted{wanted.track(), {wanted.spatial().begin(), wanted.spatial().end()}});
    }
    case Body::kLayerForwarded: {
      const auto& forwarded = message.layer_forwarded();
      return emit(event::LayerForwarded{forwarded.track(), forwarded.spatial(), forwarded.limited()});
    }
    case Body::kUnmuteAsked:
      return emit(event::UnmuteAsked{from_wire(message.unmute_asked().kind()), message.unmute_asked().by()});
    case Body::kLobby: waiting_ = waiters(message.lobby().waiting()); return emit(event::Lobby{waiting_});
    case Body::kRoomChanged:
      room_ = from_wire(message.room_changed().room());
      return emit(event::RoomChanged{room_});
    case Body::kAnswer:
    case Body::BODY_NOT_SET: return;
  }
}

void MeetingState::take_snapshot(const v1::Snapshot& snapshot, const Emit& emit) {
  phase = Phase::kMeeting;
  you_ = snapshot.you();
  room_ = from_wire(snapshot.room());
  participants_.clear();
  levels_.clear();
  speakers_.clear();
  for (const auto& each : snapshot.participants()) {
    if (participants_.size() >= kMaxParticipants) break;
    if (find(each.id()) == nullptr) participants_.push_back(from_wire(each));
  }
  hands_ = ids(snapshot.hands());
  waiting_ = waiters(snapshot.waiting());
  history_missing_ = snapshot.last_chat() > last_chat_;
  held_chat_.clear();
  emit(event::Joined{});
}

void MeetingState::remove_participant(std::string_view id, const std::string& reason, const Emit& emit) {
  const auto found = std::ranges::find(participants_, id, &Participant::id);
  if (found == participants_.end()) return;
  const Participant gone = std::move(*found);
  participants_.erase(found);
  for (const Track& track : gone.tracks) levels_.erase(track.id);
  std::erase(hands_, gone.id);
  emit(event::ParticipantLeft{gone, reason});
}

void MeetingState::publish_track(Track track, const Emit& emit) {
  const Participant* owner = find_number(track.id >> 8);
  if (owner == nullptr) return;
  track.participant = owner->id;
  if (Track* known = find_track_mutable(track.id); known != nullptr) {
    *known = track;
  } else {
    auto& tracks = find_mutable(owner->id)->tracks;
    if (tracks.size() >= kMaxTracksEach) return;
    tracks.push_back(track);
  }
  emit(event::TrackPublished{std::move(track)});
}

void MeetingState::unpublish_track(std::uint32_t id, const std::string& by, const Emit& emit) {
  const Track* known = find_track(id);
  if (known == nullptr) return;
  const Track gone = *known;
  std::erase_if(find_mutable(gone.participant)->tracks, [&](const Track& each) { return each.id == id; });
  levels_.erase(id);
  emit(event::TrackUnpublished{gone, by});
}

void MeetingState::take_chat(const v1::ChatMessage& message, const Emit& emit) {
  if (!history_missing_) return show_chat(message, emit);
  // It will be in the history as well if too many come before that.
  if (held_chat_.size() < kMaxChat) held_chat_.push_back(message.SerializeAsString());
}

void MeetingState::take_history(const v1::ChatHistory& history, const Emit& emit) {
  for (const auto& message : history.messages()) show_chat(message, emit);
  // An empty page that claims to be incomplete would make us ask forever.
  if (history.complete() || history.messages().empty()) {
    history_missing_ = false;
    release_held(emit);
  }
}

void MeetingState::release_held(const Emit& emit) {
  const auto held = std::move(held_chat_);
  held_chat_.clear();
  for (const std::string& each : held) {
    v1::ChatMessage message;
    if (message.ParseFromString(each)) show_chat(message, emit);
  }
}

// Each once, in order: what is not newer than the last one has been shown.
void MeetingState::show_chat(const v1::ChatMessage& message, const Emit& emit) {
  if (message.sequence() <= last_chat_) return;
  last_chat_ = message.sequence();
  const auto content = open_chat_(base::as_bytes(message.sealed()));
  if (content && !content->reaction.empty()) return take_reaction(message, *content, emit);
  ChatEntry entry{.id = base::hex(base::as_bytes(message.id())),
                  .sequence = message.sequence(),
                  .from = message.from(),
                  .from_name = message.from_name(),
                  .sent_ms = message.sent_ms(),
                  .to = message.to(),
                  .text = content ? std::optional(content->text) : std::nullopt,
                  .reply_to = content ? content->reply_to : std::string(),
                  .reactions = {},
                  .mine = !you_.empty() && message.from() == you_,
                  .reference = {}};
  chat_.push_back(entry);
  if (chat_.size() > kMaxChat) chat_.pop_front();
  emit(event::Chat{std::move(entry)});
}

// A reaction to what was forgotten, or never was, is nobody's news.
void MeetingState::take_reaction(const v1::ChatMessage& message, const ChatContent& content,
                                 const Emit& emit) {
  const auto line = std::ranges::find(chat_, content.reply_to, &ChatEntry::id);
  if (line == chat_.end()) return;
  auto& reactions = line->reactions;
  std::erase_if(reactions, [&](const ChatReaction& each) { return each.from == message.from(); });
  ChatReaction reaction{message.from(), message.from_name(), content.reaction};
  if (!content.withdrawn && reactions.size() < kMaxReactions) reactions.push_back(reaction);
  emit(event::ChatReacted{*line, std::move(reaction), content.withdrawn});
}

}  // namespace vistime::client
