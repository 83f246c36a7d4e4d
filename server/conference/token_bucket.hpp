// A rate with a burst: tokens flow in at a steady rate up to the burst, every use takes some.
#pragma once

#include <algorithm>

#include "base/clock.hpp"

namespace vistime::server::conference {

class TokenBucket {
 public:
  TokenBucket(double per_second, double burst, base::TimePoint now)
      : per_second_(per_second), burst_(burst), tokens_(burst), last_(now) {}

  // False, and nothing taken, when there are too few.
  bool take(double tokens, base::TimePoint now) {
    if (now > last_) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
      last_ = now;
    }
    if (tokens_ < tokens) return false;
    tokens_ -= tokens;
    return true;
  }

 private:
  double per_second_;
  double burst_;
  double tokens_;
  base::TimePoint last_;
};

}  // namespace vistime::server::conference
