#include "media/audio_level.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace vistime::media {
namespace {

std::vector<std::int16_t> sine(double amplitude) {
  std::vector<std::int16_t> out(960);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::int16_t>(
        amplitude * std::sin(2 * std::numbers::pi * 1000.0 * static_cast<double>(i) / 48'000));
  }
  return out;
}

TEST(AudioLevel, silence_is_127_and_a_full_square_wave_0) {
  EXPECT_EQ(audio_level(std::vector<std::int16_t>(960)), 127);
  EXPECT_EQ(audio_level(std::vector<std::int16_t>(960, -32'768)), 0);
  EXPECT_EQ(audio_level({}), 127);
}

TEST(AudioLevel, a_full_sine_is_3_and_a_tenth_of_it_23) {
  EXPECT_EQ(audio_level(sine(32'767)), 3);
  EXPECT_EQ(audio_level(sine(3'276.7)), 23);
  EXPECT_EQ(audio_level(sine(32.767)), 63);
}

TEST(AudioLevel, a_single_lowest_bit_is_within_the_scale) {
  std::vector<std::int16_t> block(960);
  block[0] = 1;
  EXPECT_EQ(audio_level(block), 120);
}

TEST(VoiceActivity, speech_is_noticed_with_its_first_block_and_held_over_a_pause) {
  VoiceActivity voice;
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(voice.update(75));
  EXPECT_TRUE(voice.update(30));
  int held = 0;
  while (voice.update(75)) ++held;
  EXPECT_EQ(held, 19);
}

TEST(VoiceActivity, a_steady_fan_becomes_noise_and_speech_above_it_is_still_noticed) {
  VoiceActivity voice;
  for (int i = 0; i < 3'000; ++i) voice.update(50);
  EXPECT_FALSE(voice.update(50));
  EXPECT_TRUE(voice.update(28));
}

TEST(VoiceActivity, a_long_speech_is_not_taken_for_noise) {
  VoiceActivity voice;
  for (int i = 0; i < 50; ++i) voice.update(75);
  int active = 0;
  for (int i = 0; i < 50 * 60; ++i) active += voice.update(i % 50 < 35 ? 30 : 75) ? 1 : 0;
  EXPECT_GE(active, 50 * 60 - 10);
}

}  // namespace
}  // namespace vistime::media
