// How much a room takes before it says no. Each is a setting or a constant with its reason; none is unbounded.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"

namespace vistime::server::conference {

struct RoomLimits {
  std::uint32_t max_participants = 200;  // also when the room's own limit is higher
  std::uint32_t max_waiting = 200;       // in the lobby
  std::size_t loudest = 4;               // microphones forwarded at a time

  std::size_t tracks_per_participant = 8;
  std::size_t layers_per_track = 3;
  std::size_t subscriptions = 500;  // wishes of one participant

  std::size_t chat_bytes = 16 * 1024;        // one sealed message
  std::uint64_t chat_messages = 10'000;      // kept for a room; the oldest go first
  std::size_t chat_page_messages = 100;      // one ChatHistory
  std::size_t chat_page_bytes = 128 * 1024;  // well below what a control message may measure
  std::size_t chat_pending = 256;            // of one room, not yet on disk

  double requests_per_second = 50;  // of one participant; beyond the burst the link is closed
  double request_burst = 200;
  double chat_per_second = 10;  // a person types slower, a script that pastes lines is slowed down
  double chat_burst = 30;
  double reactions_per_second = 5;  // each goes to the whole room
  double reaction_burst = 10;
  double connections_per_second = 0.5;  // SetConnection: goes to the whole room
  double connection_burst = 2;
  double objects_per_second = 1'000;  // 8 tracks of 50 to 100 objects, with room for bursts
  double object_burst = 2'000;
  double object_bytes_per_second = 6 << 20;  // 50 Mbit/s
  double object_bytes_burst = 12 << 20;
};

// A participant whose connection is gone stays in the room for so long (transport::kResumeWindow).
inline constexpr base::Duration kResumeWindow = std::chrono::seconds(30);

// Writes for one subscriber are gathered for so long: one system call instead of one an object. A quarter of a
// 20 ms audio object.
inline constexpr base::Duration kGatherTime = std::chrono::milliseconds(5);
inline constexpr base::Duration kTickInterval = std::chrono::milliseconds(250);

// From arrival. A jitter buffer rarely stretches beyond 200 ms: later audio would be thrown away by the receiver.
inline constexpr base::Duration kAudioDeadline = std::chrono::milliseconds(200);
// A camera a second behind the voice is worse than a picture that stands still until the next keyframe.
inline constexpr base::Duration kVideoDeadline = std::chrono::seconds(1);
// A screen is read rather than watched: late and sharp beats missing.
inline constexpr base::Duration kScreenDeadline = std::chrono::seconds(3);
// An encoder needs about that long to produce the keyframe asked for before; asking sooner only costs bandwidth.
inline constexpr base::Duration kKeyframeInterval = std::chrono::milliseconds(300);

inline constexpr std::size_t kChatIdBytes = 16;
inline constexpr std::size_t kLinkIdBytes = 16;
inline constexpr std::size_t kLinkKeyBytes = 32;
inline constexpr std::size_t kReactionBytes = 32;
inline constexpr std::size_t kMaxDecodes = 8;              // codecs that a client says it decodes
inline constexpr std::uint32_t kMaxConnectionMs = 60'000;  // figures beyond it say nothing more
// 64 characters of at most 4 bytes.
inline constexpr std::size_t kNameBytes = 256;
// What is told in one message; the rest of a large room follows in further ones (protocol::kMaxControlBytes).
inline constexpr std::size_t kSnapshotBytes = 128 * 1024;

}  // namespace vistime::server::conference
