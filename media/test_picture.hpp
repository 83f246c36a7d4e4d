// For this folder's tests: a picture that moves, with gradients and edges as cameras see them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "media/frame.hpp"

namespace vistime::media {

inline I420Frame test_picture(int width, int height, int number) {
  auto frame = I420Frame::make(width, height);
  const int box = number * 3 % width;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool in_box = (x - box) * (x - box) < width && y > height / 3 && y < height / 2;
      const int shade = 40 + (x * 100 / width + y * 80 / height + number) % 180;
      frame.y[static_cast<std::size_t>(y * width + x)] = static_cast<std::uint8_t>(in_box ? 220 : shade);
    }
  }
  const auto row = static_cast<std::size_t>((width + 1) / 2);
  for (std::size_t i = 0; i < frame.u.size(); ++i) {
    frame.u[i] = static_cast<std::uint8_t>(100 + i % row * 50 / row);
    frame.v[i] = static_cast<std::uint8_t>(150 - i / row * 50 / row);
  }
  return frame;
}

// 10 log10 (255² / mean squared error) of the luma; 99 for equal pictures, 0 for different sizes.
inline double luma_psnr(const I420Frame& a, const I420Frame& b) {
  if (a.width != b.width || a.height != b.height) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < a.y.size(); ++i) {
    const double difference = static_cast<double>(a.y[i]) - b.y[i];
    sum += difference * difference;
  }
  if (sum == 0) return 99;
  return std::min(99.0, 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.y.size()) / sum));
}

}  // namespace vistime::media
