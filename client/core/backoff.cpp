#include "client/core/backoff.hpp"

#include <algorithm>

namespace vistime::client {

base::Duration Backoff::next() {
  ++attempts_;
  const auto half = step_.count() / 2;
  const auto jitter =
      static_cast<base::Duration::rep>(random_() % static_cast<std::uint64_t>(step_.count() - half + 1));
  step_ = std::min(step_ * 2, kLongest);
  return base::Duration(half + jitter);
}

}  // namespace vistime::client
