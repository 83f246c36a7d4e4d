// The meeting's commands, each one message.
#include <utility>

#include "client/core/meeting.hpp"
#include "client/core/messages.hpp"
#include "protocol/room.pb.h"

namespace vistime::client {

void Meeting::send_chat(std::string text, std::string to, std::string reference) {
  if (ended()) return refuse("chat", std::move(reference), "not-joined", "You are not in the meeting.");
  if (pending_chat_.size() >= kMaxPendingChat) {
    return refuse("chat", std::move(reference), "too-many",
                  "Too many messages wait to be sent; wait for them first.");
  }
  auto sealed = cipher_.seal({.text = std::move(text)});
  if (!sealed) return refuse("chat", std::move(reference), sealed.error().code, sealed.error().message);
  pending_chat_.push_back({base::random_bytes(16), std::move(*sealed), std::move(to), std::move(reference)});
  flush_chat();
}

void Meeting::get_chat(std::uint64_t after, std::string reference) {
  v1::ClientMessage message;
  message.mutable_get_chat()->set_after(after);
  request(message, "get_chat", std::move(reference));
}

void Meeting::set_muted(TrackKind kind, bool muted, std::string reference) {
  const char* command = muted ? "mute" : "unmute";
  const LocalTrack* track = local_track(kind);
  if (track == nullptr) {
    return refuse(command, std::move(reference), "not-found",
                  fmt::format("You send no {}.", to_string(kind)));
  }
  // Silence begins here, not when the server has heard of it.
  local_tracks_[track->index].muted = muted;
  v1::ClientMessage message;
  message.mutable_set_muted()->set_index(track->index);
  message.mutable_set_muted()->set_muted(muted);
  request(message, command, std::move(reference));
}

void Meeting::unpublish(TrackKind kind, std::string reference) {
  const LocalTrack* track = local_track(kind);
  if (track == nullptr) {
    return refuse("unpublish", std::move(reference), "not-found",
                  fmt::format("You send no {}.", to_string(kind)));
  }
  v1::ClientMessage message;
  message.mutable_unpublish()->set_index(track->index);
  local_tracks_.erase(track->index);
  request(message, "unpublish", std::move(reference));
}

void Meeting::set_hand(bool raised, std::string reference) {
  v1::ClientMessage message;
  message.mutable_set_hand()->set_raised(raised);
  request(message, "hand", std::move(reference));
}

void Meeting::react(const std::string& reaction, std::string reference) {
  v1::ClientMessage message;
  message.mutable_react()->set_reaction(reaction);
  request(message, "react", std::move(reference));
}

void Meeting::request_keyframe(std::uint32_t track, std::uint32_t spatial, std::string reference) {
  v1::ClientMessage message;
  message.mutable_request_keyframe()->set_track(track);
  message.mutable_request_keyframe()->set_spatial(spatial);
  request(message, "keyframe", std::move(reference));
}

void Meeting::subscribe(Subscriptions wish, std::string reference) {
  manual_wish_ = std::move(wish);
  sent_wish_.reset();
  update_subscriptions();
  emit(event::Answered{std::move(reference), "subscribe", {}, {}});
}

void Meeting::mute_participant(const std::string& participant, TrackKind kind, std::string reference) {
  v1::ClientMessage message;
  message.mutable_mute_participant()->set_participant(participant);
  message.mutable_mute_participant()->set_kind(to_wire(kind));
  request(message, "mute_participant", std::move(reference));
}

void Meeting::ask_to_unmute(const std::string& participant, TrackKind kind, std::string reference) {
  v1::ClientMessage message;
  message.mutable_ask_to_unmute()->set_participant(participant);
  message.mutable_ask_to_unmute()->set_kind(to_wire(kind));
  request(message, "ask_to_unmute", std::move(reference));
}

void Meeting::stop_track(std::uint32_t track, std::string reference) {
  v1::ClientMessage message;
  message.mutable_stop_track()->set_track(track);
  request(message, "stop_track", std::move(reference));
}

void Meeting::remove_participant(const std::string& participant, bool ban, std::string reference) {
  v1::ClientMessage message;
  message.mutable_remove_participant()->set_participant(participant);
  message.mutable_remove_participant()->set_ban(ban);
  request(message, "remove", std::move(reference));
}

void Meeting::set_locked(bool locked, std::string reference) {
  v1::ClientMessage message;
  message.mutable_set_locked()->set_locked(locked);
  request(message, "lock", std::move(reference));
}

void Meeting::set_lobby(bool lobby, std::string reference) {
  v1::ClientMessage message;
  message.mutable_set_lobby()->set_lobby(lobby);
  request(message, "lobby", std::move(reference));
}

void Meeting::admit(const std::vector<std::string>& participants, bool admit, std::string reference) {
  v1::ClientMessage message;
  for (const std::string& each : participants) message.mutable_admit()->add_participants(each);
  message.mutable_admit()->set_admit(admit);
  request(message, "admit", std::move(reference));
}

void Meeting::set_role(const std::string& participant, Role role, std::string reference) {
  v1::ClientMessage message;
  message.mutable_set_role()->set_participant(participant);
  message.mutable_set_role()->set_role(to_wire(role));
  request(message, "role", std::move(reference));
}

void Meeting::lower_hand(const std::string& participant, std::string reference) {
  v1::ClientMessage message;
  message.mutable_lower_hand()->set_participant(participant);
  request(message, "lower_hand", std::move(reference));
}

void Meeting::close_room(std::string reference) {
  v1::ClientMessage message;
  message.mutable_close_room();
  request(message, "close_room", std::move(reference));
}

}  // namespace vistime::client
