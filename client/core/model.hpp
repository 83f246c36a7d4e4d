// What a meeting consists of, in the client's own words: plain values that every face (terminal, windows, scripts)
// shows. The protocol's messages stay inside client/core.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vistime::client {

enum class Role { kGuest, kModerator, kHost };
enum class TrackKind { kUnknown, kMicrophone, kCamera, kScreen, kScreenAudio };
enum class Codec { kUnknown, kOpus, kVp8, kVp9, kH264, kAv1 };

// "guest", "screen-audio", "vp9": as events, commands and recordings spell them.
std::string_view to_string(Role role);
std::string_view to_string(TrackKind kind);
std::string_view to_string(Codec codec);
std::optional<Role> parse_role(std::string_view text);
std::optional<TrackKind> parse_track_kind(std::string_view text);
std::optional<Codec> parse_codec(std::string_view text);
inline bool is_audio(TrackKind kind) {
  return kind == TrackKind::kMicrophone || kind == TrackKind::kScreenAudio;
}

// One simulcast quality of a video track; spatial 0 is the smallest.
struct Layer {
  std::uint32_t spatial = 0;
  std::uint32_t width = 0;  // pixels
  std::uint32_t height = 0;
  std::uint32_t bitrate = 0;  // bit/s, what the sender aims at
  std::uint32_t frame_rate = 0;
  bool operator==(const Layer&) const = default;
};

struct Track {
  std::uint32_t id = 0;  // participant's number << 8 | index
  std::string participant = {};
  TrackKind kind = TrackKind::kUnknown;
  Codec codec = Codec::kUnknown;
  bool muted = false;
  std::vector<Layer> layers = {};  // empty for audio
  std::uint32_t channels = 0;      // 1 or 2 for audio
  bool operator==(const Track&) const = default;
};

enum class Quality { kUnknown, kGood, kWeak };
std::string_view to_string(Quality quality);

// Somebody's own leg, between them and the server, by their own figures.
struct PeerConnection {
  Quality quality = Quality::kUnknown;
  std::uint32_t round_trip_ms = 0;
  std::uint32_t backlog_ms = 0;  // age of the oldest object sent and not confirmed
  bool operator==(const PeerConnection&) const = default;
};

struct Participant {
  std::string id = {};
  std::uint32_t number = 0;
  std::string name = {};
  Role role = Role::kGuest;
  bool connected = true;  // false while its link waits to be resumed
  std::vector<Track> tracks = {};
  std::uint64_t media_session = 0;  // of its SFrame key ids; 0 until it has said so
  bool recording = false;           // keeps what it hears and sees
  PeerConnection connection = {};
  bool operator==(const Participant&) const = default;
};

struct Room {
  std::string id = {};
  std::string name = {};
  bool locked = false;
  bool lobby = false;
  std::uint32_t max_participants = 0;
  std::string host = {};  // participant id
  bool operator==(const Room&) const = default;
};

struct Waiter {
  std::string participant;
  std::string name;
  bool operator==(const Waiter&) const = default;
};

// The newest of each person to a message.
struct ChatReaction {
  std::string from;  // participant id
  std::string from_name;
  std::string reaction;  // one emoji
  bool operator==(const ChatReaction&) const = default;
};

struct ChatEntry {
  std::string id = {};  // hex
  std::uint64_t sequence = 0;
  std::string from = {};
  std::string from_name = {};
  std::int64_t sent_ms = 0;              // the server's clock, Unix time
  std::string to = {};                   // a participant's id when private
  std::optional<std::string> text = {};  // nothing when it was not sealed with this room's key
  std::string reply_to = {};             // id of the message that it answers, else empty
  std::vector<ChatReaction> reactions = {};
  bool mine = false;
  std::string reference = {};  // what the sender of this process called it
};

// Which layer of which video track, and which audio tracks beside the speakers, are wanted.
struct TrackWish {
  std::uint32_t track = 0;
  std::uint32_t max_spatial = 0;
  bool operator==(const TrackWish&) const = default;
};
struct Subscriptions {
  bool microphones = false;
  std::vector<TrackWish> tracks;
  bool operator==(const Subscriptions&) const = default;
};

}  // namespace vistime::client
