#include "media/y4m_file.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace vistime::media {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::string_view kMagic = "YUV4MPEG2";
constexpr std::string_view kFrameMagic = "FRAME";
// Headers are some 60 bytes; X comments may add to that. Longer than this is no header.
constexpr std::size_t kMaxHeaderBytes = 4096;
constexpr std::size_t kMaxFrameHeaderBytes = 256;
// No camera is faster; a mistaken fraction would flood the encoder.
constexpr std::uint64_t kMaxFramesPerSecond = 1000;
// Slower than one frame in a minute is a mistake too.
constexpr std::uint64_t kMaxSecondsPerFrame = 60;

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename... Args>
std::unexpected<base::Error> not_y4m(const std::string& name, fmt::format_string<Args...> format,
                                     Args&&... args) {
  return base::fail_as(ErrorKind::kInvalid, "not-y4m", "{} is not a Y4M file {}", name,
                       fmt::format(format, std::forward<Args>(args)...));
}

// What the file says, for a message: short and printable, whatever it holds.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 20)) out += (c > ' ' && c <= '~') ? c : '?';
  return out;
}

Result<void> parse_rate(const std::string& name, std::string_view value, Y4mFormat& format) {
  const auto colon = value.find(':');
  const auto numerator = number<std::uint32_t>(value.substr(0, colon));
  const auto denominator =
      colon == std::string_view::npos ? std::nullopt : number<std::uint32_t>(value.substr(colon + 1));
  if (!numerator || !denominator) return not_y4m(name, "with a readable frame rate (F{})", shown(value));
  // 0:0 says that the rate is unknown; the default stays.
  if (*numerator == 0 && *denominator == 0) return {};
  if (*numerator == 0 || *denominator == 0 || *numerator > kMaxFramesPerSecond * *denominator ||
      *denominator > kMaxSecondsPerFrame * *numerator) {
    return not_y4m(name, "with a usable frame rate: F{}; at most {} frames per second", shown(value),
                   kMaxFramesPerSecond);
  }
  format.rate_numerator = *numerator;
  format.rate_denominator = *denominator;
  return {};
}

Result<void> parse_size(const std::string& name, std::string_view field, int limit, int& size) {
  const auto value = number<int>(field.substr(1));
  if (!value || *value < 1 || *value > limit)
    return not_y4m(name, "of a usable size: {}; at most {}x{}", shown(field), kMaxFrameWidth,
                   kMaxFrameHeight);
  size = *value;
  return {};
}

Result<void> parse_parameter(const std::string& name, std::string_view field, Y4mFormat& format) {
  const auto value = field.substr(1);
  switch (field[0]) {
    case 'W': return parse_size(name, field, kMaxFrameWidth, format.width);
    case 'H': return parse_size(name, field, kMaxFrameHeight, format.height);
    case 'F': return parse_rate(name, value, format);
    case 'C':
      if (value == "420" || value == "420jpeg" || value == "420mpeg2" || value == "420paldv") return {};
      return not_y4m(name,
                     "with 4:2:0 colour of 8 bits but {}; convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m",
                     shown(field));
    case 'I':
      if (value == "p" || value == "?") return {};
      return not_y4m(name,
                     "with whole frames but interlaced ({}); convert it: ffmpeg -i IN -vf yadif OUT.y4m",
                     shown(field));
    default: return {};  // the shape of pixels, comments, what is yet to be invented
  }
}

}  // namespace

std::chrono::microseconds Y4mFormat::frame_time(std::uint64_t index) const {
  // In two parts, so that it neither drifts nor overflows.
  const std::uint64_t rounds = index / rate_numerator;
  const std::uint64_t rest = index % rate_numerator;
  const auto micros = static_cast<double>(rest) * rate_denominator * 1e6 / rate_numerator;
  return std::chrono::microseconds(rounds * rate_denominator * 1'000'000 +
                                   static_cast<std::uint64_t>(micros + 0.5));
}

Result<Y4mFormat> parse_y4m_header(const std::string& name, std::string_view line) {
  if (!line.starts_with(kMagic) || (line.size() > kMagic.size() && line[kMagic.size()] != ' ')) {
    return not_y4m(name, "(it does not begin with {}); convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m",
                   kMagic);
  }
  Y4mFormat format;
  line.remove_prefix(kMagic.size());
  while (!line.empty()) {
    line.remove_prefix(1);
    const auto field = line.substr(0, line.find(' '));
    line.remove_prefix(field.size());
    if (field.empty()) continue;
    if (auto parsed = parse_parameter(name, field, format); !parsed) return std::unexpected(parsed.error());
  }
  if (format.width == 0 || format.height == 0) return not_y4m(name, "that says its width and height");
  return format;
}

std::string y4m_header(const Y4mFormat& format) {
  return fmt::format("{} W{} H{} F{}:{} Ip A1:1 C420jpeg", kMagic, format.width, format.height,
                     format.rate_numerator, format.rate_denominator);
}

Result<std::unique_ptr<Y4mReader>> Y4mReader::open(const std::string& path, Y4mOptions options) {
  auto source = FileSource::open(path);
  if (!source) return std::unexpected(source.error());
  return from(std::move(*source), path, options);
}

