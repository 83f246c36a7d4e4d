// Closes a stream when something on it takes too long. Lives in the coroutine that waits; the stream must stay where it
// is meanwhile.
#pragma once

#include <chrono>
#include <memory>

#include "transport/timer.hpp"

namespace vistime::transport {

class TimeLimit {
 public:
  TimeLimit(Stream& stream, std::chrono::milliseconds limit)
      : TimeLimit(stream, std::chrono::steady_clock::now() + limit) {}
  TimeLimit(Stream& stream, std::chrono::steady_clock::time_point deadline)
      : timer_(stream.get_executor()), state_(std::make_shared<State>()) {
    timer_.expires_at(deadline);
    timer_.async_wait([state = state_, &stream](ErrorCode error) {
      if (error || !state->waiting) return;
      state->passed = true;
      stream.close();
    });
  }
  ~TimeLimit() { state_->waiting = false; }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
  bool passed() const { return state_->passed; }

 private:
  struct State {
    bool waiting = true;
    bool passed = false;
  };
  Timer timer_;
  std::shared_ptr<State> state_;
};

}  // namespace vistime::transport
