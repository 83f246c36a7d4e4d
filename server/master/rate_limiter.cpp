#include "server/master/rate_limiter.hpp"

#include <algorithm>

namespace vistime::server::master {

RateLimiter::RateLimiter(const base::Clock& clock, std::uint64_t burst, base::Duration period,
                         std::size_t max_keys)
    : clock_(clock),
      cost_(period / static_cast<std::int64_t>(std::max<std::uint64_t>(burst, 1))),
      period_(cost_ * static_cast<std::int64_t>(std::max<std::uint64_t>(burst, 1))),
      max_keys_(max_keys) {}

base::Duration RateLimiter::take(const std::string& key) {
  const base::Duration now = clock_.now().time_since_epoch();
  auto [found, added] = buckets_.try_emplace(key);
  Bucket& bucket = found->second;
  if (added) {
    bucket.filled_until = now;
    bucket.order = order_.insert(order_.end(), key);
  } else {
    order_.splice(order_.end(), order_, bucket.order);
  }
  const base::Duration after = std::max(bucket.filled_until, now) + cost_;
  const base::Duration wait = after - period_ - now;
  if (wait <= base::Duration(0)) bucket.filled_until = after;
  if (buckets_.size() > max_keys_) {
    buckets_.erase(order_.front());
    order_.pop_front();
  }
  return std::max(wait, base::Duration(0));
}

void RateLimiter::give_back(const std::string& key) {
  const auto found = buckets_.find(key);
  if (found != buckets_.end()) found->second.filled_until -= cost_;
}

}  // namespace vistime::server::master
