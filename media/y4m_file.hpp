// Uncompressed video in files: YUV4MPEG2, as mjpegtools defined it and ffmpeg writes it.
//
//   "YUV4MPEG2" { " " letter value } "\n"      W width, H height, F rate as N:D, I interlacing, C colour,
//                                              A and X ignored
//   "FRAME" { " " letter value } "\n" Y U V    once per frame, planes tight
//
// Taken: progressive 4:2:0 with 8 bits (C420, C420jpeg, C420mpeg2, C420paldv, or no C), up to 7680x4320. The
// variants differ in where chroma is sampled by half a pixel, which is not corrected. Errors: kNotFound with
// the system's reason for what cannot be opened, kInvalid "not-y4m" for what is no such file, kOverloaded
// "disk-full".
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "media/byte_file.hpp"
#include "media/frame.hpp"

namespace vistime::media {

struct Y4mFormat {
  int width = 0;
  int height = 0;
  // Frames per second as a fraction; both are positive.
  std::uint32_t rate_numerator = 25;
  std::uint32_t rate_denominator = 1;

  // When frame `index` is due, counted from the first.
  std::chrono::microseconds frame_time(std::uint64_t index) const;
  double frames_per_second() const { return static_cast<double>(rate_numerator) / rate_denominator; }
  friend bool operator==(const Y4mFormat&, const Y4mFormat&) = default;
};

// The header line without its newline; the message of an error begins "NAME is not a Y4M file …".
base::Result<Y4mFormat> parse_y4m_header(const std::string& name, std::string_view line);
// The line that parse_y4m_header() reads back, without its newline.
std::string y4m_header(const Y4mFormat& format);

struct Y4mOptions {
  // Begin again after the last frame, for ever; needs a file that can seek.
  bool loop = false;
};

class Y4mReader {
 public:
  // Reads as far as the first whole frame: a file without one is refused here.
  static base::Result<std::unique_ptr<Y4mReader>> open(const std::string& path, Y4mOptions options = {});
  // The same from anywhere; `name` is what errors call it.
  static base::Result<std::unique_ptr<Y4mReader>> from(std::unique_ptr<ByteSource> source, std::string name,
                                                       Y4mOptions options = {});

  const Y4mFormat& format() const { return format_; }
  // The next frame, or false after the last one. A frame that was cut off counts as the end, see truncated().
  base::Result<bool> read(I420Frame& frame);
  // The file ended in the middle of a frame.
  bool truncated() const { return truncated_; }
  // Frames read so far, over all rounds: the index of the next one for frame_time().
  std::uint64_t frames_read() const { return frames_read_; }

 private:
  Y4mReader(std::unique_ptr<ByteSource> source, std::string name, Y4mOptions options)
      : source_(std::move(source)), name_(std::move(name)), options_(options) {}
  base::Result<std::string> read_line(std::string_view magic, std::size_t limit);
  base::Result<void> start();
  base::Result<bool> parse_frame(I420Frame& frame);
  base::Result<bool> parse_frame_or_rewind(I420Frame& frame);

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  Y4mOptions options_;
  Y4mFormat format_;
  I420Frame first_;  // read by open(), handed out by the first read()
  bool first_pending_ = false;
  bool truncated_ = false;
  std::uint64_t frames_parsed_ = 0;
  std::uint64_t frames_read_ = 0;
};

class Y4mWriter {
 public:
  static base::Result<std::unique_ptr<Y4mWriter>> create(const std::string& path, const Y4mFormat& format);
  // kInvalid unless the frame has the file's size. A frame that does not fit the disk leaves no remains.
  base::Result<void> write(const I420Frame& frame);
  base::Result<void> close() { return file_->close(); }

 private:
  Y4mWriter(std::unique_ptr<OutputFile> file, const Y4mFormat& format)
      : file_(std::move(file)), format_(format) {}
  std::unique_ptr<OutputFile> file_;
  Y4mFormat format_;
  base::Bytes buffer_;
};

}  // namespace vistime::media
