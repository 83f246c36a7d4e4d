#include "transport/reach/race.hpp"

namespace vistime::transport::reach {

std::optional<std::size_t> Race::next(base::TimePoint now) {
  if (winner_ || started_ == rungs_) return std::nullopt;
  if (running_ > 0 && last_start_ && now < *last_start_ + stagger_) return std::nullopt;
  last_start_ = now;
  ++running_;
  return started_++;
}

std::optional<base::TimePoint> Race::wake() const {
  if (winner_ || started_ == rungs_ || !last_start_) return std::nullopt;
  return *last_start_ + stagger_;
}

bool Race::succeeded(std::size_t rung) {
  --running_;
  if (winner_) return false;
  winner_ = rung;
  return true;
}

void Race::failed(std::size_t) { --running_; }

}  // namespace vistime::transport::reach
