#include "client/core/subscriptions.hpp"

#include <algorithm>

namespace vistime::client {

Subscriptions wished(SubscriptionPolicy policy, const MeetingState& state) {
  Subscriptions wish;
  if (policy == SubscriptionPolicy::kNone) return wish;
  wish.microphones = true;
  for (const Participant& participant : state.participants()) {
    if (participant.id == state.you()) continue;
    for (const Track& track : participant.tracks) {
      const bool video = track.kind == TrackKind::kCamera || track.kind == TrackKind::kScreen;
      if (track.kind != TrackKind::kScreenAudio && !(video && policy == SubscriptionPolicy::kAll)) continue;
      std::uint32_t largest = 0;
      for (const Layer& layer : track.layers) largest = std::max(largest, layer.spatial);
      wish.tracks.push_back({track.id, largest});
    }
  }
  return wish;
}

}  // namespace vistime::client
