// Closes a connection when something on it takes too long. Lives in the coroutine that waits; the stream must not be
// moved meanwhile.
#pragma once

#include <chrono>
#include <memory>

#include "transport/timer.hpp"

namespace vistime::server {

class Deadline {
 public:
  Deadline(transport::Stream& stream, std::chrono::milliseconds limit)
      : timer_(stream.get_executor()), state_(std::make_shared<State>()) {
    timer_.expires_after(limit);
    timer_.async_wait([state = state_, &stream](transport::ErrorCode error) {
      if (error || !state->waiting) return;
      state->passed = true;
      stream.close();
    });
  }
  ~Deadline() { state_->waiting = false; }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  bool passed() const { return state_->passed; }

 private:
  struct State {
    bool waiting = true;
    bool passed = false;
  };
  transport::Timer timer_;
  std::shared_ptr<State> state_;
};

}  // namespace vistime::server
