#include "media/wav_file.hpp"

#include <sndfile.h>
#include <soxr.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace vistime::media {

using base::ErrorKind;
using base::Result;

namespace {

constexpr int kMinSampleRate = 4'000;
constexpr int kMaxSampleRate = 768'000;
constexpr int kMaxChannels = 32;
// Read from the file at once, for each channel: about one block at common rates.
constexpr std::size_t kChunkFrames = 1024;

template <typename... Args>
std::unexpected<base::Error> not_wav(const std::string& path, fmt::format_string<Args...> format,
                                     Args&&... args) {
  return base::fail_as(ErrorKind::kInvalid, "not-wav", "{} is not a WAV file: {}", path,
                       fmt::format(format, std::forward<Args>(args)...));
}

// Also takes what floating-point files may hold: infinities, no numbers, values past full scale.
float tamed(float sample) { return std::isnan(sample) ? 0.0F : std::clamp(sample, -1.0F, 1.0F); }

std::int16_t to_int16(float sample) {
  return static_cast<std::int16_t>(std::clamp(std::lrint(tamed(sample) * 32768.0F), -32768L, 32767L));
}

struct CloseSound {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
struct DeleteResampler {
  void operator()(soxr* resampler) const { soxr_delete(resampler); }
};

Result<void> check(const std::string& path, const SF_INFO& info) {
  const int type = info.format & SF_FORMAT_TYPEMASK;
  if (type != SF_FORMAT_WAV && type != SF_FORMAT_WAVEX && type != SF_FORMAT_RF64)
    return not_wav(path, "it holds another format; convert it: ffmpeg -i IN OUT.wav");
  if (info.channels < 1 || info.channels > kMaxChannels)
    return not_wav(path, "it has {} channels, at most {} are taken", info.channels, kMaxChannels);
  if (info.samplerate < kMinSampleRate || info.samplerate > kMaxSampleRate) {
    return not_wav(path, "its sample rate is {} Hz, {} to {} are taken", info.samplerate, kMinSampleRate,
                   kMaxSampleRate);
  }
  if (info.frames < 1) return not_wav(path, "there is no sound in it");
  return {};
}

}  // namespace

class WavReader::Decoder {
 public:
  Decoder(std::string path, WavOptions options) : path_(std::move(path)), options_(options) {}

  Result<void> open();
  Result<bool> read(std::vector<std::int16_t>& block);
  int channels() const { return channels_; }
  const SF_INFO& info() const { return info_; }

 private:
  Result<void> open_sound();
  Result<void> fill();
  Result<std::size_t> read_chunk();
  void mix(std::size_t frames);
  Result<void> resample(const float* in, std::size_t frames);
  void store(const float* samples, std::size_t count);

  std::string path_;
  WavOptions options_;
  SF_INFO info_{};
  std::unique_ptr<SNDFILE, CloseSound> file_;
  std::unique_ptr<soxr, DeleteResampler> resampler_;  // null at 48 kHz
  int channels_ = 1;
  bool ended_ = false;
  std::vector<float> raw_;           // one chunk as it is in the file
  std::vector<float> mixed_;         // the same in channels_
  std::vector<float> resampled_;     // what the resampler gave at once
  std::vector<std::int16_t> ready_;  // what the next blocks are cut from
};

Result<void> WavReader::Decoder::open_sound() {
  const auto descriptor = open_to_read(path_);
  if (!descriptor) return std::unexpected(descriptor.error());
  struct stat status{};
  if (::fstat(*descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(*descriptor);
    return not_wav(path_, "it is no regular file");
  }
  // libsndfile closes the descriptor, also when it fails.
  file_.reset(sf_open_fd(*descriptor, SFM_READ, &info_, SF_TRUE));
  if (file_) return check(path_, info_);
  const int error = sf_error(nullptr);
  if (error == SF_ERR_UNRECOGNISED_FORMAT || error == SF_ERR_UNSUPPORTED_ENCODING)
    return not_wav(path_, "its format is unknown; convert it: ffmpeg -i IN OUT.wav");
  return not_wav(path_, "its header is damaged; record it again, or convert it: ffmpeg -i IN OUT.wav");
}

Result<void> WavReader::Decoder::open() {
  if (auto opened = open_sound(); !opened) return opened;
  channels_ = !options_.mono && info_.channels == 2 ? 2 : 1;
  raw_.resize(kChunkFrames * static_cast<std::size_t>(info_.channels));
  if (info_.samplerate == kWavSampleRate) return {};
  soxr_error_t error = nullptr;
  const auto quality = soxr_quality_spec(SOXR_HQ, 0);
  resampler_.reset(soxr_create(info_.samplerate, kWavSampleRate, static_cast<unsigned>(channels_), &error,
                               nullptr, &quality, nullptr));
  if (error != nullptr || !resampler_)
    return base::fail(ErrorKind::kInternal, "cannot resample {}: {}", path_,
                      error != nullptr ? error : "no memory");
  resampled_.resize(kChunkFrames * static_cast<std::size_t>(channels_));
  return {};
}

// Frames read into raw_; 0 at the end, which a loop has only in a file that shrank to nothing.
Result<std::size_t> WavReader::Decoder::read_chunk() {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto got = sf_readf_float(file_.get(), raw_.data(), kChunkFrames);
    if (got > 0) return static_cast<std::size_t>(got);
    if (sf_error(file_.get()) != SF_ERR_NO_ERROR)
      return base::fail(ErrorKind::kInternal, "cannot read {}: {}", path_, sf_strerror(file_.get()));
    if (!options_.loop || sf_seek(file_.get(), 0, SEEK_SET) < 0) break;
  }
  return 0;
}

void WavReader::Decoder::mix(std::size_t frames) {
  const auto from = static_cast<std::size_t>(info_.channels);
  mixed_.clear();
  if (info_.channels == channels_) {
    for (std::size_t i = 0; i < frames * from; ++i) mixed_.push_back(tamed(raw_[i]));
    return;
  }
  for (std::size_t frame = 0; frame < frames; ++frame) {
    float sum = 0;
    for (std::size_t channel = 0; channel < from; ++channel) sum += tamed(raw_[frame * from + channel]);
    mixed_.push_back(sum / static_cast<float>(from));
  }
}

void WavReader::Decoder::store(const float* samples, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) ready_.push_back(to_int16(samples[i]));
}

