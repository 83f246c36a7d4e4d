// Tells whether a counter has been seen: a window behind the highest one, as in RFC 4303 section 3.4.3. What is older than
// the window counts as seen.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace vistime::media {

class ReplayWindow {
 public:
  // Ten seconds of audio and more than a second of any video, in whatever order it comes.
  static constexpr std::uint64_t kSize = 512;

  // True the first time for each counter.
  bool accept(std::uint64_t counter);

 private:
  // Bit n: next_ - 1 - n was seen.
  std::bitset<kSize> seen_;
  std::uint64_t next_ = 0;
};

}  // namespace vistime::media
