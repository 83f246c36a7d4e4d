#include "client/core/meeting.hpp"

#include <algorithm>
#include <utility>

#include "client/core/messages.hpp"
#include "protocol/object_header.hpp"
#include "protocol/room.pb.h"

namespace vistime::client {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace

Meeting::Meeting(const base::Clock& clock, Network& network, MeetingEvents& events, MeetingSettings settings,
                 std::function<std::uint64_t()> random)
    : clock_(clock),
      events_(events),
      settings_(std::move(settings)),
      cipher_(media::derive_room_keys(settings_.link.secret), settings_.media_session, settings_.link.room),
      state_([this](base::BytesView sealed) { return cipher_.open(sealed); }),
      connection_(clock, network, *this,
                  {settings_.link.room, base::hex(media::derive_room_keys(settings_.link.secret).key_check),
                   settings_.join},
                  std::move(random)) {}

Meeting::~Meeting() = default;

void Meeting::tick() {
  connection_.tick();
  state_.round_trip = connection_.statistics().round_trip;
}

void Meeting::on_connected(event::Resumption how, std::chrono::milliseconds gap) {
  const bool first = !joined_once_;
  joined_once_ = true;
  if (how != event::Resumption::kResumed) give_up_requests();
  // After a new beginning the phase follows with the snapshot, or with the lobby.
  const bool goes_on = how == event::Resumption::kResumed;
  if (goes_on) state_.phase = state_.me() != nullptr ? Phase::kMeeting : Phase::kLobby;
  if (!first) emit(event::Resumed{how, gap});
  // What was said while there was no connection.
  if (goes_on) flush_chat();
}

void Meeting::on_reconnecting(const base::Error& why, int attempt) {
  state_.phase = Phase::kReconnecting;
  emit(event::Reconnecting{why, attempt});
}

void Meeting::on_ended(const base::Error& why) {
  state_.phase = Phase::kEnded;
  emit(event::Ended{why, joined_once_});
}

void Meeting::on_control(base::BytesView bytes) {
  v1::ServerMessage message;
  // Of a newer server at worst; the link itself is in order.
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  if (message.has_answer()) return take_answer(message.answer());
  state_.apply(message, [this](Event event) { emit(std::move(event)); });
  if (message.has_chat_history()) {
    if (const auto after = state_.missing_chat_after()) return ask_for_history(*after);
    flush_chat();
  }
}

void Meeting::emit(Event event) {
  if (auto* chat = std::get_if<event::Chat>(&event)) confirm_chat(chat->entry);
  // Our own doings first, so that whoever hears the event finds them done.
  after_event(event);
  events_.on_event(event);
}

void Meeting::after_event(const Event& event) {
  std::visit(Overloaded{[this](const event::Joined&) { state_wishes(); },
                        [this](const event::TrackPublished&) { update_subscriptions(); },
                        [this](const event::TrackUnpublished& gone) {
                          if (const LocalTrack* mine = own(gone.track.id)) local_tracks_.erase(mine->index);
                          update_subscriptions();
                        },
                        [this](const event::ParticipantJoined&) { update_subscriptions(); },
                        [this](const event::ParticipantLeft&) { update_subscriptions(); },
                        [this](const event::TrackMuted& muted) {
                          if (LocalTrack* mine = own(muted.track.id)) mine->muted = muted.track.muted;
                        },
                        [this](const event::Hands& hands) {
                          hand_raised_ =
                              std::ranges::find(hands.participants, state_.you()) != hands.participants.end();
                        },
                        [](const auto&) {}},
             event);
}

LocalTrack* Meeting::own(std::uint32_t track) {
  const Participant* me = state_.me();
  if (me == nullptr || protocol::participant_number(track) != me->number) return nullptr;
  const auto found = local_tracks_.find(static_cast<std::uint8_t>(track & 0xFF));
  return found == local_tracks_.end() ? nullptr : &found->second;
}

// After every snapshot: the server knows nothing of our wishes, or may not.
void Meeting::state_wishes() {
  v1::ClientMessage session;
  session.mutable_set_media_session()->set_media_session(settings_.media_session);
  // Nothing is decoded here: what is recorded is kept as it comes.
  for (const auto codec : {v1::CODEC_VP8, v1::CODEC_VP9, v1::CODEC_H264, v1::CODEC_AV1}) {
    session.mutable_set_media_session()->add_decodes(codec);
  }
  tell(session);
  if (settings_.recording) {
    v1::ClientMessage recording;
    recording.mutable_set_recording()->set_recording(true);
    tell(recording);
  }
  for (const auto& [index, track] : local_tracks_) announce(track);
  sent_wish_.reset();
  update_subscriptions();
  const Participant* me = state_.me();
  const bool listed = me != nullptr && std::ranges::find(state_.hands(), me->id) != state_.hands().end();
  if (hand_raised_ && !listed) {
    v1::ClientMessage hand;
    hand.mutable_set_hand()->set_raised(true);
    tell(hand);
  }
  for (PendingChat& chat : pending_chat_) chat.sent = false;
  if (const auto after = state_.missing_chat_after()) return ask_for_history(*after);
  flush_chat();
}

void Meeting::ask_for_history(std::uint64_t after) {
  v1::ClientMessage message;
  message.mutable_get_chat()->set_after(after);
  request_quietly(message, "get_chat");
}

void Meeting::announce(const LocalTrack& track) {
  v1::ClientMessage message;
  auto* publish = message.mutable_publish();
  publish->set_index(track.index);
  publish->set_kind(to_wire(track.kind));
  publish->set_codec(to_wire(track.codec));
  publish->set_muted(track.muted);
  publish->set_channels(track.channels);
  for (const Layer& each : track.layers) {
    auto* layer = publish->add_layers();
    layer->set_spatial(each.spatial);
    layer->set_width(each.width);
    layer->set_height(each.height);
    layer->set_bitrate(each.bitrate);
    layer->set_frame_rate(each.frame_rate);
  }
  request_quietly(message, "publish");
}

void Meeting::update_subscriptions() {
  if (state_.phase != Phase::kMeeting) return;
  Subscriptions wish = manual_wish_.value_or(wished(settings_.subscribe, state_));
  if (sent_wish_ == wish) return;
  v1::ClientMessage message;
  message.mutable_set_subscriptions()->set_microphones(wish.microphones);
  for (const TrackWish& each : wish.tracks) {
    auto* track = message.mutable_set_subscriptions()->add_tracks();
    track->set_track(each.track);
    track->set_max_spatial(each.max_spatial);
  }
  tell(message);
  sent_wish_ = std::move(wish);
}

void Meeting::tell(const v1::ClientMessage& message) {
  const std::string bytes = message.SerializeAsString();
  connection_.send_control(base::as_bytes(bytes));
  connection_.flush();
}

void Meeting::request_quietly(v1::ClientMessage& message, std::string command) {
  if (!joined_once_ || ended()) return;
  request(message, std::move(command), {});
  pending_requests_[last_request_].internal = true;
}

void Meeting::request(v1::ClientMessage& message, std::string command, std::string reference,
                      base::Bytes chat_id) {
  if (!joined_once_ || ended()) {
    return refuse(std::move(command), std::move(reference), "not-joined", "You are not in the meeting.");
  }
  if (++last_request_ == 0) ++last_request_;  // 0 wants no answer
  message.set_request(last_request_);
  pending_requests_[last_request_] = {std::move(command), std::move(reference), std::move(chat_id), false};
  tell(message);
}

void Meeting::refuse(std::string command, std::string reference, std::string code, std::string message) {
  emit(event::Answered{std::move(reference), std::move(command), std::move(code), std::move(message)});
}

void Meeting::take_answer(const v1::Answer& answer) {
  const auto found = pending_requests_.find(answer.request());
  if (found == pending_requests_.end()) return;
  const PendingRequest done = std::move(found->second);
  pending_requests_.erase(found);
  if (!answer.code().empty() && !done.chat_id.empty()) {
    std::erase_if(pending_chat_, [&](const PendingChat& each) { return each.id == done.chat_id; });
  }
  // What we asked for on our own account is nobody's news unless it failed.
  if (done.internal && answer.code().empty()) return;
  emit(event::Answered{done.reference, done.command, answer.code(), answer.message()});
}

// The server began anew: what it did of these is unknown. Chat is sent again by itself, tracks are published again.
void Meeting::give_up_requests() {
  for (auto& [number, each] : std::exchange(pending_requests_, {})) {
    if (each.command == "chat" || each.internal) continue;
    refuse(each.command, each.reference, "interrupted",
           "The connection was lost before the server answered.");
  }
}

void Meeting::confirm_chat(ChatEntry& entry) {
  const auto found = std::ranges::find_if(
      pending_chat_, [&](const PendingChat& each) { return base::hex(each.id) == entry.id; });
  if (found == pending_chat_.end()) return;
  entry.mine = true;
  entry.reference = found->reference;
  pending_chat_.erase(found);
}

void Meeting::flush_chat() {
  if (state_.phase != Phase::kMeeting || state_.missing_chat_after()) return;
  for (PendingChat& chat : pending_chat_) {
    if (std::exchange(chat.sent, true)) continue;
    v1::ClientMessage message;
    message.mutable_send_chat()->set_id(std::string(base::as_text(chat.id)));
    message.mutable_send_chat()->set_sealed(std::string(base::as_text(chat.sealed)));
    message.mutable_send_chat()->set_to(chat.to);
    request(message, "chat", chat.reference, chat.id);
  }
}

void Meeting::on_object(base::BytesView object) {
  const auto header = protocol::decode_object_header(object);
  if (!header) return;
  const Track* track = state_.find_track(header->track);
  const Participant* publisher = state_.find_number(protocol::participant_number(header->track));
  if (track == nullptr || publisher == nullptr || publisher->id == state_.you()) return;
  if (is_audio(track->kind)) state_.set_level(track->id, header->audio_level);
  events_.on_object(*track, publisher->media_session, object);
}

void Meeting::publish(LocalTrack track) {
  const auto index = track.index;
  local_tracks_[index] = std::move(track);
  if (state_.phase == Phase::kMeeting) announce(local_tracks_[index]);
}

const LocalTrack* Meeting::local_track(TrackKind kind) const {
  for (const auto& [index, track] : local_tracks_) {
    if (track.kind == kind) return &track;
  }
  return nullptr;
}

void Meeting::send_media(base::Bytes object, bool video, base::Duration may_wait) {
  const auto header = protocol::decode_object_header(object);
  const Participant* me = state_.me();
  if (!header || me == nullptr || state_.phase != Phase::kMeeting) return;
  const auto local = local_tracks_.find(static_cast<std::uint8_t>(header->track & 0xFF));
  if (local == local_tracks_.end() || local->second.muted) return;
  const std::uint32_t track = protocol::track_id(me->number, local->first);
  // The track is not sealed with the rest, so that it can be filled in here: a new participant has a new number.
  for (std::size_t i = 0; i < 4; ++i) object[i] = static_cast<std::uint8_t>(track >> (24 - 8 * i));
  connection_.send_object({.object = std::make_shared<const base::Bytes>(std::move(object)),
                           .lane = video ? protocol::Lane::kVideo : protocol::Lane::kAudio,
                           .deadline = clock_.now() + may_wait,
                           .stream = std::uint64_t{track} << 8 | header->spatial,
                           .keyframe = !video || header->keyframe,
                           .discardable = !video || header->discardable});
  connection_.flush();
}

void Meeting::need_keyframe(std::uint32_t track, std::uint32_t spatial) {
  v1::ClientMessage message;
  message.mutable_request_keyframe()->set_track(track);
  message.mutable_request_keyframe()->set_spatial(spatial);
  if (state_.phase == Phase::kMeeting) tell(message);
}

std::vector<std::uint32_t> Meeting::take_broken_streams() {
  std::vector<std::uint32_t> out;
  for (const std::uint64_t stream : connection_.take_broken_streams()) {
    out.push_back(static_cast<std::uint32_t>(stream & 0xFFFF));
  }
  return out;
}

void Meeting::leave(const std::string& code) {
  if (ended()) return;
  v1::ClientMessage message;
  message.mutable_leave();
  tell(message);
  connection_.leave();
  on_ended({base::ErrorKind::kClosed, code, "You have left the meeting."});
}

}  // namespace vistime::client
