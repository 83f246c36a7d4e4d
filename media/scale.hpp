// Pictures made larger or smaller. Shrinking averages all the pixels that fall together (a box filter), so
// that the text of a shared screen does not break up; enlarging interpolates.
#pragma once

#include "base/result.hpp"
#include "media/frame.hpp"

namespace vistime::media {

// The frame at `width` x `height`; the ratio of the sides is the caller's affair. kInvalid when the frame is
// not valid() or a size is out of 1…kMaxFrameWidth/Height.
base::Result<I420Frame> scale(const I420Frame& from, int width, int height);

// The same into a frame that keeps its memory and says the size wanted. `to` must not be `from`.
base::Result<void> scale_into(const I420Frame& from, I420Frame& to);

}  // namespace vistime::media
