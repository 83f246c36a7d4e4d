#include "media/layer_selector.hpp"

#include <algorithm>

namespace vistime::media {

void LayerSelector::want(std::optional<std::uint8_t> max_spatial, std::uint8_t max_temporal) {
  wanted_spatial_ = max_spatial;
  if (wanted_spatial_) *wanted_spatial_ = std::min<std::uint8_t>(*wanted_spatial_, kSpatialLayers - 1);
  wanted_temporal_ = max_temporal;
  if (!wanted_spatial_) {
    // A pause leaves a gap: whatever follows begins with a keyframe.
    current_.reset();
    for (Layer& layer : layers_) layer.broken = true;
  }
}

std::uint8_t LayerSelector::allowed_temporal() const { return std::min(wanted_temporal_, temporal_limit_); }

bool LayerSelector::is_present(std::uint8_t spatial, base::TimePoint now) const {
  return layers_[spatial].seen && now - layers_[spatial].last <= settings_.absent_after;
}

std::optional<std::uint8_t> LayerSelector::target(base::TimePoint now) const {
  if (!wanted_spatial_) return std::nullopt;
  const std::uint8_t most = std::min(*wanted_spatial_, spatial_limit_);
  for (int spatial = most; spatial >= 0; --spatial) {
    if (is_present(static_cast<std::uint8_t>(spatial), now)) return static_cast<std::uint8_t>(spatial);
  }
  // Nothing as small as wanted is sent: better too large a picture than none.
  for (std::uint8_t spatial = most + 1; spatial < kSpatialLayers; ++spatial) {
    if (is_present(spatial, now)) return spatial;
  }
  return current_;  // the whole track is silent (a still screen): stay
}

// Whether the object's temporal layer may pass, given what was held back before it. A frame of layer n refers to
// frames of layers up to n since the last frame of layer 0 and to that one, in the L1T2 and L1T3 structures.
bool LayerSelector::passes_temporal(const LayerObject& object) {
  if (object.temporal == 0) {
    intact_temporal_ = kAllTemporal;
    return true;
  }
  if (object.temporal <= allowed_temporal() && object.temporal <= intact_temporal_) return true;
  if (!object.discardable) {
    intact_temporal_ = std::min<std::uint8_t>(intact_temporal_, object.temporal - 1);
  }
  return false;
}

bool LayerSelector::on_object(const LayerObject& object, base::TimePoint now) {
  if (object.spatial >= kSpatialLayers) return false;
  Layer& layer = layers_[object.spatial];
  layer.seen = true;
  layer.last = now;
  layer.top_temporal = std::max(layer.top_temporal, object.temporal);
  if (!wanted_spatial_) return false;
  step_up_when_calm(now);

  if (object.keyframe) {
    if (current_ != object.spatial && target(now) != object.spatial) return false;
    current_ = object.spatial;
    for (Layer& other : layers_) other.broken = true;
    layer.broken = false;
    layer.asked.reset();
    intact_temporal_ = kAllTemporal;
    return true;
  }
  return current_ == object.spatial && !layer.broken && passes_temporal(object);
}

void LayerSelector::on_dropped(const LayerObject& object, base::TimePoint now) {
  if (object.spatial >= kSpatialLayers) return;
  if (!object.discardable) layers_[object.spatial].broken = true;
  congested(now);
}

void LayerSelector::on_backlog(base::Duration backlog, base::TimePoint now) {
  if (backlog >= settings_.backlog) congested(now);
}

void LayerSelector::congested(base::TimePoint now) {
  last_congestion_ = now;
  if (last_step_down_ && now - *last_step_down_ < settings_.settle) return;
  if (last_climb_) {
    // The last climb did not hold: try it later, and ever less often.
    calm_ = std::min(calm_ * 2, settings_.longest_calm);
    last_climb_.reset();
  }
  step_down(now);
}

void LayerSelector::step_down(base::TimePoint now) {
  const auto spatial = target(now);
  if (!spatial) return;
  last_step_down_ = now;
  const std::uint8_t top = std::min(layers_[*spatial].top_temporal, wanted_temporal_);
  if (allowed_temporal() > 0 && top > 0) {
    temporal_limit_ = static_cast<std::uint8_t>(std::min(allowed_temporal(), top) - 1);
    return;
  }
  for (int below = *spatial - 1; below >= 0; --below) {
    if (!is_present(static_cast<std::uint8_t>(below), now)) continue;
    spatial_limit_ = static_cast<std::uint8_t>(below);
    temporal_limit_ = kAllTemporal;
    return;
  }
}

void LayerSelector::step_up_when_calm(base::TimePoint now) {
  if (!last_congestion_) return;
  if (last_climb_ && now - *last_climb_ >= calm_) {
    // The climb held as long as we had waited for it: trust again.
    calm_ = settings_.calm;
    last_climb_.reset();
    last_congestion_ = now - calm_;
  }
  if (last_climb_ || now - *last_congestion_ < calm_) return;
  const auto spatial = target(now);
  const std::uint8_t top = spatial ? std::min(layers_[*spatial].top_temporal, wanted_temporal_) : 0;
  if (allowed_temporal() < top) {
    ++temporal_limit_;
  } else if (spatial && wanted_spatial_ && spatial_limit_ < *wanted_spatial_) {
    ++spatial_limit_;
    // Half the frame rate of the larger picture first, where it has temporal layers.
    temporal_limit_ =
        layers_[spatial_limit_].top_temporal > 0 ? layers_[spatial_limit_].top_temporal - 1 : kAllTemporal;
  } else {
    return;  // all that is wanted is allowed
  }
  last_climb_ = now;
}

std::optional<std::uint8_t> LayerSelector::take_keyframe_request(base::TimePoint now) {
  const auto wanted = target(now);
  if (!wanted) return std::nullopt;
  Layer& layer = layers_[*wanted];
  if (!layer.broken && current_ == wanted) return std::nullopt;
  if (!is_present(*wanted, now) && current_ != wanted) return std::nullopt;
  if (layer.asked && now - *layer.asked < settings_.keyframe_retry) return std::nullopt;
  layer.asked = now;
  return wanted;
}

}  // namespace vistime::media
