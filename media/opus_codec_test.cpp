#include "media/opus_codec.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "media/audio_level.hpp"

namespace vistime::media {
namespace {

// A voice-like tone: 200 Hz with harmonics, swelling twice a second.
Samples voice(int block, int channels = 1) {
  Samples out;
  for (int i = 0; i < kAudioFrame; ++i) {
    const double t = (block * kAudioFrame + i) / static_cast<double>(kAudioRate);
    double value = 0;
    for (int harmonic = 1; harmonic <= 8; ++harmonic) {
      value += std::sin(2 * std::numbers::pi * 200 * harmonic * t) / harmonic;
    }
    value *= 6'000 * (0.6 + 0.4 * std::sin(2 * std::numbers::pi * 2 * t));
    for (int channel = 0; channel < channels; ++channel) out.push_back(static_cast<std::int16_t>(value));
  }
  return out;
}

// Best normalised correlation over the codec's delay.
double similarity(const Samples& a, const Samples& b) {
  double best = 0;
  for (std::size_t lag = 0; lag < 1'000; ++lag) {
    double ab = 0;
    double aa = 1;
    double bb = 1;
    for (std::size_t i = 0; i + lag < b.size() && i < a.size(); ++i) {
      ab += static_cast<double>(a[i]) * b[i + lag];
      aa += static_cast<double>(a[i]) * a[i];
      bb += static_cast<double>(b[i + lag]) * b[i + lag];
    }
    best = std::max(best, ab / std::sqrt(aa * bb));
  }
  return best;
}

void append(Samples& to, const Samples& what) { to.insert(to.end(), what.begin(), what.end()); }

TEST(Opus, what_comes_out_resembles_what_went_in_in_mono_and_stereo) {
  for (const int channels : {1, 2}) {
    auto encoder = AudioEncoder::create({.channels = channels});
    auto decoder = AudioDecoder::create(channels);
    ASSERT_TRUE(encoder && decoder);
    Samples sent;
    Samples got;
    for (int block = 0; block < 50; ++block) {
      append(sent, voice(block, channels));
      const auto packet = encoder->encode(voice(block, channels));
      ASSERT_TRUE(packet);
      EXPECT_LE(packet->size(), 300U);
      const auto decoded = decoder->decode(*packet);
      ASSERT_TRUE(decoded);
      EXPECT_EQ(decoded->size(), static_cast<std::size_t>(kAudioFrame * channels));
      append(got, *decoded);
    }
    EXPECT_GT(similarity(sent, got), 0.93) << channels;  // the high-pass for voice turns the phase
  }
}

TEST(Opus, a_lost_frame_is_recovered_from_the_next_ones_copy) {
  auto encoder = AudioEncoder::create({.bitrate = 32'000, .expected_loss = 20});
  auto decoder = AudioDecoder::create(1);
  Samples whole;
  Samples repaired;
  auto reference = AudioDecoder::create(1);
  std::vector<base::Bytes> packets;
  for (int block = 0; block < 60; ++block) packets.push_back(*encoder->encode(voice(block)));
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    append(whole, *reference->decode(packets[i]));
    const bool lost = i % 10 == 9;
    append(repaired, lost ? *decoder->decode_fec(packets[i + 1]) : *decoder->decode(packets[i]));
  }
  ASSERT_EQ(whole.size(), repaired.size());
  EXPECT_GT(similarity(whole, repaired), 0.9);
}

TEST(Opus, concealment_goes_on_for_a_moment_and_fades_to_silence) {
  auto encoder = AudioEncoder::create({});
  auto decoder = AudioDecoder::create(1);
  for (int block = 0; block < 20; ++block) ASSERT_TRUE(decoder->decode(*encoder->encode(voice(block))));
  EXPECT_LT(audio_level(*decoder->conceal()), 40);
  Samples last;
  for (int i = 0; i < 50; ++i) last = *decoder->conceal();
  EXPECT_GT(audio_level(last), 50);
}

TEST(Opus, what_is_not_opus_fails_and_the_decoder_goes_on) {
  auto encoder = AudioEncoder::create({});
  auto decoder = AudioDecoder::create(1);
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    base::Bytes noise(random() % 80);
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
    const auto decoded = decoder->decode(noise);
    if (!decoded) {
      EXPECT_EQ(decoded.error().kind, base::ErrorKind::kInvalid);
    }
    EXPECT_TRUE(decoder->decode_fec(noise) || !noise.empty());
  }
  EXPECT_FALSE(decoder->decode({}));
  EXPECT_TRUE(decoder->decode(*encoder->encode(voice(0))));
}

TEST(Opus, wrong_settings_and_sizes_are_refused) {
  EXPECT_FALSE(AudioEncoder::create({.channels = 3}));
  EXPECT_FALSE(AudioEncoder::create({.bitrate = 100}));
  EXPECT_FALSE(AudioEncoder::create({.expected_loss = 101}));
  EXPECT_FALSE(AudioDecoder::create(0));
  auto encoder = AudioEncoder::create({});
  EXPECT_FALSE(encoder->encode(Samples(959)));
}

TEST(Opus, the_bitrate_follows_what_is_set_at_run_time) {
  auto encoder = AudioEncoder::create({.bitrate = 64'000});
  const auto bytes_in_a_second = [&](int from) {
    std::size_t sum = 0;
    for (int block = from; block < from + 50; ++block) sum += encoder->encode(voice(block))->size();
    return sum;
  };
  const auto before = bytes_in_a_second(0);
  ASSERT_TRUE(encoder->set_bitrate(16'000));
  EXPECT_LT(bytes_in_a_second(50), before / 2);
}

}  // namespace
}  // namespace vistime::media