Result<std::unique_ptr<Y4mReader>> Y4mReader::from(std::unique_ptr<ByteSource> source, std::string name,
                                                   Y4mOptions options) {
  std::unique_ptr<Y4mReader> reader(new Y4mReader(std::move(source), std::move(name), options));
  if (options.loop) {
    // A pipe is found out now, not when its first round is over.
    if (auto seekable = reader->source_->rewind(); !seekable) return std::unexpected(seekable.error());
  }
  if (auto started = reader->start(); !started) return std::unexpected(started.error());
  auto first = reader->parse_frame(reader->first_);
  if (!first) return std::unexpected(first.error());
  if (!*first) return not_y4m(reader->name_, "with a whole frame in it; record it again");
  reader->first_pending_ = true;
  return reader;
}

// Empty at the end of the input; with its newline, unless the input ends, `limit` is reached or it is seen
// not to begin with `magic`.
Result<std::string> Y4mReader::read_line(std::string_view magic, std::size_t limit) {
  std::string line;
  std::array<std::uint8_t, 1> byte{};
  while (line.size() < limit) {
    const auto size = source_->read(byte);
    if (!size) return std::unexpected(size.error());
    if (*size == 0) break;
    line += static_cast<char>(byte[0]);
    if (byte[0] == '\n') break;
    if (line.size() == magic.size() && line != magic) break;
  }
  return line;
}

Result<void> Y4mReader::start() {
  auto line = read_line(kMagic, kMaxHeaderBytes);
  if (!line) return std::unexpected(line.error());
  if (line->ends_with('\n'))
    line->pop_back();
  else if (line->starts_with(kMagic))
    return not_y4m(name_, "with a whole header; record it again");
  const auto format = parse_y4m_header(name_, *line);
  if (!format) return std::unexpected(format.error());
  format_ = *format;
  return {};
}

Result<bool> Y4mReader::parse_frame(I420Frame& frame) {
  const auto line = read_line(kFrameMagic, kMaxFrameHeaderBytes);
  if (!line) return std::unexpected(line.error());
  if (line->empty()) return false;
  const auto begin = std::string_view(*line).substr(0, kFrameMagic.size());
  const char next = line->size() > begin.size() ? (*line)[begin.size()] : '\n';
  // Shorter than the word, it may only be cut off: a newline is damage.
  const bool well_begun = kFrameMagic.starts_with(begin) && (next == '\n' || next == ' ');
  if (!well_begun || (!line->ends_with('\n') && line->size() == kMaxFrameHeaderBytes))
    return not_y4m(name_, "throughout: frame {} does not begin with {}; record it again", frames_parsed_,
                   kFrameMagic);
  truncated_ = !line->ends_with('\n');
  if (frame.width != format_.width || frame.height != format_.height || !frame.valid())
    frame = I420Frame::make(format_.width, format_.height);
  for (auto* plane : {&frame.y, &frame.u, &frame.v}) {
    if (truncated_) return false;
    const auto size = source_->read(*plane);
    if (!size) return std::unexpected(size.error());
    truncated_ = *size < plane->size();
  }
  if (truncated_) return false;
  ++frames_parsed_;
  return true;
}

Result<bool> Y4mReader::parse_frame_or_rewind(I420Frame& frame) {
  auto parsed = parse_frame(frame);
  if (!parsed || *parsed || !options_.loop) return parsed;
  if (auto rewound = source_->rewind(); !rewound) return std::unexpected(rewound.error());
  const auto format = format_;
  if (auto started = start(); !started) return std::unexpected(started.error());
  if (format_ != format) return not_y4m(name_, "any more: it changed while it was read");
  return parse_frame(frame);
}

Result<bool> Y4mReader::read(I420Frame& frame) {
  if (first_pending_) {
    first_pending_ = false;
    frame = std::move(first_);
    first_ = {};
    ++frames_read_;
    return true;
  }
  auto more = parse_frame_or_rewind(frame);
  if (more && *more) ++frames_read_;
  return more;
}

Result<std::unique_ptr<Y4mWriter>> Y4mWriter::create(const std::string& path, const Y4mFormat& format) {
  const auto line = y4m_header(format);
  // What this reader would refuse is not written; 0:0, the unknown rate, is none to write either.
  if (const auto readable = parse_y4m_header(path, line); !readable || *readable != format) {
    return base::fail(ErrorKind::kInvalid, "{} cannot hold {}x{} at {}:{} frames per second", path,
                      format.width, format.height, format.rate_numerator, format.rate_denominator);
  }
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = (*file)->append(base::as_bytes(line + "\n")); !written)
    return std::unexpected(written.error());
  return std::unique_ptr<Y4mWriter>(new Y4mWriter(std::move(*file), format));
}

Result<void> Y4mWriter::write(const I420Frame& frame) {
  if (!frame.valid() || frame.width != format_.width || frame.height != format_.height) {
    return base::fail(ErrorKind::kInvalid, "{} takes frames of {}x{}, not {}x{}", file_->path(),
                      format_.width, format_.height, frame.width, frame.height);
  }
  const auto head = base::as_bytes("FRAME\n");
  buffer_.assign(head.begin(), head.end());
  for (const auto* plane : {&frame.y, &frame.u, &frame.v})
    buffer_.insert(buffer_.end(), plane->begin(), plane->end());
  return file_->append(buffer_);
}

}  // namespace vistime::media
