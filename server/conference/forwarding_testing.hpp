// Receivers with a carrier that takes bytes and counts, for tests and benchmarks of forwarding.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "protocol/object_header.hpp"
#include "server/conference/forwarder.hpp"

namespace vistime::server::conference {

inline base::Bytes make_object(const protocol::ObjectHeader& header, std::size_t payload = 80) {
  base::Bytes bytes;
  protocol::encode(header, bytes);
  bytes.resize(bytes.size() + payload);
  return bytes;
}

struct VideoRecorder final : VideoRouteEvents {
  void on_keyframe_wanted(std::uint32_t, std::uint8_t) override { ++keyframes; }
  void on_layers_wanted(std::uint32_t, std::uint8_t count) override { layers.push_back(count); }
  void on_layer_forwarded(Receiver&, std::uint32_t, std::uint8_t spatial, bool limited) override {
    forwarded.emplace_back(spatial, limited);
  }
  int keyframes = 0;
  std::vector<int> layers;
  std::vector<std::pair<int, bool>> forwarded;
};

class Listener final : private transport::LinkEvents {
 public:
  // `always_writable`: takes every write at once, as an empty socket would.
  explicit Listener(const base::Clock& clock, bool always_writable = false) : receiver(clock, *this) {
    auto carrier = std::make_unique<Sink>(always_writable);
    sink_ = carrier.get();
    receiver.link.attach_fresh(std::move(carrier));
  }
  std::size_t writes() const { return sink_->writes; }
  void become_writable() {
    sink_->busy = false;
    if (sink_->events != nullptr) sink_->events->on_writable();
  }

  Receiver receiver;

 private:
  struct Sink final : transport::Carrier {
    explicit Sink(bool always) : always_writable(always) {}
    void set_events(transport::CarrierEvents* to) override { events = to; }
    bool writable() const override { return !busy; }
    void write(base::BytesView) override {
      ++writes;
      busy = !always_writable;
    }
    void close(base::Bytes) override {}
    transport::CarrierEvents* events = nullptr;
    bool always_writable;
    bool busy = false;
    std::size_t writes = 0;
  };
  void on_control(base::BytesView) override {}
  void on_object(protocol::Lane, base::BytesView) override {}
  void on_detached(const base::Error&) override {}
  void on_ended(const base::Error&) override {}

  Sink* sink_ = nullptr;  // owned by the link
};

}  // namespace vistime::server::conference
