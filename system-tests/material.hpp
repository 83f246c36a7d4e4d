// What is sent in the tests, and how to tell whether it arrived: sound that correlates with itself at one place only, and
// pictures that carry their number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "media/frame.hpp"

namespace vistime::system_tests {

using Samples = std::vector<std::int16_t>;

// 48 kHz mono: sweeps between 200 and 2,000 Hz whose length and loudness never repeat.
Samples make_sound(double seconds, std::uint32_t seed);
void write_wav(const std::filesystem::path& path, const Samples& samples);
Samples read_wav(const std::filesystem::path& path);

// Where in `recorded` the sent sound begins (samples), and how alike the two are from there on: Pearson's r, 1 for equal.
struct Likeness {
  std::ptrdiff_t offset = 0;
  double correlation = 0;
};
Likeness compare(const Samples& sent, const Samples& recorded);

// Frames numbered 0, 1, 2…: 16 bits as black and white blocks in the upper half, a moving pattern below.
void write_numbered_y4m(const std::filesystem::path& path, int width, int height, int frame_rate, int frames);
std::optional<int> number_of(const media::I420Frame& frame);

// The numbers of a recorded IVF's frames, decoded, with their times; frames that do not decode are left out.
struct NumberedFrame {
  int number = 0;
  std::int64_t time_ms = 0;
  int width = 0;
};
std::vector<NumberedFrame> read_numbered_ivf(const std::filesystem::path& path);

}  // namespace vistime::system_tests
