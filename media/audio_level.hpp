// The loudness that an audio object's header carries, and whether somebody speaks.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "base/clock.hpp"

namespace vistime::media {

inline constexpr std::uint8_t kSilentLevel = 127;

// RFC 6464 and the appendix of RFC 6465: the root mean square in -dBov, 0 the loudest, 127 digital silence.
std::uint8_t audio_level(std::span<const std::int16_t> samples);

// Speech, by level above the room's noise, which it learns; it holds on for a while after the last loud block,
// so that the ends of words are sent too.
class VoiceActivity {
 public:
  static constexpr std::uint8_t kThreshold = 55;  // speech lies at 20 to 45
  static constexpr std::uint8_t kAboveNoise = 9;  // dB over the noise floor
  static constexpr base::Duration kHangover{std::chrono::milliseconds(400)};

  // The level of one block of 20 ms; true while somebody speaks.
  bool update(std::uint8_t level);
  std::uint8_t noise_floor() const { return static_cast<std::uint8_t>(noise_); }

 private:
  float noise_ = 75;  // -dBov; a quiet room
  int hangover_blocks_ = 0;
};

}  // namespace vistime::media
