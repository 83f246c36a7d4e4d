#include "media/vpx_codec.hpp"

#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace vistime::media {

struct VpxContext {
  vpx_codec_ctx_t codec{};
  vpx_codec_enc_cfg_t config{};
  bool ready = false;
};

void FreeVpxContext::operator()(VpxContext* context) const {
  if (context->ready) vpx_codec_destroy(&context->codec);
  delete context;
}

namespace {

using base::ErrorKind;
using base::fail;

constexpr int kMicroseconds = 1'000'000;
constexpr unsigned kLowerLayerPercent = 60;  // of the bitrate, with two temporal layers
constexpr int kVp8Speed = -8;                // negative: fixed; 720p at 30 fps in a third of a core
constexpr int kVp9Speed = 8;                 // made for real time
// A keyframe may take as many times the average frame, in percent, so that it does not block the line.
constexpr unsigned kLargestKeyframePercent = 600;
// The lower layer refers to and replaces the last picture only; the upper one replaces nothing, not even
// probabilities, so that it can be left out.
constexpr long kLowerFlags =
    VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF;
constexpr long kUpperFlags = VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_LAST |
                             VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_UPD_ENTROPY;

unsigned threads_for(const VideoEncoder::Settings& settings) {
  if (settings.threads > 0) return static_cast<unsigned>(std::min(settings.threads, 8));
  const int pixels = settings.width * settings.height;
  return pixels >= 1'920 * 1'080 ? 4 : pixels >= 960 * 540 ? 2 : 1;
}

void set_rates(vpx_codec_enc_cfg_t& config, int bits_per_second, int temporal_layers) {
  config.rc_target_bitrate = static_cast<unsigned>(std::max(1, bits_per_second / 1'000));
  if (temporal_layers == 2) {
    config.ts_target_bitrate[0] = std::max(1U, config.rc_target_bitrate * kLowerLayerPercent / 100);
    config.ts_target_bitrate[1] = config.rc_target_bitrate;
  }
}

void fill(vpx_codec_enc_cfg_t& config, const VideoEncoder::Settings& settings) {
  config.g_w = static_cast<unsigned>(settings.width);
  config.g_h = static_cast<unsigned>(settings.height);
  config.g_timebase = {1, kMicroseconds};
  config.g_threads = threads_for(settings);
  config.g_lag_in_frames = 0;
  config.g_pass = VPX_RC_ONE_PASS;
  config.kf_mode = VPX_KF_AUTO;
  config.kf_max_dist = 9'000;  // five minutes: keyframes come on request
  config.rc_end_usage = VPX_CBR;
  config.rc_min_quantizer = 4;
  config.rc_max_quantizer = 58;
  config.rc_undershoot_pct = 100;
  config.rc_overshoot_pct = 15;
  config.rc_buf_initial_sz = 500;  // milliseconds
  config.rc_buf_optimal_sz = 600;
  config.rc_buf_sz = 1'000;
  config.rc_dropframe_thresh = 30;
  config.rc_resize_allowed = 0;
  if (settings.temporal_layers == 2) {
    config.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    config.ts_number_layers = 2;
    config.ts_rate_decimator[0] = 2;
    config.ts_rate_decimator[1] = 1;
    config.ts_periodicity = 2;
    config.ts_layer_id[0] = 0;
    config.ts_layer_id[1] = 1;
  }
  set_rates(config, settings.bitrate, settings.temporal_layers);
}

bool control_vp8(vpx_codec_ctx_t* codec) {
  return vpx_codec_control(codec, VP8E_SET_CPUUSED, kVp8Speed) == VPX_CODEC_OK &&
         vpx_codec_control(codec, VP8E_SET_STATIC_THRESHOLD, 1U) == VPX_CODEC_OK &&
         vpx_codec_control(codec, VP8E_SET_MAX_INTRA_BITRATE_PCT, kLargestKeyframePercent) == VPX_CODEC_OK;
}

bool control_vp9(vpx_codec_ctx_t* codec, const VideoEncoder::Settings& settings) {
  const int tile_columns = settings.width >= 1'280 ? 2 : settings.width >= 640 ? 1 : 0;  // as powers of two
  return vpx_codec_control(codec, VP8E_SET_CPUUSED, kVp9Speed) == VPX_CODEC_OK &&
         vpx_codec_control(codec, VP9E_SET_AQ_MODE, 3U) == VPX_CODEC_OK &&  // cyclic refresh: no pumping
         vpx_codec_control(codec, VP9E_SET_ROW_MT, 1U) == VPX_CODEC_OK &&
         vpx_codec_control(codec, VP9E_SET_TILE_COLUMNS, tile_columns) == VPX_CODEC_OK &&
         vpx_codec_control(codec, VP8E_SET_MAX_INTRA_BITRATE_PCT, kLargestKeyframePercent) == VPX_CODEC_OK;
}

// What libvpx counts unsigned; anything absurd becomes a size that is refused.
int as_int(unsigned size) { return static_cast<int>(std::min(size, 1U << 20)); }

bool is_frame_size(int width, int height) {
  return width > 0 && height > 0 && width <= kMaxFrameWidth && height <= kMaxFrameHeight;
}

// From the decoder's padded rows into tight ones.
void copy_plane(const vpx_image_t& image, int plane, int row_bytes, std::span<std::uint8_t> to) {
  const std::uint8_t* from = image.planes[plane];
  for (; to.size() >= static_cast<std::size_t>(row_bytes);
       to = to.subspan(static_cast<std::size_t>(row_bytes))) {
    std::copy_n(from, row_bytes, to.data());
    from += image.stride[plane];
  }
}

std::string_view detail(vpx_codec_ctx_t* codec) {
  const char* text = vpx_codec_error_detail(codec);
  if (text == nullptr) text = vpx_codec_error(codec);
  return text == nullptr ? "unknown" : text;
}

}  // namespace

base::Result<VideoEncoder> VideoEncoder::create(Settings settings) {
  const bool vp8 = settings.codec == VideoCodec::kVp8;
  if (!is_frame_size(settings.width, settings.height) || settings.bitrate < 1'000 ||
      settings.frame_rate < 1) {
    return fail(ErrorKind::kInvalid, "cannot encode {}x{} at {} bit/s", settings.width, settings.height,
                settings.bitrate);
  }
  if (settings.temporal_layers < 1 || settings.temporal_layers > (vp8 ? 2 : 1)) {
    return fail(ErrorKind::kUnsupported, "{} temporal layers are not supported: 1, or 2 with VP8",
                settings.temporal_layers);
  }
  VideoEncoder out;
  out.settings_ = settings;
  out.context_.reset(new VpxContext);
  VpxContext& context = *out.context_;
  vpx_codec_iface_t* interface = vp8 ? vpx_codec_vp8_cx() : vpx_codec_vp9_cx();
  if (vpx_codec_enc_config_default(interface, &context.config, 0) != VPX_CODEC_OK) {
    return fail(ErrorKind::kUnsupported, "this build of libvpx cannot encode {}", vp8 ? "VP8" : "VP9");
  }
  fill(context.config, settings);
  if (vpx_codec_enc_init(&context.codec, interface, &context.config, 0) != VPX_CODEC_OK) {
    return fail(ErrorKind::kInternal, "libvpx refused its settings: {}", detail(&context.codec));
  }
  context.ready = true;
  if (vp8 ? !control_vp8(&context.codec) : !control_vp9(&context.codec, settings)) {
    return fail(ErrorKind::kInternal, "libvpx refused a control: {}", detail(&context.codec));
  }
  return out;
}

long VideoEncoder::next_flags() {
  if (keyframe_wanted_) {
    temporal_layer_ = 0;
    return VPX_EFLAG_FORCE_KF;
  }
  if (settings_.temporal_layers == 1) return 0;
  temporal_layer_ = upper_layer_next_ ? 1 : 0;
  return upper_layer_next_ ? kUpperFlags : kLowerFlags;
}

base::Result<std::optional<EncodedFrame>> VideoEncoder::encode(const I420Frame& frame, std::int64_t time_us) {
  if (frame.width != settings_.width || frame.height != settings_.height || !frame.valid()) {
    return fail(ErrorKind::kInvalid, "the encoder takes {}x{}, not {}x{}", settings_.width, settings_.height,
                frame.width, frame.height);
  }
  vpx_image_t image{};
  // libvpx only reads the planes, though its type does not say so.
  auto* luma = const_cast<std::uint8_t*>(frame.y.data());
  if (vpx_img_wrap(&image, VPX_IMG_FMT_I420, static_cast<unsigned>(frame.width),
                   static_cast<unsigned>(frame.height), 1, luma) == nullptr) {
    return fail(ErrorKind::kInternal, "libvpx refused a picture of {}x{}", frame.width, frame.height);
  }
  image.planes[VPX_PLANE_Y] = luma;
  image.planes[VPX_PLANE_U] = const_cast<std::uint8_t*>(frame.u.data());
  image.planes[VPX_PLANE_V] = const_cast<std::uint8_t*>(frame.v.data());
  image.stride[VPX_PLANE_Y] = frame.stride_y();
  image.stride[VPX_PLANE_U] = frame.stride_uv();
  image.stride[VPX_PLANE_V] = frame.stride_uv();
  if (!first_time_us_) first_time_us_ = time_us;
  // libvpx wants times that grow, from near zero.
  const std::int64_t pts = std::max(last_pts_ + 1, time_us - *first_time_us_);
  last_pts_ = pts;
  const long flags = next_flags();
  vpx_codec_ctx_t* codec = &context_->codec;
  if (settings_.temporal_layers == 2)
    vpx_codec_control(codec, VP8E_SET_TEMPORAL_LAYER_ID, int{temporal_layer_});
  const auto duration = static_cast<unsigned long>(kMicroseconds / settings_.frame_rate);
  if (vpx_codec_encode(codec, &image, pts, duration, flags, VPX_DL_REALTIME) != VPX_CODEC_OK) {
    return fail(ErrorKind::kInternal, "libvpx failed to encode: {}", detail(codec));
  }
  return take_packet(time_us);
}

base::Result<std::optional<EncodedFrame>> VideoEncoder::take_packet(std::int64_t time_us) {
  vpx_codec_iter_t iterator = nullptr;
  while (const vpx_codec_cx_pkt_t* packet = vpx_codec_get_cx_data(&context_->codec, &iterator)) {
    if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
    const auto* bytes = static_cast<const std::uint8_t*>(packet->data.frame.buf);
    EncodedFrame out;
    out.bytes.assign(bytes, bytes + packet->data.frame.sz);
    out.time_us = time_us;
    out.keyframe = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
    out.temporal_layer = out.keyframe ? 0 : temporal_layer_;
    out.discardable = out.temporal_layer > 0;
    out.width = settings_.width;
    out.height = settings_.height;
    if (out.keyframe) keyframe_wanted_ = false;
    upper_layer_next_ = out.temporal_layer == 0;
    return std::optional(std::move(out));
  }
  return std::optional<EncodedFrame>();
}

base::Result<void> VideoEncoder::set_bitrate(int bits_per_second) {
  if (bits_per_second < 1'000) {
    return fail(ErrorKind::kInvalid, "{} bit/s are too few for video: stop sending instead", bits_per_second);
  }
  set_rates(context_->config, bits_per_second, settings_.temporal_layers);
  if (vpx_codec_enc_config_set(&context_->codec, &context_->config) != VPX_CODEC_OK) {
    return fail(ErrorKind::kInternal, "libvpx refused {} bit/s: {}", bits_per_second,
                detail(&context_->codec));
  }
  settings_.bitrate = bits_per_second;
  return {};
}

base::Result<VideoDecoder> VideoDecoder::create(VideoCodec codec) {
  VideoDecoder out;
  out.codec_ = codec;
  if (auto begun = out.begin(); !begun) return std::unexpected(begun.error());
  return out;
}

base::Result<void> VideoDecoder::begin() {
  context_.reset(new VpxContext);
  vpx_codec_dec_cfg_t config{};
  config.threads = 2;
  const bool vp8 = codec_ == VideoCodec::kVp8;
  if (vpx_codec_dec_init(&context_->codec, vp8 ? vpx_codec_vp8_dx() : vpx_codec_vp9_dx(), &config, 0) !=
      VPX_CODEC_OK) {
    return fail(ErrorKind::kUnsupported, "this build of libvpx cannot decode {}", vp8 ? "VP8" : "VP9");
  }
  context_->ready = true;
  return {};
}

base::Result<std::optional<I420Frame>> VideoDecoder::decode(base::BytesView frame) {
  vpx_codec_iface_t* interface = codec_ == VideoCodec::kVp8 ? vpx_codec_vp8_dx() : vpx_codec_vp9_dx();
  const auto size = static_cast<unsigned>(std::min<std::size_t>(frame.size(), 1U << 30));
  vpx_codec_stream_info_t info{};
  info.sz = sizeof info;
  // Before the decoder allocates pictures of the size that a keyframe claims.
  if (frame.empty() || (vpx_codec_peek_stream_info(interface, frame.data(), size, &info) == VPX_CODEC_OK &&
                        info.is_kf != 0 && !is_frame_size(as_int(info.w), as_int(info.h)))) {
    return fail(ErrorKind::kInvalid, "a video frame is empty or of {}x{}", info.w, info.h);
  }
  vpx_codec_ctx_t* codec = &context_->codec;
  if (vpx_codec_decode(codec, frame.data(), size, nullptr, 0) != VPX_CODEC_OK) {
    auto failure = fail(ErrorKind::kInvalid, "a video frame could not be decoded: {}", detail(codec));
    // libvpx may refuse even keyframes after some errors: a new decoder takes the next one.
    if (auto begun = begin(); !begun) return std::unexpected(begun.error());
    return failure;
  }
  vpx_codec_iter_t iterator = nullptr;
  const vpx_image_t* image = vpx_codec_get_frame(codec, &iterator);
  if (image == nullptr) return std::optional<I420Frame>();
  if (image->fmt != VPX_IMG_FMT_I420 || !is_frame_size(as_int(image->d_w), as_int(image->d_h))) {
    return fail(ErrorKind::kUnsupported, "a video frame is not in 8-bit 4:2:0");
  }
  auto out = I420Frame::make(as_int(image->d_w), as_int(image->d_h));
  copy_plane(*image, VPX_PLANE_Y, out.stride_y(), out.y);
  copy_plane(*image, VPX_PLANE_U, out.stride_uv(), out.u);
  copy_plane(*image, VPX_PLANE_V, out.stride_uv(), out.v);
  return std::optional(std::move(out));
}

}  // namespace vistime::media
