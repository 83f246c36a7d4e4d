// Time is an interface, so that tests decide what time it is.
#pragma once

#include <chrono>

namespace vistime::base {

using Duration = std::chrono::microseconds;
// Monotonic; its zero is arbitrary and differs from process to process.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;
// Civil time, for tokens, certificates and chat.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
  }
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

// For tests: moves only when told to.
class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return wall_; }
  void advance(Duration by) {
    now_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(by);
  }

 private:
  TimePoint now_{std::chrono::seconds(1'000)};
  WallTime wall_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace vistime::base
