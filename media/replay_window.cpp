#include "media/replay_window.hpp"

namespace vistime::media {

bool ReplayWindow::accept(std::uint64_t counter) {
  if (counter >= next_) {
    const std::uint64_t ahead = counter - next_ + 1;
    seen_ = ahead >= kSize ? std::bitset<kSize>() : seen_ << static_cast<std::size_t>(ahead);
    seen_.set(0);
    next_ = counter + 1;
    return true;
  }
  const std::uint64_t behind = next_ - 1 - counter;
  if (behind >= kSize || seen_.test(static_cast<std::size_t>(behind))) return false;
  seen_.set(static_cast<std::size_t>(behind));
  return true;
}

}  // namespace vistime::media
