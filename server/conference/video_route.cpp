#include "server/conference/video_route.hpp"

#include <algorithm>

#include "server/conference/limits.hpp"

namespace vistime::server::conference {
namespace {

// As long as a layer may pause before it counts as not sent (a screen that stands still sends about one a second).
constexpr base::Duration kPresent = std::chrono::seconds(2);

}  // namespace

void VideoRoute::set_layers(std::uint8_t layers) {
  layers_ = layers;
  told_count_.reset();
  announce();
}

VideoRoute::Watcher* VideoRoute::find(const Receiver& receiver) {
  const auto found = std::ranges::find(watchers_, &receiver, &Watcher::receiver);
  return found == watchers_.end() ? nullptr : &*found;
}

void VideoRoute::subscribe(Receiver& receiver, std::uint8_t max_spatial) {
  max_spatial = std::min<std::uint8_t>(max_spatial, media::LayerSelector::kSpatialLayers - 1);
  Watcher* watcher = find(receiver);
  if (watcher == nullptr) {
    watchers_.push_back({.receiver = &receiver, .selector = {}, .told_spatial = {}});
    watcher = &watchers_.back();
  } else if (watcher->max_spatial == max_spatial) {
    return;
  }
  watcher->max_spatial = max_spatial;
  watcher->selector.want(max_spatial);
  announce();
}

void VideoRoute::unsubscribe(const Receiver& receiver) {
  if (std::erase_if(watchers_, [&](const Watcher& watcher) { return watcher.receiver == &receiver; }) > 0) {
    announce();
  }
}

std::size_t VideoRoute::forward(const protocol::ObjectHeader& header, const transport::SharedBytes& object,
                                base::TimePoint now, Gather& gather) {
  if (header.spatial >= layers_) return 0;
  LayerState& state = states_[header.spatial];
  state.seen = true;
  state.last_object = now;
  if (header.keyframe) state.wanted = false;

  const media::LayerObject shape{header.spatial, header.temporal, header.keyframe, header.discardable};
  const transport::QueuedObject queued{.object = object,
                                       .lane = protocol::Lane::kVideo,
                                       .deadline = now + lifetime_,
                                       .stream = std::uint64_t{track_} << 8 | header.spatial,
                                       .keyframe = header.keyframe,
                                       .discardable = header.discardable};
  std::size_t sent = 0;
  for (Watcher& watcher : watchers_) {
    Receiver& receiver = *watcher.receiver;
    if (!receiver.link.attached()) continue;
    if (watcher.selector.on_object(shape, now)) {
      receiver.link.send_object(queued);
      gather.touch(receiver);
      ++sent;
      if (header.keyframe) tell_layer(watcher, now);
    } else if (!watcher.selector.current()) {
      // Nothing to be seen yet: the picture must not wait for the next tick.
      if (const auto spatial = watcher.selector.take_keyframe_request(now)) request_keyframe(*spatial, now);
    }
  }
  return sent;
}

void VideoRoute::on_broken(const Receiver& receiver, std::uint8_t spatial, base::TimePoint now) {
  if (Watcher* watcher = find(receiver)) watcher->selector.on_dropped({.spatial = spatial}, now);
}

void VideoRoute::on_backlog(const Receiver& receiver, base::Duration backlog, base::TimePoint now) {
  if (Watcher* watcher = find(receiver)) watcher->selector.on_backlog(backlog, now);
}

void VideoRoute::request_keyframe(std::uint8_t spatial, base::TimePoint now) {
  if (spatial >= layers_) return;
  states_[spatial].wanted = true;
  ask_if_due(spatial, now);
}

void VideoRoute::ask_if_due(std::uint8_t spatial, base::TimePoint now) {
  LayerState& state = states_[spatial];
  if (!state.wanted || (state.asked && now - state.last_asked < kKeyframeInterval)) return;
  state.wanted = false;
  state.asked = true;
  state.last_asked = now;
  events_.on_keyframe_wanted(track_, spatial);
}

void VideoRoute::tick(base::TimePoint now) {
  for (Watcher& watcher : watchers_) {
    if (!watcher.receiver->link.attached()) continue;
    if (const auto spatial = watcher.selector.take_keyframe_request(now); spatial && *spatial < layers_) {
      states_[*spatial].wanted = true;
    }
    tell_layer(watcher, now);
  }
  for (std::uint8_t spatial = 0; spatial < states_.size(); ++spatial) ask_if_due(spatial, now);
}

std::uint8_t VideoRoute::top_present(base::TimePoint now) const {
  std::uint8_t top = 0;
  for (std::uint8_t spatial = 0; spatial < states_.size(); ++spatial) {
    if (states_[spatial].seen && now - states_[spatial].last_object < kPresent) top = spatial;
  }
  return top;
}

void VideoRoute::tell_layer(Watcher& watcher, base::TimePoint now) {
  const auto current = watcher.selector.current();
  if (!current) return;
  const auto target = watcher.selector.target(now);
  const bool limited = target && *target < std::min(watcher.max_spatial, top_present(now));
  if (watcher.told_spatial == current && watcher.told_limited == limited) return;
  watcher.told_spatial = current;
  watcher.told_limited = limited;
  events_.on_layer_forwarded(*watcher.receiver, track_, *current, limited);
}

void VideoRoute::announce() {
  std::uint8_t count = 0;
  // Those below the largest wish are wanted as well: who cannot take the large one changes down without a pause.
  for (const Watcher& watcher : watchers_) {
    count = std::max<std::uint8_t>(count, static_cast<std::uint8_t>(watcher.max_spatial + 1));
  }
  count = std::min(count, layers_);
  if (told_count_ == count) return;
  told_count_ = count;
  events_.on_layers_wanted(track_, count);
}

}  // namespace vistime::server::conference
