// Encoded video in files: IVF, the container of libvpx and libaom. All integers are little-endian.
//
//   0 "DKIF"   4 version u16 = 0   6 header size u16 = 32   8 codec, four letters
//   12 width u16   14 height u16   16 timebase denominator u32   20 timebase numerator u32
//   24 frames u32   28 unused u32
//   then per frame:  0 size u32   4 presentation time u64 in units of the timebase   12 the frame
//
// Written with the timebase 1/1000, so that times are milliseconds. The number of frames in the header is
// brought up to date about each second and at close; a reader, ours included, goes by the frames themselves.
// Errors: kNotFound with the system's reason for what cannot be opened, kInvalid "not-ivf" for what is no
// such file, kOverloaded "disk-full".
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "media/byte_file.hpp"

namespace vistime::media {

enum class IvfCodec { kVp8, kVp9, kAv1, kH264 };

// "VP80", "VP90", "AV01", "H264".
std::string_view fourcc(IvfCodec codec);

inline constexpr std::size_t kIvfHeaderBytes = 32;
inline constexpr std::size_t kIvfFrameHeaderBytes = 12;
// More than an uncompressed 8K frame; what claims more is damaged.
inline constexpr std::uint32_t kMaxIvfFrameBytes = 64U << 20U;

struct IvfHeader {
  IvfCodec codec = IvfCodec::kVp8;
  std::uint16_t width = 0;
  std::uint16_t height = 0;
  // One unit of time is numerator/denominator seconds; both are positive.
  std::uint32_t timebase_denominator = 1000;
  std::uint32_t timebase_numerator = 1;
  // As the header says; 0 in a stream that nobody closed.
  std::uint32_t frames = 0;
  friend bool operator==(const IvfHeader&, const IvfHeader&) = default;
};

// `bytes` begins with the header; the message of an error begins "NAME is not an IVF file: …".
base::Result<IvfHeader> parse_ivf_header(const std::string& name, base::BytesView bytes);
base::Bytes ivf_header(const IvfHeader& header);

struct IvfFrame {
  // In units of the timebase: milliseconds in files of ours.
  std::uint64_t time = 0;
  base::Bytes data;
};

class IvfReader {
 public:
  static base::Result<std::unique_ptr<IvfReader>> open(const std::string& path);
  // The same from anywhere; `name` is what errors call it.
  static base::Result<std::unique_ptr<IvfReader>> from(std::unique_ptr<ByteSource> source, std::string name);

  const IvfHeader& header() const { return header_; }
  // The next frame, or false at the end. A frame that was cut off counts as the end, see truncated().
  base::Result<bool> read(IvfFrame& frame);
  bool truncated() const { return truncated_; }
  std::uint64_t frames_read() const { return frames_read_; }

 private:
  IvfReader(std::unique_ptr<ByteSource> source, std::string name)
      : source_(std::move(source)), name_(std::move(name)) {}
  base::Result<bool> read_data(std::uint32_t size, base::Bytes& data);

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  IvfHeader header_;
  bool truncated_ = false;
  std::uint64_t frames_read_ = 0;
};

// The file is readable at every moment, also when the process is killed.
class IvfWriter {
 public:
  static base::Result<std::unique_ptr<IvfWriter>> create(const std::string& path, IvfCodec codec,
                                                         std::uint16_t width, std::uint16_t height);
  // Closes; an error then is lost, so call close() to hear of it.
  ~IvfWriter();
  IvfWriter(const IvfWriter&) = delete;
  IvfWriter& operator=(const IvfWriter&) = delete;

  // `time` counts from the start of the recording and is not negative. A frame that does not fit the disk
  // leaves no remains; the next one may be tried.
  base::Result<void> write(base::BytesView frame, std::chrono::milliseconds time);
  base::Result<void> close();
  std::uint32_t frames_written() const { return header_.frames; }

 private:
  IvfWriter(std::unique_ptr<OutputFile> file, const IvfHeader& header)
      : file_(std::move(file)), header_(header) {}
  base::Result<void> update_header();

  std::unique_ptr<OutputFile> file_;
  IvfHeader header_;
  std::chrono::milliseconds header_time_{0};  // of the frame at which the header was last brought up to date
  base::Bytes buffer_;
  bool closed_ = false;
};

}  // namespace vistime::media
