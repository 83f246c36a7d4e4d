#include "client/core/messages.hpp"

namespace vistime::client {
namespace {

// Bounds for what a peer's description may hold; see MeetingState.
constexpr int kMaxLayers = 16;
constexpr int kMaxTracks = 256;

template <typename To, typename From>
To in_range(From value, To last) {
  const int number = static_cast<int>(value);
  return number >= 0 && number <= static_cast<int>(last) ? static_cast<To>(number) : static_cast<To>(0);
}

}  // namespace

// The enumerations have the same order on purpose; what is unknown becomes the first.
Role from_wire(v1::Role role) { return in_range(role, Role::kHost); }
TrackKind from_wire(v1::TrackKind kind) { return in_range(kind, TrackKind::kScreenAudio); }
Codec from_wire(v1::Codec codec) { return in_range(codec, Codec::kAv1); }
v1::Role to_wire(Role role) { return static_cast<v1::Role>(role); }
v1::TrackKind to_wire(TrackKind kind) { return static_cast<v1::TrackKind>(kind); }
v1::Codec to_wire(Codec codec) { return static_cast<v1::Codec>(codec); }

Track from_wire(const v1::Track& track) {
  Track out{.id = track.id(),
            .participant = track.participant(),
            .kind = from_wire(track.kind()),
            .codec = from_wire(track.codec()),
            .muted = track.muted(),
            .layers = {},
            .channels = track.channels()};
  for (int i = 0; i < std::min(track.layers_size(), kMaxLayers); ++i) {
    const auto& layer = track.layers(i);
    out.layers.push_back(
        {layer.spatial(), layer.width(), layer.height(), layer.bitrate(), layer.frame_rate()});
  }
  return out;
}

Participant from_wire(const v1::Participant& participant) {
  Participant out{
      .id = participant.id(),
      .number = participant.number(),
      .name = participant.name(),
      .role = from_wire(participant.role()),
      .connected = participant.connected(),
      .tracks = {},
      .media_session = participant.media_session(),
      .recording = participant.recording(),
      .connection = {.quality = in_range<Quality>(participant.connection().quality(), Quality::kWeak),
                     .round_trip_ms = participant.connection().round_trip_ms(),
                     .backlog_ms = participant.connection().backlog_ms()}};
  for (int i = 0; i < std::min(participant.tracks_size(), kMaxTracks); ++i) {
    out.tracks.push_back(from_wire(participant.tracks(i)));
    out.tracks.back().participant = out.id;
  }
  return out;
}

Room from_wire(const v1::RoomState& room) {
  return {.id = room.room(),
          .name = room.name(),
          .locked = room.locked(),
          .lobby = room.lobby(),
          .max_participants = room.max_participants(),
          .host = room.host()};
}

}  // namespace vistime::client
