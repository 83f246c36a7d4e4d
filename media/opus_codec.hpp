// Opus (RFC 6716) at 48 kHz in frames of 20 ms: 960 samples a channel, interleaved int16.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

struct OpusEncoder;
struct OpusDecoder;

namespace vistime::media {

inline constexpr int kAudioRate = 48'000;
inline constexpr int kAudioFrame = 960;  // samples a channel in 20 ms

using Samples = std::vector<std::int16_t>;

class AudioEncoder {
 public:
  struct Settings {
    int channels = 1;       // 1 or 2
    int bitrate = 32'000;   // bits a second; speech is transparent from 24,000 on
    int expected_loss = 5;  // percent; decides how much in-band FEC is spent
    bool music = false;     // screen audio: tuned for music instead of speech
  };
  static base::Result<AudioEncoder> create(Settings settings);

  // Exactly 960 samples a channel.
  base::Result<base::Bytes> encode(std::span<const std::int16_t> block);
  base::Result<void> set_bitrate(int bits_per_second);
  base::Result<void> set_expected_loss(int percent);
  int channels() const { return channels_; }

 private:
  struct Free {
    void operator()(OpusEncoder* encoder) const;
  };
  AudioEncoder() = default;
  std::unique_ptr<OpusEncoder, Free> encoder_;
  int channels_ = 1;
};

class AudioDecoder {
 public:
  static base::Result<AudioDecoder> create(int channels);

  // Each answers 960 samples a channel. A packet that is not Opus, or not 20 ms long, fails as kInvalid and
  // leaves the decoder usable: conceal() instead.
  base::Result<Samples> decode(base::BytesView packet);
  // The 20 ms before `next`, from the copy that `next` carries in band; concealment where it carries none.
  base::Result<Samples> decode_fec(base::BytesView next);
  base::Result<Samples> conceal();
  int channels() const { return channels_; }

 private:
  struct Free {
    void operator()(OpusDecoder* decoder) const;
  };
  AudioDecoder() = default;
  base::Result<Samples> run(base::BytesView packet, bool fec);
  std::unique_ptr<OpusDecoder, Free> decoder_;
  int channels_ = 1;
};

}  // namespace vistime::media
