// Which objects of one video track go to one subscriber.
//
// The publisher sends up to three spatial layers (0 the smallest), each an encoding of its own, each possibly
// with temporal layers. The selector forwards one spatial layer at a time and changes only at a keyframe of the
// new one. It descends when the subscriber's queue drops or backs up (temporal layers first, then spatial) and
// climbs after a calm time, which doubles with every climb that failed. Pure logic: no queue, no clock.
//
// After every call, ask take_keyframe_request(); also now and then while nothing arrives.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace vistime::media {

struct LayerObject {
  std::uint8_t spatial = 0;   // 0..2
  std::uint8_t temporal = 0;  // 0 is the base
  bool keyframe = false;
  bool discardable = false;  // nothing refers to it
};

class LayerSelector {
 public:
  static constexpr std::uint8_t kSpatialLayers = 3;
  static constexpr std::uint8_t kAllTemporal = 7;

  struct Settings {
    base::Duration calm{std::chrono::seconds(5)};           // without congestion before a climb
    base::Duration longest_calm{std::chrono::seconds(60)};  // where doubling ends
    // One step down needs this long to show in the queue; until then more drops are no news.
    base::Duration settle{std::chrono::milliseconds(500)};
    base::Duration absent_after{std::chrono::seconds(1)};
    // A request may be lost with its link; the sender limits itself to one keyframe in 300 ms.
    base::Duration keyframe_retry{std::chrono::milliseconds(500)};
    // As much unsent media means that the connection carries less than we send.
    base::Duration backlog{std::chrono::milliseconds(200)};
  };

  LayerSelector() : LayerSelector(Settings{}) {}
  explicit LayerSelector(Settings settings) : settings_(settings) {}

  // What the subscriber asked for: nothing forwarded without a value. Starts with everything wanted.
  void want(std::optional<std::uint8_t> max_spatial, std::uint8_t max_temporal = kAllTemporal);

  // Forward this object? An object with a layer out of range is never forwarded.
  bool on_object(const LayerObject& object, base::TimePoint now);

  // The subscriber's queue dropped an object that on_object let through.
  void on_dropped(const LayerObject& object, base::TimePoint now);
  // How old the oldest unsent media of this subscriber is; to be called as often as one likes.
  void on_backlog(base::Duration backlog, base::TimePoint now);

  // The spatial layer whose keyframe the publisher should be asked for now; repeats itself every
  // keyframe_retry as long as the keyframe has not come.
  std::optional<std::uint8_t> take_keyframe_request(base::TimePoint now);

  // What is being forwarded; nothing before the first keyframe.
  std::optional<std::uint8_t> current() const { return current_; }
  // Where it is heading.
  std::optional<std::uint8_t> target(base::TimePoint now) const;
  std::uint8_t allowed_temporal() const;

 private:
  struct Layer {
    bool seen = false;
    base::TimePoint last{};
    std::uint8_t top_temporal = 0;  // highest seen
    bool broken = true;             // until its next keyframe
    std::optional<base::TimePoint> asked;
  };

  bool is_present(std::uint8_t spatial, base::TimePoint now) const;
  bool passes_temporal(const LayerObject& object);
  void congested(base::TimePoint now);
  void step_down(base::TimePoint now);
  void step_up_when_calm(base::TimePoint now);

  Settings settings_;
  std::array<Layer, kSpatialLayers> layers_{};
  std::optional<std::uint8_t> wanted_spatial_ = kSpatialLayers - 1;
  std::uint8_t wanted_temporal_ = kAllTemporal;
  // What the connection seems to carry.
  std::uint8_t spatial_limit_ = kSpatialLayers - 1;
  std::uint8_t temporal_limit_ = kAllTemporal;
  std::optional<std::uint8_t> current_;
  // Objects above this temporal layer miss what they refer to, until the next one of layer 0.
  std::uint8_t intact_temporal_ = kAllTemporal;
  base::Duration calm_ = settings_.calm;
  std::optional<base::TimePoint> last_congestion_;
  std::optional<base::TimePoint> last_step_down_;
  std::optional<base::TimePoint> last_climb_;
};

}  // namespace vistime::media
