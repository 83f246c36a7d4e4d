// A picture as video codecs take and give it: I420, that is one plane of luma and two of chroma at half the
// width and height (rounded up), eight bits a sample. The planes are tight: a plane's stride is its width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vistime::media {

// 8K UHD; no camera, screen or file that we take is larger, and a hostile size costs at most 50 MB.
inline constexpr int kMaxFrameWidth = 7680;
inline constexpr int kMaxFrameHeight = 4320;

struct I420Frame {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> y;  // width x height
  std::vector<std::uint8_t> u;  // chroma_width() x chroma_height()
  std::vector<std::uint8_t> v;  // the same

  // A black frame (luma 16, chroma 128). Both sizes must be in 1…kMaxFrameWidth/Height.
  static I420Frame make(int width, int height) {
    I420Frame frame;
    frame.width = width;
    frame.height = height;
    frame.y.assign(frame.luma_size(), 16);
    frame.u.assign(frame.chroma_size(), 128);
    frame.v.assign(frame.chroma_size(), 128);
    return frame;
  }

  int chroma_width() const { return (width + 1) / 2; }
  int chroma_height() const { return (height + 1) / 2; }
  int stride_y() const { return width; }
  int stride_uv() const { return chroma_width(); }
  std::size_t luma_size() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
  std::size_t chroma_size() const {
    return static_cast<std::size_t>(chroma_width()) * static_cast<std::size_t>(chroma_height());
  }
  std::size_t size_bytes() const { return luma_size() + 2 * chroma_size(); }
  bool empty() const { return width == 0 || height == 0; }

  // True when the sizes are in range and every plane has exactly the size that they call for.
  bool valid() const {
    return width > 0 && height > 0 && width <= kMaxFrameWidth && height <= kMaxFrameHeight &&
           y.size() == luma_size() && u.size() == chroma_size() && v.size() == chroma_size();
  }

  friend bool operator==(const I420Frame&, const I420Frame&) = default;
};

}  // namespace vistime::media
