#include "media/audio_level.hpp"

#include <algorithm>
#include <cmath>

namespace vistime::media {
namespace {

constexpr int kHangoverBlocks = static_cast<int>(VoiceActivity::kHangover / std::chrono::milliseconds(20));
// Per block: down to a new quiet at once, up in some 10 s, so that a sentence is not taken for noise.
constexpr float kNoiseDown = 0.3F;
constexpr float kNoiseUp = 0.002F;
// Beyond this loudness nothing is noise: a fan, at worst.
constexpr float kLoudestNoise = 45;

}  // namespace

std::uint8_t audio_level(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += static_cast<double>(sample) * sample;
  if (sum == 0) return kSilentLevel;
  const double power = sum / static_cast<double>(samples.size()) / (32'768.0 * 32'768.0);
  return static_cast<std::uint8_t>(std::clamp(std::lround(-10 * std::log10(power)), 0L, 127L));
}

bool VoiceActivity::update(std::uint8_t level) {
  const float quietness = level;
  noise_ += (quietness > noise_ ? kNoiseDown : kNoiseUp) * (quietness - noise_);
  noise_ = std::clamp(noise_, kLoudestNoise, static_cast<float>(kSilentLevel));
  if (level <= kThreshold && quietness + kAboveNoise <= noise_) {
    hangover_blocks_ = kHangoverBlocks;
    return true;
  }
  if (hangover_blocks_ > 0) --hangover_blocks_;
  return hangover_blocks_ > 0;
}

}  // namespace vistime::media
