#include "media/scale.hpp"

#include <libyuv/scale.h>

namespace vistime::media {

using base::ErrorKind;

base::Result<I420Frame> scale(const I420Frame& from, int width, int height) {
  if (width < 1 || height < 1 || width > kMaxFrameWidth || height > kMaxFrameHeight)
    return base::fail(ErrorKind::kInvalid, "a picture cannot be scaled to {}x{}: sizes go from 1x1 to {}x{}",
                      width, height, kMaxFrameWidth, kMaxFrameHeight);
  if (width == from.width && height == from.height && from.valid()) return from;
  auto to = I420Frame::make(width, height);
  if (auto scaled = scale_into(from, to); !scaled) return std::unexpected(scaled.error());
  return to;
}

base::Result<void> scale_into(const I420Frame& from, I420Frame& to) {
  if (!from.valid() || !to.valid())
    return base::fail(ErrorKind::kInvalid, "a picture whose planes do not fit its size cannot be scaled");
  const int failed =
      libyuv::I420Scale(from.y.data(), from.stride_y(), from.u.data(), from.stride_uv(), from.v.data(),
                        from.stride_uv(), from.width, from.height, to.y.data(), to.stride_y(), to.u.data(),
                        to.stride_uv(), to.v.data(), to.stride_uv(), to.width, to.height, libyuv::kFilterBox);
  if (failed != 0)
    return base::fail(ErrorKind::kInternal, "scaling {}x{} to {}x{} failed", from.width, from.height,
                      to.width, to.height);
  return {};
}

}  // namespace vistime::media
