#include "server/conference/tracks.hpp"

#include <algorithm>
#include <utility>

namespace vistime::server::conference {
namespace {

using vistime::v1::ServerMessage;
using vistime::v1::TrackKind;

constexpr std::uint32_t kMaxIndex = 255;
// The largest side of a picture that a codec of ours can express.
constexpr std::uint32_t kMaxSide = 16'384;

bool is_audio(TrackKind kind) {
  return kind == vistime::v1::TRACK_KIND_MICROPHONE || kind == vistime::v1::TRACK_KIND_SCREEN_AUDIO;
}

RouteKind route_kind(TrackKind kind) {
  switch (kind) {
    case vistime::v1::TRACK_KIND_CAMERA: return RouteKind::kCamera;
    case vistime::v1::TRACK_KIND_SCREEN: return RouteKind::kScreen;
    case vistime::v1::TRACK_KIND_SCREEN_AUDIO: return RouteKind::kScreenAudio;
    default: return RouteKind::kMicrophone;
  }
}

base::Result<void> check_layers(const vistime::v1::Publish& request, const RoomLimits& limits) {
  if (request.layers().empty()) return invalid("a video track has at least one layer");
  if (static_cast<std::size_t>(request.layers_size()) > limits.layers_per_track) {
    return over_limit("too many layers in one track");
  }
  for (int i = 0; i < request.layers_size(); ++i) {
    const auto& layer = request.layers(i);
    if (layer.spatial() != static_cast<std::uint32_t>(i))
      return invalid("layers are numbered 0, 1, 2 in their order");
    if (layer.width() == 0 || layer.height() == 0 || layer.width() > kMaxSide || layer.height() > kMaxSide) {
      return invalid("a layer's size is not that of a picture");
    }
  }
  return {};
}

}  // namespace

base::Result<void> check_publish(const vistime::v1::Publish& request, const RoomLimits& limits) {
  if (request.index() > kMaxIndex) return invalid("a track's index is at most 255");
  if (request.kind() == vistime::v1::TRACK_KIND_UNSPECIFIED ||
      !vistime::v1::TrackKind_IsValid(request.kind())) {
    return invalid("the track's kind is unknown");
  }
  if (request.codec() == vistime::v1::CODEC_UNSPECIFIED || !vistime::v1::Codec_IsValid(request.codec())) {
    return invalid("the track's codec is unknown");
  }
  const bool audio = is_audio(request.kind());
  if (audio != (request.codec() == vistime::v1::CODEC_OPUS))
    return invalid("the codec does not fit the track's kind");
  if (!audio) return check_layers(request, limits);
  if (!request.layers().empty()) return invalid("an audio track has no layers");
  if (request.channels() < 1 || request.channels() > 2)
    return invalid("an audio track has one or two channels");
  return {};
}

Outcome Tracks::publish(Participant& from, const vistime::v1::Publish& request) {
  if (auto fine = check_publish(request, core_.limits); !fine) return std::unexpected(fine.error());
  const std::uint32_t id = protocol::track_id(from.record.number, static_cast<std::uint8_t>(request.index()));
  PublishedTrack* track = from.track(id);
  if (track == nullptr) {
    if (from.tracks.size() >= core_.limits.tracks_per_participant)
      return over_limit("too many tracks published");
    from.tracks.emplace_back();
    track = &from.tracks.back();
  }
  const bool same_kind = track->description.kind() == request.kind();
  const bool keep_mute = track->muted_by_moderator && same_kind;
  vistime::v1::Track& description = track->description;
  description.set_id(id);
  description.set_participant(from.record.id);
  description.set_kind(request.kind());
  description.set_codec(request.codec());
  description.set_muted(request.muted() || keep_mute);
  description.set_channels(request.channels());
  *description.mutable_layers() = request.layers();
  track->muted_by_moderator = keep_mute;

  const bool new_route = track->route == nullptr || !same_kind;
  if (new_route) track->route = nullptr;
  ServerMessage message;
  *message.mutable_track_published()->mutable_track() = description;
  core_.to_all(message);
  if (new_route) {
    make_route(from, *track);
  } else if (track->route->video) {
    track->route->video->set_layers(static_cast<std::uint8_t>(description.layers_size()));
  }
  if (description.muted()) core_.forwarder.silence(*track->route);
  return done();
}

void Tracks::make_route(Participant& from, PublishedTrack& track) {
  const std::uint32_t id = track.description.id();
  const auto layers = static_cast<std::uint8_t>(track.description.layers_size());
  track.route = &core_.forwarder.add(id, route_kind(track.description.kind()), layers, *from.receiver);
  for (const auto& each : core_.roster.all()) {
    for (const auto& wish : each->wishes) {
      if (wish.track() != id) continue;
      core_.forwarder.subscribe(*track.route, *each->receiver,
                                static_cast<std::uint8_t>(std::min<std::uint32_t>(wish.max_spatial(), 255)));
    }
  }
  if (track.route->video) track.route->video->announce();
}

void Tracks::remove(Participant& owner, std::uint32_t track) {
  core_.forwarder.remove(track);
  std::erase_if(owner.tracks, [&](const PublishedTrack& each) { return each.description.id() == track; });
}

void Tracks::tell_unpublished(std::uint32_t track, const std::string& by) {
  ServerMessage message;
  message.mutable_track_unpublished()->set_track(track);
  message.mutable_track_unpublished()->set_by(by);
  core_.to_all(message);
}

void Tracks::tell_muted(const PublishedTrack& track, const std::string& by) {
  ServerMessage message;
  auto& muted = *message.mutable_track_muted();
  muted.set_track(track.description.id());
  muted.set_muted(track.description.muted());
  muted.set_by(by);
  core_.to_all(message);
}

Outcome Tracks::unpublish(Participant& from, const vistime::v1::Unpublish& request) {
  if (request.index() > kMaxIndex) return invalid("a track's index is at most 255");
  const std::uint32_t id = protocol::track_id(from.record.number, static_cast<std::uint8_t>(request.index()));
  if (from.track(id) == nullptr) return not_found("the track");
  remove(from, id);
  tell_unpublished(id, {});
  return done();
}

Outcome Tracks::set_muted(Participant& from, const vistime::v1::SetMuted& request) {
  if (request.index() > kMaxIndex) return invalid("a track's index is at most 255");
  PublishedTrack* track =
      from.track(protocol::track_id(from.record.number, static_cast<std::uint8_t>(request.index())));
  if (track == nullptr) return not_found("the track");
  if (!request.muted()) track->muted_by_moderator = false;
  if (track->description.muted() == request.muted()) return done();
  track->description.set_muted(request.muted());
  if (request.muted()) core_.forwarder.silence(*track->route);
  tell_muted(*track, {});
  return done();
}

Outcome Tracks::set_subscriptions(Participant& from, const vistime::v1::SetSubscriptions& request) {
  if (static_cast<std::size_t>(request.tracks_size()) > core_.limits.subscriptions) {
    return over_limit("too many tracks wished for");
  }
  std::vector<vistime::v1::TrackWish> wishes(request.tracks().begin(), request.tracks().end());
  std::ranges::sort(wishes, {}, &vistime::v1::TrackWish::track);
  const auto twice = std::ranges::adjacent_find(wishes, {}, &vistime::v1::TrackWish::track);
  if (twice != wishes.end()) return invalid("a track is wished for twice");
  for (const auto& old : from.wishes) {
    if (std::ranges::binary_search(wishes, old.track(), {}, &vistime::v1::TrackWish::track)) continue;
    if (Route* route = core_.forwarder.find(old.track())) core_.forwarder.unsubscribe(*route, *from.receiver);
  }
  for (const auto& wish : wishes) {
    Route* route = core_.forwarder.find(wish.track());
    if (route == nullptr) continue;  // remembered until it is published
    core_.forwarder.subscribe(*route, *from.receiver,
                              static_cast<std::uint8_t>(std::min<std::uint32_t>(wish.max_spatial(), 255)));
  }
  from.wishes = std::move(wishes);
  from.microphones = request.microphones();
  core_.forwarder.listen(*from.receiver, from.microphones);
  return done();
}

Outcome Tracks::request_keyframe(Participant& from, const vistime::v1::RequestKeyframe& request) {
  const auto wished = [&](const vistime::v1::TrackWish& wish) { return wish.track() == request.track(); };
  if (std::ranges::none_of(from.wishes, wished)) return not_allowed("subscribe to the track first");
  Route* route = core_.forwarder.find(request.track());
  if (route == nullptr || !route->video) return not_found("the video track");
  if (request.spatial() >= core_.limits.layers_per_track) return invalid("the track has no such layer");
  route->video->request_keyframe(static_cast<std::uint8_t>(request.spatial()), core_.clock.now());
  return done();
}

void Tracks::mute(Participant& target, TrackKind kind, const Participant& by) {
  for (PublishedTrack& track : target.tracks) {
    if (track.description.kind() != kind || track.description.muted()) continue;
    track.description.set_muted(true);
    track.muted_by_moderator = true;
    core_.forwarder.silence(*track.route);
    tell_muted(track, by.record.id);
  }
}

void Tracks::stop(Participant& target, std::uint32_t track, const Participant& by) {
  remove(target, track);
  tell_unpublished(track, by.record.id);
}

bool Tracks::object(Participant& from, base::BytesView bytes) {
  const auto header = protocol::decode_object_header(bytes);
  if (!header) return false;
  PublishedTrack* track = from.track(header->track);
  if (track == nullptr) {
    // Sent before a moderator's stop arrived, or not of this participant at all.
    ++core_.counters.objects_unpublished;
  } else if (track->description.muted()) {
    ++core_.counters.objects_muted;
  } else {
    const base::TimePoint now = core_.clock.now();
    if (from.objects.take(1, now) && from.object_bytes.take(static_cast<double>(bytes.size()), now)) {
      core_.forwarder.forward(*track->route, *header, bytes);
    } else {
      ++core_.counters.objects_too_many;
    }
  }
  return true;
}

void Tracks::away(Participant& who) {
  for (const PublishedTrack& track : who.tracks) core_.forwarder.silence(*track.route);
}

void Tracks::forget(Participant& who) {
  for (const PublishedTrack& track : who.tracks) core_.forwarder.remove(track.description.id());
  who.tracks.clear();
  who.wishes.clear();
  who.microphones = false;
  core_.forwarder.forget(*who.receiver);
}

void Tracks::start_anew(Participant& who) {
  std::vector<std::uint32_t> gone;
  for (const PublishedTrack& track : who.tracks) gone.push_back(track.description.id());
  forget(who);
  for (const std::uint32_t track : gone) tell_unpublished(track, {});
}

void Tracks::tick() {
  const base::TimePoint now = core_.clock.now();
  const base::Duration passed = std::min<base::Duration>(now - last_tick_, std::chrono::seconds(1));
  last_tick_ = now;
  for (const auto& each : core_.roster.all()) {
    if (each->connected()) core_.forwarder.inspect(*each->receiver, passed);
  }
  core_.forwarder.tick();
  if (const auto speakers = core_.forwarder.changed_speakers()) {
    ServerMessage message;
    message.mutable_speakers()->mutable_tracks()->Assign(speakers->begin(), speakers->end());
    core_.to_all(message);
  }
}

Participant* Tracks::publisher_of(std::uint32_t track) const {
  return core_.roster.find_number(protocol::participant_number(track));
}

void Tracks::on_keyframe_wanted(std::uint32_t track, std::uint8_t spatial) {
  Participant* publisher = publisher_of(track);
  if (publisher == nullptr) return;
  ServerMessage message;
  message.mutable_keyframe_wanted()->set_track(track);
  message.mutable_keyframe_wanted()->set_spatial(spatial);
  core_.send(*publisher, message);
}

void Tracks::on_layers_wanted(std::uint32_t track, std::uint8_t count) {
  Participant* publisher = publisher_of(track);
  if (publisher == nullptr) return;
  ServerMessage message;
  message.mutable_layers_wanted()->set_track(track);
  for (std::uint32_t spatial = 0; spatial < count; ++spatial)
    message.mutable_layers_wanted()->add_spatial(spatial);
  core_.send(*publisher, message);
}

void Tracks::on_layer_forwarded(Receiver& receiver, std::uint32_t track, std::uint8_t spatial, bool limited) {
  ServerMessage message;
  auto& forwarded = *message.mutable_layer_forwarded();
  forwarded.set_track(track);
  forwarded.set_spatial(spatial);
  forwarded.set_limited(limited);
  core_.send(receiver, message);
}

}  // namespace vistime::server::conference
