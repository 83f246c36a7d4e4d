#include "media/vpx_codec.hpp"

#include <gtest/gtest.h>

#include <random>

#include "media/test_picture.hpp"

namespace vistime::media {
namespace {

constexpr std::int64_t kFrameUs = 33'333;

class VpxTest : public testing::TestWithParam<VideoCodec> {
 protected:
  VideoEncoder encoder(int layers = 1, int width = 320, int height = 180, int bitrate = 400'000) {
    auto made = VideoEncoder::create({.codec = GetParam(),
                                      .width = width,
                                      .height = height,
                                      .bitrate = bitrate,
                                      .temporal_layers = layers});
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  static EncodedFrame must(base::Result<std::optional<EncodedFrame>> frame) {
    EXPECT_TRUE(frame && *frame);
    return frame && *frame ? **frame : EncodedFrame{};
  }
};

TEST_P(VpxTest, the_decoded_picture_resembles_the_encoded_one) {
  auto sender = encoder();
  auto decoder = VideoDecoder::create(GetParam());
  ASSERT_TRUE(decoder);
  for (int i = 0; i < 30; ++i) {
    const auto picture = test_picture(320, 180, i);
    const auto encoded = must(sender.encode(picture, i * kFrameUs));
    EXPECT_EQ(encoded.keyframe, i == 0);
    EXPECT_EQ(encoded.time_us, i * kFrameUs);
    const auto decoded = decoder->decode(encoded.bytes);
    ASSERT_TRUE(decoded && *decoded);
    EXPECT_GT(luma_psnr(picture, **decoded), 25) << i;
  }
}

TEST_P(VpxTest, odd_sizes_survive) {
  auto sender = encoder(1, 161, 91);
  auto decoder = VideoDecoder::create(GetParam());
  const auto picture = test_picture(161, 91, 0);
  const auto decoded = decoder->decode(must(sender.encode(picture, 0)).bytes);
  ASSERT_TRUE(decoded && *decoded);
  EXPECT_EQ((*decoded)->width, 161);
  EXPECT_EQ((*decoded)->height, 91);
  EXPECT_GT(luma_psnr(picture, **decoded), 25);
}

TEST_P(VpxTest, a_keyframe_comes_when_asked_for_and_lets_a_newcomer_in) {
  auto sender = encoder();
  for (int i = 0; i < 10; ++i) must(sender.encode(test_picture(320, 180, i), i * kFrameUs));
  auto newcomer = VideoDecoder::create(GetParam());
  EXPECT_FALSE(newcomer->decode(must(sender.encode(test_picture(320, 180, 10), 10 * kFrameUs)).bytes)
                   .value_or(std::nullopt));
  sender.request_keyframe();
  const auto encoded = must(sender.encode(test_picture(320, 180, 11), 11 * kFrameUs));
  EXPECT_TRUE(encoded.keyframe);
  const auto decoded = newcomer->decode(encoded.bytes);
  EXPECT_TRUE(decoded && *decoded);
  EXPECT_FALSE(must(sender.encode(test_picture(320, 180, 12), 12 * kFrameUs)).keyframe);
}

TEST_P(VpxTest, the_bitrate_follows_what_is_set_at_run_time) {
  auto sender = encoder(1, 320, 180, 800'000);
  std::mt19937 random(1);
  const auto bytes_in_three_seconds = [&](int from) {
    std::size_t sum = 0;
    for (int i = from; i < from + 90; ++i) {
      auto picture = test_picture(320, 180, i);
      for (auto& pixel : picture.y) pixel = static_cast<std::uint8_t>(pixel + random() % 32);
      const auto encoded = sender.encode(picture, i * kFrameUs);
      EXPECT_TRUE(encoded);
      if (encoded && *encoded) sum += (*encoded)->bytes.size();
    }
    return sum;
  };
  const auto before = bytes_in_three_seconds(0);
  ASSERT_TRUE(sender.set_bitrate(150'000));
  bytes_in_three_seconds(90);  // the rate control settles
  EXPECT_LT(bytes_in_three_seconds(180), before / 2);
}

TEST_P(VpxTest, what_is_not_video_fails_and_the_decoder_recovers_at_the_next_keyframe) {
  auto sender = encoder();
  auto decoder = VideoDecoder::create(GetParam());
  const auto key = must(sender.encode(test_picture(320, 180, 0), 0 * kFrameUs));
  EXPECT_FALSE(decoder->decode({}));
  std::mt19937 random(2);
  for (int i = 0; i < 50; ++i) {
    base::Bytes damaged = key.bytes;
    damaged.resize(random() % damaged.size());
    for (int n = 0; n < 5 && !damaged.empty(); ++n)
      damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
    const auto decoded = decoder->decode(damaged);  // failing is fine, crashing is not
    EXPECT_TRUE(decoded || !decoded.error().message.empty());
  }
  const auto decoded = decoder->decode(key.bytes);
  ASSERT_TRUE(decoded && *decoded);
}

TEST_P(VpxTest, wrong_sizes_and_settings_are_refused) {
  auto sender = encoder();
  EXPECT_FALSE(sender.encode(I420Frame::make(640, 360), 0));
  EXPECT_FALSE(sender.set_bitrate(0));
  EXPECT_FALSE(VideoEncoder::create({.codec = GetParam(), .width = 0}));
  EXPECT_FALSE(VideoEncoder::create({.codec = GetParam(), .temporal_layers = 3}));
}

INSTANTIATE_TEST_SUITE_P(codecs, VpxTest, testing::Values(VideoCodec::kVp8, VideoCodec::kVp9),
                         [](const auto& codec) { return codec.param == VideoCodec::kVp8 ? "vp8" : "vp9"; });

TEST(Vp8TemporalLayers, leaving_out_the_upper_layer_changes_no_other_picture) {
  auto encoder =
      VideoEncoder::create({.width = 320, .height = 180, .bitrate = 400'000, .temporal_layers = 2});
  ASSERT_TRUE(encoder);
  auto all = VideoDecoder::create(VideoCodec::kVp8);
  auto lower = VideoDecoder::create(VideoCodec::kVp8);
  int upper = 0;
  for (int i = 0; i < 60; ++i) {
    if (i == 31) encoder->request_keyframe();
    const auto encoded = encoder->encode(test_picture(320, 180, i), i * kFrameUs);
    ASSERT_TRUE(encoded);
    if (!*encoded) continue;
    const auto whole = all->decode((*encoded)->bytes);
    ASSERT_TRUE(whole && *whole);
    EXPECT_EQ((*encoded)->discardable, (*encoded)->temporal_layer == 1);
    if (i == 31) {
      EXPECT_TRUE((*encoded)->keyframe && !(*encoded)->discardable);
    }
    if ((*encoded)->discardable) {
      ++upper;
      continue;
    }
    const auto thinned = lower->decode((*encoded)->bytes);
    ASSERT_TRUE(thinned && *thinned);
    EXPECT_EQ((*thinned)->y, (*whole)->y) << i;
    EXPECT_EQ((*thinned)->u, (*whole)->u) << i;
  }
  EXPECT_GE(upper, 25);
  EXPECT_LE(upper, 30);
}

TEST(Vp9TemporalLayers, are_refused_clearly) {
  const auto encoder = VideoEncoder::create({.codec = VideoCodec::kVp9, .temporal_layers = 2});
  ASSERT_FALSE(encoder);
  EXPECT_EQ(encoder.error().kind, base::ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace vistime::media
