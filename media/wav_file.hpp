// Sound in files: any WAV in, pulled as the encoder wants it; 48 kHz and 16 bits out, safe against a sudden
// end.
//
// Errors: kNotFound with the system's reason for what cannot be opened, kInvalid "not-wav" for what is no WAV
// file with sound in it, kOverloaded "disk-full".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "media/byte_file.hpp"

namespace vistime::media {

// What Opus, and so all of our audio, runs at.
inline constexpr int kWavSampleRate = 48'000;
// 20 ms: one packet.
inline constexpr std::size_t kWavBlockFrames = 960;

struct WavOptions {
  // All channels become one. Otherwise two stay two; more than two are mixed to one in any case.
  bool mono = true;
  // Begin again after the last sample, for ever and without a gap.
  bool loop = false;
};

// WAV, WAVEX and RF64 of any rate from 4 to 768 kHz, depth and up to 32 channels. At 48 kHz and 16 bits,
// samples come out exactly as they are in the file.
class WavReader {
 public:
  static base::Result<std::unique_ptr<WavReader>> open(const std::string& path, WavOptions options = {});
  ~WavReader();
  WavReader(const WavReader&) = delete;
  WavReader& operator=(const WavReader&) = delete;

  // Of the blocks: 1 or 2, whatever the file has.
  int channels() const;
  int file_channels() const;
  int file_sample_rate() const;
  // Of one round.
  std::chrono::microseconds duration() const;

  // Makes `block` the next kWavBlockFrames * channels() samples, interleaved; the last is filled up with
  // silence. False, and no samples, after the end. kInternal when the device fails.
  base::Result<bool> read(std::vector<std::int16_t>& block);

 private:
  class Decoder;
  explicit WavReader(std::unique_ptr<Decoder> decoder);
  std::unique_ptr<Decoder> decoder_;
};

//  0 "RIFF" size "WAVE"   12 "JUNK" 28 room   48 "fmt " 16 format   72 "data" size   80 samples
// Past 4 GB the same 80 bytes become RF64 (EBU Tech 3306): "RF64" -1, "ds64" with the sizes in 64 bits,
// "data" -1.
inline constexpr std::size_t kWavHeaderBytes = 80;
base::Bytes wav_header(int channels, std::uint64_t data_bytes);

// Samples are in the file once write() is back, and the sizes in the header less than a second of sound
// behind: whatever kills the process leaves a valid file.
class WavWriter {
 public:
  // 1 or 2 channels, else kInvalid.
  static base::Result<std::unique_ptr<WavWriter>> create(const std::string& path, int channels);
  // Closes; an error then is lost, so call close() to hear of it.
  ~WavWriter();
  WavWriter(const WavWriter&) = delete;
  WavWriter& operator=(const WavWriter&) = delete;

  // Interleaved samples, a whole number for each channel, else kInvalid. A block (up to half a second) that
  // does not fit the disk leaves no remains and may be tried again; of more, frames_written() says how far it
  // came.
  base::Result<void> write(std::span<const std::int16_t> samples);
  // As many samples of silence for each channel. After an error, frames_written() says how far it came.
  base::Result<void> write_silence(std::uint64_t frames);
  base::Result<void> close();

  // Samples for each channel so far; over kWavSampleRate, the time in the recording.
  std::uint64_t frames_written() const;

 private:
  WavWriter(std::unique_ptr<OutputFile> file, int channels) : file_(std::move(file)), channels_(channels) {}
  base::Result<void> update_header();

  std::unique_ptr<OutputFile> file_;
  int channels_;
  std::uint64_t frames_in_header_ = 0;
  base::Bytes buffer_;
  bool closed_ = false;
};

}  // namespace vistime::media
