// One video track and those who watch it: which objects go to whom, when the publisher is asked for a keyframe, and
// which of its layers anybody wants. On the room's executor; no I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "media/layer_selector.hpp"
#include "protocol/object_header.hpp"
#include "server/conference/gather.hpp"

namespace vistime::server::conference {

class VideoRouteEvents {
 public:
  virtual ~VideoRouteEvents() = default;
  // To the publisher.
  virtual void on_keyframe_wanted(std::uint32_t track, std::uint8_t spatial) = 0;
  virtual void on_layers_wanted(std::uint32_t track, std::uint8_t count) = 0;  // layers 0 … count - 1
  // To a subscriber.
  virtual void on_layer_forwarded(Receiver& receiver, std::uint32_t track, std::uint8_t spatial,
                                  bool limited) = 0;
};

class VideoRoute {
 public:
  // `layers`: how many the publisher has; `lifetime`: how late an object may be sent.
  VideoRoute(std::uint32_t track, std::uint8_t layers, base::Duration lifetime, VideoRouteEvents& events)
      : track_(track), layers_(layers), lifetime_(lifetime), events_(events) {}

  // The publisher described the track anew.
  void set_layers(std::uint8_t layers);
  // Tells the publisher which layers are wanted, unless it knows.
  void announce();
  // A second wish of the same receiver replaces the first.
  void subscribe(Receiver& receiver, std::uint8_t max_spatial);
  void unsubscribe(const Receiver& receiver);
  bool watched() const { return !watchers_.empty(); }

  // Queues the object to those it is for; the number of them.
  std::size_t forward(const protocol::ObjectHeader& header, const transport::SharedBytes& object,
                      base::TimePoint now, Gather& gather);

  // A subscriber's queue dropped something of that layer.
  void on_broken(const Receiver& receiver, std::uint8_t spatial, base::TimePoint now);
  // How long the unsent video of a subscriber will take at the pace of late.
  void on_backlog(const Receiver& receiver, base::Duration backlog, base::TimePoint now);
  // A subscriber asks for itself: its decoder lost the thread.
  void request_keyframe(std::uint8_t spatial, base::TimePoint now);
  // A few times a second.
  void tick(base::TimePoint now);

 private:
  struct Watcher {
    Receiver* receiver = nullptr;
    media::LayerSelector selector;
    std::uint8_t max_spatial = 0;
    std::optional<std::uint8_t> told_spatial;
    bool told_limited = false;
  };
  struct LayerState {
    base::TimePoint last_object{};
    base::TimePoint last_asked{};
    bool seen = false;
    bool asked = false;
    bool wanted = false;  // a keyframe, as soon as it may be asked for
  };

  Watcher* find(const Receiver& receiver);
  void ask_if_due(std::uint8_t spatial, base::TimePoint now);
  void tell_layer(Watcher& watcher, base::TimePoint now);
  std::uint8_t top_present(base::TimePoint now) const;

  std::uint32_t track_;
  std::uint8_t layers_;
  base::Duration lifetime_;
  VideoRouteEvents& events_;
  std::vector<Watcher> watchers_;
  std::array<LayerState, media::LayerSelector::kSpatialLayers> states_;
  std::optional<std::uint8_t> told_count_;
};

}  // namespace vistime::server::conference
