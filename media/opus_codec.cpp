#include "media/opus_codec.hpp"

#include <opus.h>

namespace vistime::media {
namespace {

using base::ErrorKind;
using base::fail;

constexpr int kComplexity = 5;         // of 10: speech sounds the same above, at half the cost of 10
constexpr int kLargestPacket = 1'275;  // RFC 6716, section 3.2: one frame

}  // namespace

void AudioEncoder::Free::operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
void AudioDecoder::Free::operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }

base::Result<AudioEncoder> AudioEncoder::create(Settings settings) {
  if (settings.channels != 1 && settings.channels != 2) {
    return fail(ErrorKind::kInvalid, "audio has 1 or 2 channels, not {}", settings.channels);
  }
  int error = OPUS_OK;
  AudioEncoder out;
  out.channels_ = settings.channels;
  out.encoder_.reset(opus_encoder_create(kAudioRate, settings.channels,
                                         settings.music ? OPUS_APPLICATION_AUDIO : OPUS_APPLICATION_VOIP,
                                         &error));
  if (error != OPUS_OK) return fail(ErrorKind::kInternal, "Opus encoder: {}", opus_strerror(error));
  OpusEncoder* encoder = out.encoder_.get();
  // No DTX: the browser's decoder loses the time of frames that were never sent.
  if (opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(kComplexity)) != OPUS_OK ||
      opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1)) != OPUS_OK ||
      opus_encoder_ctl(encoder, OPUS_SET_DTX(0)) != OPUS_OK) {
    return fail(ErrorKind::kInternal, "this build of libopus lacks in-band FEC");
  }
  if (auto set = out.set_bitrate(settings.bitrate); !set) return std::unexpected(set.error());
  if (auto set = out.set_expected_loss(settings.expected_loss); !set) return std::unexpected(set.error());
  return out;
}

base::Result<void> AudioEncoder::set_bitrate(int bits_per_second) {
  if (bits_per_second < 6'000 || bits_per_second > 510'000 ||
      opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(bits_per_second)) != OPUS_OK) {
    return fail(ErrorKind::kInvalid, "Opus takes 6,000 to 510,000 bit/s, not {}", bits_per_second);
  }
  return {};
}

base::Result<void> AudioEncoder::set_expected_loss(int percent) {
  if (opus_encoder_ctl(encoder_.get(), OPUS_SET_PACKET_LOSS_PERC(percent)) != OPUS_OK) {
    return fail(ErrorKind::kInvalid, "the expected loss is 0 to 100 percent, not {}", percent);
  }
  return {};
}

base::Result<base::Bytes> AudioEncoder::encode(std::span<const std::int16_t> block) {
  if (block.size() != static_cast<std::size_t>(kAudioFrame * channels_)) {
    return fail(ErrorKind::kInvalid, "an audio block has {} samples, not {}", kAudioFrame * channels_,
                block.size());
  }
  base::Bytes out(kLargestPacket);
  const int size = opus_encode(encoder_.get(), block.data(), kAudioFrame, out.data(), kLargestPacket);
  if (size < 0) return fail(ErrorKind::kInternal, "Opus encoder: {}", opus_strerror(size));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

base::Result<AudioDecoder> AudioDecoder::create(int channels) {
  if (channels != 1 && channels != 2) {
    return fail(ErrorKind::kInvalid, "audio has 1 or 2 channels, not {}", channels);
  }
  int error = OPUS_OK;
  AudioDecoder out;
  out.channels_ = channels;
  out.decoder_.reset(opus_decoder_create(kAudioRate, channels, &error));
  if (error != OPUS_OK) return fail(ErrorKind::kInternal, "Opus decoder: {}", opus_strerror(error));
  return out;
}

base::Result<Samples> AudioDecoder::run(base::BytesView packet, bool fec) {
  Samples out(static_cast<std::size_t>(kAudioFrame * channels_));
  const int decoded =
      opus_decode(decoder_.get(), packet.empty() ? nullptr : packet.data(),
                  static_cast<opus_int32>(packet.size()), out.data(), kAudioFrame, fec ? 1 : 0);
  if (decoded < 0) return fail(ErrorKind::kInvalid, "an audio frame is not Opus: {}", opus_strerror(decoded));
  return out;
}

base::Result<Samples> AudioDecoder::decode(base::BytesView packet) {
  const bool plausible = !packet.empty() && packet.size() <= 65'536;
  const int samples = plausible ? opus_packet_get_nb_samples(
                                      packet.data(), static_cast<opus_int32>(packet.size()), kAudioRate)
                                : 0;
  if (samples != kAudioFrame) return fail(ErrorKind::kInvalid, "an audio frame is not 20 ms of Opus");
  return run(packet, false);
}

base::Result<Samples> AudioDecoder::decode_fec(base::BytesView next) {
  if (next.empty() || next.size() > 65'536) return conceal();
  return run(next, true);
}

base::Result<Samples> AudioDecoder::conceal() { return run({}, false); }

}  // namespace vistime::media
