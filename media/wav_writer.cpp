#include <algorithm>
#include <limits>

#include "media/little_endian.hpp"
#include "media/wav_file.hpp"

namespace vistime::media {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::size_t kSampleBytes = sizeof(std::int16_t);
constexpr std::uint16_t kPcm = 1;
// The header is brought up to date every half second of sound, and no more is written at once: it lags less
// than one second.
constexpr std::uint64_t kHeaderIntervalFrames = kWavSampleRate / 2;
// "ds64" and the JUNK that keeps its place: three sizes of 64 bits and an empty table's length.
constexpr std::uint32_t kRoomBytes = 28;
// In RF64, a size of 32 bits that says "look into ds64".
constexpr std::uint32_t kSeeDs64 = std::numeric_limits<std::uint32_t>::max();

}  // namespace

base::Bytes wav_header(int channels, std::uint64_t data_bytes) {
  const std::uint64_t riff_bytes = kWavHeaderBytes - 8 + data_bytes;
  const bool large = riff_bytes >= kSeeDs64;
  const auto frame_bytes = static_cast<std::uint16_t>(static_cast<std::size_t>(channels) * kSampleBytes);
  base::Bytes out;
  out.reserve(kWavHeaderBytes);
  const auto put = [&out](std::string_view text) { base::ByteWriter(out).bytes(base::as_bytes(text)); };
  put(large ? "RF64" : "RIFF");
  append_little_endian(out, large ? kSeeDs64 : static_cast<std::uint32_t>(riff_bytes));
  put("WAVE");
  put(large ? "ds64" : "JUNK");
  append_little_endian(out, kRoomBytes);
  append_little_endian(out, large ? riff_bytes : std::uint64_t{0});
  append_little_endian(out, large ? data_bytes : std::uint64_t{0});
  append_little_endian(out, large ? data_bytes / frame_bytes : std::uint64_t{0});
  append_little_endian(out, std::uint32_t{0});
  put("fmt ");
  append_little_endian(out, std::uint32_t{16});
  append_little_endian(out, kPcm);
  append_little_endian(out, static_cast<std::uint16_t>(channels));
  append_little_endian(out, static_cast<std::uint32_t>(kWavSampleRate));
  append_little_endian(out, static_cast<std::uint32_t>(kWavSampleRate) * frame_bytes);
  append_little_endian(out, frame_bytes);
  append_little_endian(out, static_cast<std::uint16_t>(8 * kSampleBytes));
  put("data");
  append_little_endian(out, large ? kSeeDs64 : static_cast<std::uint32_t>(data_bytes));
  return out;
}

Result<std::unique_ptr<WavWriter>> WavWriter::create(const std::string& path, int channels) {
  if (channels != 1 && channels != 2)
    return base::fail(ErrorKind::kInvalid, "{} can have 1 or 2 channels, not {}", path, channels);
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = (*file)->append(wav_header(channels, 0)); !written)
    return std::unexpected(written.error());
  return std::unique_ptr<WavWriter>(new WavWriter(std::move(*file), channels));
}

WavWriter::~WavWriter() { static_cast<void>(close().has_value()); }

std::uint64_t WavWriter::frames_written() const {
  return (file_->size_bytes() - kWavHeaderBytes) / (kSampleBytes * static_cast<std::size_t>(channels_));
}

Result<void> WavWriter::update_header() {
  auto written = file_->overwrite(0, wav_header(channels_, file_->size_bytes() - kWavHeaderBytes));
  if (written) frames_in_header_ = frames_written();
  return written;
}

Result<void> WavWriter::write(std::span<const std::int16_t> samples) {
  const auto channels = static_cast<std::size_t>(channels_);
  if (samples.size() % channels != 0)
    return base::fail(ErrorKind::kInvalid, "{} samples are no whole number for {} channels", samples.size(),
                      channels_);
  while (!samples.empty()) {
    const auto part = samples.first(std::min(samples.size(), kHeaderIntervalFrames * channels));
    buffer_.clear();
    for (const auto sample : part) append_little_endian(buffer_, static_cast<std::uint16_t>(sample));
    if (auto written = file_->append(buffer_); !written) return written;
    if (frames_written() - frames_in_header_ >= kHeaderIntervalFrames)
      if (auto updated = update_header(); !updated) return updated;
    samples = samples.subspan(part.size());
  }
  return {};
}

Result<void> WavWriter::write_silence(std::uint64_t frames) {
  const std::vector<std::int16_t> silence(std::min<std::uint64_t>(frames, kWavSampleRate) *
                                          static_cast<std::size_t>(channels_));
  while (frames > 0) {
    const auto part = std::min<std::uint64_t>(frames, kWavSampleRate);
    if (auto written = write(std::span(silence).first(part * static_cast<std::size_t>(channels_))); !written)
      return written;
    frames -= part;
  }
  return {};
}

Result<void> WavWriter::close() {
  if (closed_) return {};
  closed_ = true;
  auto updated = update_header();
  auto shut = file_->close();
  return updated ? shut : updated;
}

}  // namespace vistime::media
