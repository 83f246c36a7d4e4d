// Token buckets, one for each key (an address): `burst` at once, refilled evenly within `period`.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace vistime::server::master {

class RateLimiter {
 public:
  // `max_keys`: the bucket that was used longest ago is forgotten beyond it.
  RateLimiter(const base::Clock& clock, std::uint64_t burst, base::Duration period,
              std::size_t max_keys = 100'000);
  // Zero when it may go ahead; else how long until it may.
  base::Duration take(const std::string& key);
  // Undoes a take() that went ahead: what it was for turned out not to count.
  void give_back(const std::string& key);
  std::size_t keys() const { return buckets_.size(); }

 private:
  struct Bucket {
    base::Duration filled_until{0};  // as the clock's time since its zero; in the past: full
    std::list<std::string>::iterator order;
  };
  const base::Clock& clock_;
  const base::Duration cost_;  // what one costs, in time
  const base::Duration period_;
  const std::size_t max_keys_;
  std::unordered_map<std::string, Bucket> buckets_;
  std::list<std::string> order_;  // used longest ago first
};

}  // namespace vistime::server::master
