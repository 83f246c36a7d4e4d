// The meeting as this client knows it: kept up to date by the server's messages, read by every face. Pure: no link, no
// clock. What a server may send is not trusted: unknown participants and tracks are ignored, all lists are bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "client/core/chat_cipher.hpp"
#include "client/core/meeting_event.hpp"
#include "client/core/model.hpp"

namespace vistime::v1 {
class ChatHistory;
class ChatMessage;
class ServerMessage;
class Snapshot;
}  // namespace vistime::v1

namespace vistime::client {

enum class Phase { kJoining, kLobby, kMeeting, kReconnecting, kEnded };
std::string_view to_string(Phase phase);  // "joining", …

class MeetingState {
 public:
  // Beyond these a server has lost its mind, and we keep ours.
  static constexpr std::size_t kMaxParticipants = 10'000;
  static constexpr std::size_t kMaxTracksEach = 256;
  static constexpr std::size_t kMaxChat = 2'000;     // shown; older messages are forgotten
  static constexpr std::size_t kMaxReactions = 500;  // to one message

  using Emit = std::function<void(Event)>;
  // Nothing when it cannot be read.
  using OpenChat = std::function<std::optional<ChatContent>(base::BytesView sealed)>;

  explicit MeetingState(OpenChat open_chat) : open_chat_(std::move(open_chat)) {}

  // Applies and emits what follows from it. Answers are not the state's business: they are ignored.
  void apply(const v1::ServerMessage& message, const Emit& emit);

  Phase phase = Phase::kJoining;
  base::Duration round_trip{0};

  const Room& room() const { return room_; }
  const std::string& you() const { return you_; }
  // Oneself; nothing before the first snapshot.
  const Participant* me() const { return find(you_); }
  // In the order in which they came.
  const std::vector<Participant>& participants() const { return participants_; }
  const Participant* find(std::string_view id) const;
  const Participant* find_number(std::uint32_t number) const;
  const Track* find_track(std::uint32_t id) const;
  const std::vector<std::string>& hands() const { return hands_; }
  const std::vector<Waiter>& waiting() const { return waiting_; }
  const std::vector<std::uint32_t>& speakers() const { return speakers_; }
  const std::deque<ChatEntry>& chat() const { return chat_; }
  std::uint64_t last_chat() const { return last_chat_; }
  // The sequence after which history has to be asked for; nothing when none is missing.
  std::optional<std::uint64_t> missing_chat_after() const;

  // -dBov of the track's latest object, 127 when silent.
  std::uint8_t level(std::uint32_t track) const;
  void set_level(std::uint32_t track, std::uint8_t level) { levels_[track] = level; }

 private:
  Participant* find_mutable(std::string_view id);
  Track* find_track_mutable(std::uint32_t id);
  void take_snapshot(const v1::Snapshot& snapshot, const Emit& emit);
  void take_chat(const v1::ChatMessage& message, const Emit& emit);
  void take_history(const v1::ChatHistory& history, const Emit& emit);
  void show_chat(const v1::ChatMessage& message, const Emit& emit);
  void take_reaction(const v1::ChatMessage& message, const ChatContent& content, const Emit& emit);
  void release_held(const Emit& emit);
  void remove_participant(std::string_view id, const std::string& reason, const Emit& emit);
  void publish_track(Track track, const Emit& emit);
  void unpublish_track(std::uint32_t id, const std::string& by, const Emit& emit);

  OpenChat open_chat_;
  Room room_;
  std::string you_;
  std::vector<Participant> participants_;
  std::vector<std::string> hands_;
  std::vector<Waiter> waiting_;
  std::vector<std::uint32_t> speakers_;
  std::map<std::uint32_t, std::uint8_t> levels_;
  std::deque<ChatEntry> chat_;
  std::uint64_t last_chat_ = 0;
  bool history_missing_ = false;
  // Came while older ones were still missing; serialized ChatMessages.
  std::vector<std::string> held_chat_;
};

}  // namespace vistime::client
