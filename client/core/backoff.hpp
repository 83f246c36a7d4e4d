// How long to wait before the next attempt: doubling, with jitter so that a room's clients do not come back all at
// the same moment. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/clock.hpp"

namespace vistime::client {

class Backoff {
 public:
  static constexpr base::Duration kFirst = std::chrono::milliseconds(250);
  static constexpr base::Duration kLongest = std::chrono::seconds(5);

  // `random`: uniform 64 bits.
  explicit Backoff(std::function<std::uint64_t()> random) : random_(std::move(random)) {}

  // Between half of the current step and all of it; the step doubles.
  base::Duration next();
  int attempts() const { return attempts_; }
  void reset() { step_ = kFirst, attempts_ = 0; }

 private:
  std::function<std::uint64_t()> random_;
  base::Duration step_ = kFirst;
  int attempts_ = 0;
};

}  // namespace vistime::client
