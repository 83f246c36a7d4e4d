// VP8 and VP9 by libvpx, in real time: no look-ahead, constant bitrate, keyframes when asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "media/frame.hpp"

struct vpx_codec_ctx;

namespace vistime::media {

enum class VideoCodec : std::uint8_t { kVp8, kVp9 };

struct EncodedFrame {
  base::Bytes bytes;
  std::int64_t time_us = 0;
  bool keyframe = false;
  bool discardable = false;         // nothing refers to it: temporal layer 1
  std::uint8_t temporal_layer = 0;  // 0 or 1
  int width = 0;
  int height = 0;
};

struct VpxContext;
struct FreeVpxContext {
  void operator()(VpxContext* context) const;
};

class VideoEncoder {
 public:
  struct Settings {
    VideoCodec codec = VideoCodec::kVp8;
    int width = 640;
    int height = 360;
    int bitrate = 600'000;    // bits a second
    int frame_rate = 30;      // expected; the frames' times count
    int temporal_layers = 1;  // 2 (L1T2: every second frame may be left out) with VP8 only
    int threads = 0;          // 0: as many as the size is worth
  };
  static base::Result<VideoEncoder> create(Settings settings);

  // Nothing when the rate control skipped the frame. The frame has the size of the settings; `time_us`, of its
  // capture, grows.
  base::Result<std::optional<EncodedFrame>> encode(const I420Frame& frame, std::int64_t time_us);
  // The next encoded frame is a keyframe.
  void request_keyframe() { keyframe_wanted_ = true; }
  base::Result<void> set_bitrate(int bits_per_second);
  const Settings& settings() const { return settings_; }

 private:
  VideoEncoder() = default;
  long next_flags();
  base::Result<std::optional<EncodedFrame>> take_packet(std::int64_t time_us);
  std::unique_ptr<VpxContext, FreeVpxContext> context_;
  Settings settings_;
  bool keyframe_wanted_ = true;
  bool upper_layer_next_ = false;  // with two temporal layers
  std::uint8_t temporal_layer_ = 0;
  std::optional<std::int64_t> first_time_us_;
  std::int64_t last_pts_ = -1;
};

class VideoDecoder {
 public:
  static base::Result<VideoDecoder> create(VideoCodec codec);

  // The picture; nothing for a frame that is not to be shown. A damaged frame, or one before the
  // first keyframe, fails as kInvalid: ask for a keyframe.
  base::Result<std::optional<I420Frame>> decode(base::BytesView frame);

 private:
  VideoDecoder() = default;
  base::Result<void> begin();
  std::unique_ptr<VpxContext, FreeVpxContext> context_;
  VideoCodec codec_ = VideoCodec::kVp8;
};

}  // namespace vistime::media
