// Receivers, and the few milliseconds for which writes to them are gathered: every send marks its receiver, and when
// the time is over each marked one is flushed once. On the room's executor.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "transport/link.hpp"

namespace vistime::server::conference {

// One participant's link, as those see it who send.
struct Receiver {
  Receiver(const base::Clock& clock, transport::LinkEvents& events) : link(clock, events) {}

  void send_control(base::BytesView message) {
    if (!ended) link.send_control(message);
  }

  transport::Link link;
  bool ended = false;     // the link is over and must not be written to
  bool gathered = false;  // waits for the flush
  // What the room's counters already know of link.statistics().queue.
  std::uint64_t late_counted = 0;
  std::uint64_t orphaned_counted = 0;
  std::uint64_t bytes_sent_before = 0;  // at the last tick, to estimate the link's rate
};

class Gather {
 public:
  // `arm` starts the timer; its end is told by flush().
  explicit Gather(std::function<void()> arm) : arm_(std::move(arm)) {}

  void touch(Receiver& receiver) {
    mark(receiver);
    arm();
  }
  // As touch(), for many at a time: arm() or flush() follows.
  void mark(Receiver& receiver) {
    if (receiver.gathered) return;
    receiver.gathered = true;
    pending_.push_back(&receiver);
  }
  bool armed() const { return armed_; }
  // There is something to do when the time is over, though nothing to send yet.
  void arm() {
    if (armed_) return;
    armed_ = true;
    arm_();
  }
  void flush() {
    armed_ = false;
    flushing_.clear();
    flushing_.swap(pending_);
    for (Receiver* receiver : flushing_) {
      receiver->gathered = false;
      if (!receiver->ended) receiver->link.flush();
    }
  }
  // Before a receiver is freed.
  void forget(const Receiver& receiver) { std::erase(pending_, &receiver); }

 private:
  std::function<void()> arm_;
  bool armed_ = false;
  std::vector<Receiver*> pending_;
  std::vector<Receiver*> flushing_;
};

}  // namespace vistime::server::conference
