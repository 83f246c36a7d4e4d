#include "material.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>

#include "media/ivf_file.hpp"
#include "media/vpx_codec.hpp"
#include "media/wav_file.hpp"
#include "media/y4m_file.hpp"

namespace vistime::system_tests {
namespace {

constexpr int kRate = 48'000;
constexpr int kBits = 16;
// The coarse search runs on every twelfth sample: 4 kHz, enough for the sweeps' lower half after averaging.
constexpr std::ptrdiff_t kCoarse = 12;

template <typename T>
T value_of(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

void check(const base::Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

double correlation_at(const std::vector<double>& sent, const std::vector<double>& recorded,
                      std::ptrdiff_t offset) {
  double sum_s = 0, sum_r = 0, ss = 0, rr = 0, sr = 0;
  std::size_t count = 0;
  const auto begin = std::max<std::ptrdiff_t>(0, -offset);
  const auto end = std::min(std::ssize(sent), std::ssize(recorded) - offset);
  for (auto i = begin; i < end; ++i) {
    const double s = sent[static_cast<std::size_t>(i)], r = recorded[static_cast<std::size_t>(i + offset)];
    sum_s += s;
    sum_r += r;
    ss += s * s;
    rr += r * r;
    sr += s * r;
    ++count;
  }
  // Half of it at least must overlap, else a short coincidence would win.
  if (count * 2 < sent.size()) return 0;
  const auto n = static_cast<double>(count);
  const double variance = (ss - sum_s * sum_s / n) * (rr - sum_r * sum_r / n);
  return variance <= 0 ? 0 : (sr - sum_s * sum_r / n) / std::sqrt(variance);
}

std::vector<double> averaged(const Samples& samples, std::ptrdiff_t by) {
  std::vector<double> out(samples.size() / static_cast<std::size_t>(by));
  for (std::size_t i = 0; i < out.size(); ++i) {
    double sum = 0;
    for (std::ptrdiff_t k = 0; k < by; ++k)
      sum += samples[i * static_cast<std::size_t>(by) + static_cast<std::size_t>(k)];
    out[i] = sum / static_cast<double>(by);
  }
  return out;
}

Likeness best_between(const std::vector<double>& sent, const std::vector<double>& recorded,
                      std::ptrdiff_t first, std::ptrdiff_t last) {
  Likeness best;
  for (auto offset = first; offset <= last; ++offset) {
    const double correlation = correlation_at(sent, recorded, offset);
    if (correlation > best.correlation) best = {offset, correlation};
  }
  return best;
}

}  // namespace

Samples make_sound(double seconds, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> unit(0, 1);
  Samples samples;
  const auto wanted = static_cast<std::size_t>(seconds * kRate);
  double phase = 0, from = 300;
  while (samples.size() < wanted) {
    const double to = 200 + unit(random) * 1800;
    const double loudness = 3000 + unit(random) * 9000;
    const auto length = static_cast<int>((0.08 + unit(random) * 0.3) * kRate);
    for (int i = 0; i < length && samples.size() < wanted; ++i) {
      const double position = static_cast<double>(i) / length;
      phase += 2 * std::numbers::pi * (from + (to - from) * position) / kRate;
      // Each sweep swells and fades, as syllables do.
      samples.push_back(
          static_cast<std::int16_t>(loudness * std::sin(std::numbers::pi * position) * std::sin(phase)));
    }
    from = to;
  }
  return samples;
}

void write_wav(const std::filesystem::path& path, const Samples& samples) {
  auto writer = value_of(media::WavWriter::create(path.string(), 1));
  check(writer->write(samples));
  check(writer->close());
}

Samples read_wav(const std::filesystem::path& path) {
  auto reader = value_of(media::WavReader::open(path.string()));
  Samples samples;
  std::vector<std::int16_t> block;
  while (value_of(reader->read(block))) samples.insert(samples.end(), block.begin(), block.end());
  return samples;
}

Likeness compare(const Samples& sent, const Samples& recorded) {
  const auto coarse_sent = averaged(sent, kCoarse), coarse_recorded = averaged(recorded, kCoarse);
  const auto coarse = best_between(coarse_sent, coarse_recorded, -std::ssize(coarse_sent) / 2,
                                   std::ssize(coarse_recorded) - std::ssize(coarse_sent) / 2);
  const std::vector<double> fine_sent(sent.begin(), sent.end()),
      fine_recorded(recorded.begin(), recorded.end());
  const auto centre = coarse.offset * kCoarse;
  return best_between(fine_sent, fine_recorded, centre - 2 * kCoarse, centre + 2 * kCoarse);
}

void write_numbered_y4m(const std::filesystem::path& path, int width, int height, int frame_rate,
                        int frames) {
  media::Y4mFormat format;
  format.width = width;
  format.height = height;
  format.rate_numerator = static_cast<std::uint32_t>(frame_rate);
  auto writer = value_of(media::Y4mWriter::create(path.string(), format));
  auto frame = media::I420Frame::make(width, height);
  for (int number = 0; number < frames; ++number) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const bool bit = (number >> (x * kBits / width) & 1) != 0;
        const int pattern = 64 + ((x + number * 2) / 16 + y / 16) % 2 * 96;
        frame.y[static_cast<std::size_t>(y * width + x)] =
            static_cast<std::uint8_t>(y < height / 2 ? (bit ? 235 : 16) : pattern);
      }
    }
    check(writer->write(frame));
  }
  check(writer->close());
}

std::optional<int> number_of(const media::I420Frame& frame) {
  int number = 0;
  for (int bit = 0; bit < kBits; ++bit) {
    // The middle of the block: its edges are blurred.
    const int x = (2 * bit + 1) * frame.width / (2 * kBits), y = frame.height / 4;
    const int value = frame.y[static_cast<std::size_t>(y * frame.width + x)];
    if (value > 96 && value < 160) return std::nullopt;
    if (value >= 160) number |= 1 << bit;
  }
  return number;
}

std::vector<NumberedFrame> read_numbered_ivf(const std::filesystem::path& path) {
  auto reader = value_of(media::IvfReader::open(path.string()));
  const auto codec =
      reader->header().codec == media::IvfCodec::kVp9 ? media::VideoCodec::kVp9 : media::VideoCodec::kVp8;
  auto decoder = value_of(media::VideoDecoder::create(codec));
  std::vector<NumberedFrame> frames;
  media::IvfFrame frame;
  while (value_of(reader->read(frame))) {
    const auto picture = decoder.decode(frame.data);
    if (!picture || !*picture) continue;
    if (const auto number = number_of(**picture)) {
      frames.push_back({*number, static_cast<std::int64_t>(frame.time), (*picture)->width});
    }
  }
  return frames;
}

}  // namespace vistime::system_tests
