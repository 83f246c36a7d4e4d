#include "transport/reach/race.hpp"

#include <algorithm>
#include <numeric>

namespace vistime::transport::reach {

Race::Race(std::size_t rungs, base::Duration stagger) : stagger_(stagger), waiting_(rungs) {
  std::iota(waiting_.begin(), waiting_.end(), std::size_t{0});
}

std::optional<std::size_t> Race::next(base::TimePoint now) {
  if (winner_ || waiting_.empty()) return std::nullopt;
  if (!hurried_ && running_ > 0 && last_start_ && now < *last_start_ + stagger_) return std::nullopt;
  hurried_ = false;
  last_start_ = now;
  ++running_;
  const std::size_t rung = waiting_.front();
  waiting_.pop_front();
  return rung;
}

std::optional<base::TimePoint> Race::wake() const {
  if (winner_ || waiting_.empty() || !last_start_) return std::nullopt;
  return *last_start_ + stagger_;
}

bool Race::succeeded(std::size_t rung) {
  --running_;
  if (winner_) return false;
  winner_ = rung;
  return true;
}

void Race::failed(std::size_t) { --running_; }

void Race::hurry(std::size_t rung) {
  const auto found = std::ranges::find(waiting_, rung);
  if (found == waiting_.end()) return;
  std::rotate(waiting_.begin(), found, found + 1);
  hurried_ = true;
}

}  // namespace vistime::transport::reach