// `in` null: nothing more comes, give what is still inside.
Result<void> WavReader::Decoder::resample(const float* in, std::size_t frames) {
  const auto channels = static_cast<std::size_t>(channels_);
  for (;;) {
    std::size_t used = 0;
    std::size_t made = 0;
    const auto* error =
        soxr_process(resampler_.get(), in, frames, &used, resampled_.data(), kChunkFrames, &made);
    if (error != nullptr) return base::fail(ErrorKind::kInternal, "cannot resample {}: {}", path_, error);
    store(resampled_.data(), made * channels);
    if (in != nullptr) {
      in += used * channels;
      frames -= used;
    }
    if (made < kChunkFrames && frames == 0) return {};
  }
}

Result<void> WavReader::Decoder::fill() {
  const auto frames = read_chunk();
  if (!frames) return std::unexpected(frames.error());
  if (*frames == 0) {
    ended_ = true;
    return resampler_ ? resample(nullptr, 0) : Result<void>{};
  }
  mix(*frames);
  if (resampler_) return resample(mixed_.data(), *frames);
  store(mixed_.data(), mixed_.size());
  return {};
}

Result<bool> WavReader::Decoder::read(std::vector<std::int16_t>& block) {
  const auto wanted = kWavBlockFrames * static_cast<std::size_t>(channels_);
  block.clear();
  while (ready_.size() < wanted && !ended_) {
    if (auto filled = fill(); !filled) return std::unexpected(filled.error());
  }
  if (ready_.empty()) return false;
  const auto size = static_cast<std::ptrdiff_t>(std::min(wanted, ready_.size()));
  block.assign(ready_.begin(), ready_.begin() + size);
  ready_.erase(ready_.begin(), ready_.begin() + size);
  block.resize(wanted, 0);
  return true;
}

WavReader::WavReader(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}
WavReader::~WavReader() = default;

Result<std::unique_ptr<WavReader>> WavReader::open(const std::string& path, WavOptions options) {
  auto decoder = std::make_unique<Decoder>(path, options);
  if (auto opened = decoder->open(); !opened) return std::unexpected(opened.error());
  return std::unique_ptr<WavReader>(new WavReader(std::move(decoder)));
}

int WavReader::channels() const { return decoder_->channels(); }
int WavReader::file_channels() const { return decoder_->info().channels; }
int WavReader::file_sample_rate() const { return decoder_->info().samplerate; }

std::chrono::microseconds WavReader::duration() const {
  const auto& info = decoder_->info();
  return std::chrono::microseconds(
      static_cast<std::int64_t>(static_cast<double>(info.frames) * 1e6 / info.samplerate));
}

Result<bool> WavReader::read(std::vector<std::int16_t>& block) { return decoder_->read(block); }

}  // namespace vistime::media
