// Which rung of the ladder is tried when, and which wins: no I/O. The next is started when the last started has been
// silent for a while, or at once when nothing is under way; the first to succeed wins.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "base/clock.hpp"

namespace vistime::transport::reach {

// Long enough for a round trip round half the world to answer, short enough that nobody notices the detour (RFC 8305
// chose the same for addresses).
inline constexpr auto kStagger = std::chrono::milliseconds(250);

class Race {
 public:
  Race(std::size_t rungs, base::Duration stagger);

  // The rung to start now, if any; ask until it answers none.
  std::optional<std::size_t> next(base::TimePoint now);
  // When to ask again; nothing while only running rungs can bring news.
  std::optional<base::TimePoint> wake() const;
  // The rung's attempt ended. The first success wins, later ones answer false.
  bool succeeded(std::size_t rung);
  void failed(std::size_t rung);
  // Something was learnt that makes this rung likely: it starts next and at once, if it has not yet.
  void hurry(std::size_t rung);

  std::optional<std::size_t> winner() const { return winner_; }
  // Nobody won and nobody will.
  bool lost() const { return !winner_ && running_ == 0 && waiting_.empty(); }

 private:
  base::Duration stagger_;
  std::deque<std::size_t> waiting_;
  bool hurried_ = false;  // the first of them
  std::size_t running_ = 0;
  std::optional<base::TimePoint> last_start_;
  std::optional<std::size_t> winner_;
};

}  // namespace vistime::transport::reach
