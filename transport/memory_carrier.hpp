// Two carriers in memory, joined back to back, for tests: nothing moves until pump() moves it, one message or one
// readiness at a time, and the connection can be cut after any number of steps.
#pragma once

#include <deque>
#include <limits>
#include <memory>
#include <utility>

#include "transport/carrier.hpp"

namespace vistime::transport {

class MemoryPipe : public std::enable_shared_from_this<MemoryPipe> {
 public:
  static std::shared_ptr<MemoryPipe> make() { return std::shared_ptr<MemoryPipe>(new MemoryPipe()); }

  // One carrier for each side (0 and 1), once.
  std::unique_ptr<Carrier> end(int side);
  // One step: a message arrives, a writer hears that it may write, or a side hears that all is over. False when
  // nothing is left to do.
  bool step();
  // Steps until all is quiet or `limit` steps were made; answers how many.
  std::size_t pump(std::size_t limit = std::numeric_limits<std::size_t>::max());
  // As a network would: what is under way is lost, both sides hear of it.
  void cut();
  // A side that stops reading: messages to it stay under way, and its writer never hears that it may write again.
  void stall(int reader, bool stalled) { sides_[reader].stalled = stalled; }

 private:
  class End;
  struct Side {
    CarrierEvents* events = nullptr;
    std::deque<base::Bytes> arriving;
    bool writing = false;  // its last write has not been taken by the other side
    bool told_closed = false;
    bool stalled = false;
    bool gone = false;  // its carrier was destroyed or closed
  };

  MemoryPipe() = default;
  bool step_side(int side);

  Side sides_[2];
  bool cut_ = false;
};

class MemoryPipe::End final : public Carrier {
 public:
  End(std::shared_ptr<MemoryPipe> pipe, int side) : pipe_(std::move(pipe)), side_(side) {}
  ~End() override { leave(); }
  void set_events(CarrierEvents* events) override { mine().events = events; }
  bool writable() const override { return !pipe_->sides_[side_].writing && !pipe_->cut_; }
  void write(base::BytesView message) override {
    mine().writing = true;
    if (!pipe_->cut_) pipe_->sides_[1 - side_].arriving.emplace_back(message.begin(), message.end());
  }
  void close(base::Bytes last) override {
    if (!last.empty() && !pipe_->cut_) pipe_->sides_[1 - side_].arriving.push_back(std::move(last));
    leave();
  }

 private:
  Side& mine() { return pipe_->sides_[side_]; }
  void leave() {
    mine().events = nullptr;
    mine().gone = true;
  }
  std::shared_ptr<MemoryPipe> pipe_;
  int side_;
};

inline std::unique_ptr<Carrier> MemoryPipe::end(int side) {
  return std::make_unique<End>(shared_from_this(), side);
}

inline bool MemoryPipe::step_side(int index) {
  Side& side = sides_[index];
  Side& other = sides_[1 - index];
  if (side.stalled) return false;
  if (!side.arriving.empty() && side.events != nullptr) {
    const base::Bytes message = std::move(side.arriving.front());
    side.arriving.pop_front();
    side.events->on_message(message);
    return true;
  }
  if (other.writing && side.arriving.empty()) {
    other.writing = false;
    if (other.events != nullptr) other.events->on_writable();
    return true;
  }
  if ((cut_ || other.gone) && side.arriving.empty() && side.events != nullptr && !side.told_closed) {
    side.told_closed = true;
    CarrierEvents* events = std::exchange(side.events, nullptr);
    events->on_closed(
        {cut_ ? base::ErrorKind::kUnreachable : base::ErrorKind::kClosed, {}, "the connection is gone"});
    return true;
  }
  return false;
}

inline bool MemoryPipe::step() { return step_side(0) || step_side(1); }

inline std::size_t MemoryPipe::pump(std::size_t limit) {
  // The last event may let go of the pipe.
  const auto alive = shared_from_this();
  std::size_t steps = 0;
  while (steps < limit && step()) ++steps;
  return steps;
}

inline void MemoryPipe::cut() {
  cut_ = true;
  for (Side& side : sides_) side.arriving.clear();
}

}  // namespace vistime::transport
