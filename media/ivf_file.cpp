#include "media/ivf_file.hpp"

#include <algorithm>
#include <array>

#include "media/little_endian.hpp"

namespace vistime::media {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::string_view kMagic = "DKIF";
constexpr std::array kCodecs{IvfCodec::kVp8, IvfCodec::kVp9, IvfCodec::kAv1, IvfCodec::kH264};
constexpr std::chrono::milliseconds kHeaderInterval{1000};
// A size is believed in steps: a damaged file costs no more memory than it has bytes, plus this.
constexpr std::size_t kReadStepBytes = 1U << 20U;

template <typename... Args>
std::unexpected<base::Error> not_ivf(const std::string& name, fmt::format_string<Args...> format,
                                     Args&&... args) {
  return base::fail_as(ErrorKind::kInvalid, "not-ivf", "{} is not an IVF file: {}", name,
                       fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace

std::string_view fourcc(IvfCodec codec) {
  switch (codec) {
    case IvfCodec::kVp8: return "VP80";
    case IvfCodec::kVp9: return "VP90";
    case IvfCodec::kAv1: return "AV01";
    case IvfCodec::kH264: return "H264";
  }
  return "????";
}

Result<IvfHeader> parse_ivf_header(const std::string& name, base::BytesView bytes) {
  if (bytes.size() < kMagic.size() || base::as_text(bytes.first(kMagic.size())) != kMagic)
    return not_ivf(name, "it does not begin with {}", kMagic);
  if (bytes.size() < kIvfHeaderBytes) return not_ivf(name, "its header is cut off");
  if (little_endian<std::uint16_t>(bytes, 4) != 0 ||
      little_endian<std::uint16_t>(bytes, 6) != kIvfHeaderBytes)
    return not_ivf(name, "its version is unknown");
  const auto letters = base::as_text(bytes.subspan(8, 4));
  const auto* const codec = std::ranges::find(kCodecs, letters, fourcc);
  if (codec == kCodecs.end()) return not_ivf(name, "its codec is none of VP80, VP90, AV01, H264");
  const IvfHeader header{*codec,
                         little_endian<std::uint16_t>(bytes, 12),
                         little_endian<std::uint16_t>(bytes, 14),
                         little_endian<std::uint32_t>(bytes, 16),
                         little_endian<std::uint32_t>(bytes, 20),
                         little_endian<std::uint32_t>(bytes, 24)};
  if (header.timebase_denominator == 0 || header.timebase_numerator == 0)
    return not_ivf(name, "its timebase is {}/{}", header.timebase_numerator, header.timebase_denominator);
  return header;
}

base::Bytes ivf_header(const IvfHeader& header) {
  base::Bytes out;
  out.reserve(kIvfHeaderBytes);
  const auto put = [&out](std::string_view text) { base::ByteWriter(out).bytes(base::as_bytes(text)); };
  put(kMagic);
  append_little_endian(out, std::uint16_t{0});
  append_little_endian(out, static_cast<std::uint16_t>(kIvfHeaderBytes));
  put(fourcc(header.codec));
  append_little_endian(out, header.width);
  append_little_endian(out, header.height);
  append_little_endian(out, header.timebase_denominator);
  append_little_endian(out, header.timebase_numerator);
  append_little_endian(out, header.frames);
  append_little_endian(out, std::uint32_t{0});
  return out;
}

Result<std::unique_ptr<IvfReader>> IvfReader::open(const std::string& path) {
  auto source = FileSource::open(path);
  if (!source) return std::unexpected(source.error());
  return from(std::move(*source), path);
}

Result<std::unique_ptr<IvfReader>> IvfReader::from(std::unique_ptr<ByteSource> source, std::string name) {
  std::unique_ptr<IvfReader> reader(new IvfReader(std::move(source), std::move(name)));
  std::array<std::uint8_t, kIvfHeaderBytes> bytes{};
  const auto size = reader->source_->read(bytes);
  if (!size) return std::unexpected(size.error());
  auto header = parse_ivf_header(reader->name_, base::BytesView(bytes).first(*size));
  if (!header) return std::unexpected(header.error());
  reader->header_ = *header;
  return reader;
}

Result<bool> IvfReader::read_data(std::uint32_t size, base::Bytes& data) {
  data.clear();
  while (data.size() < size) {
    const auto before = data.size();
    data.resize(std::min<std::size_t>(size, before + kReadStepBytes));
    const auto got = source_->read(std::span(data).subspan(before));
    if (!got) return std::unexpected(got.error());
    if (before + *got < data.size()) {
      data.clear();
      return false;
    }
  }
  return true;
}

Result<bool> IvfReader::read(IvfFrame& frame) {
  std::array<std::uint8_t, kIvfFrameHeaderBytes> head{};
  const auto got = source_->read(head);
  if (!got) return std::unexpected(got.error());
  if (*got < head.size()) {
    truncated_ = truncated_ || *got > 0;
    return false;
  }
  const auto size = little_endian<std::uint32_t>(head, 0);
  if (size > kMaxIvfFrameBytes)
    return not_ivf(name_, "frame {} claims {} bytes; the file is damaged", frames_read_, size);
  frame.time = little_endian<std::uint64_t>(head, 4);
  auto whole = read_data(size, frame.data);
  if (whole && *whole) ++frames_read_;
  if (whole && !*whole) truncated_ = true;
  return whole;
}

Result<std::unique_ptr<IvfWriter>> IvfWriter::create(const std::string& path, IvfCodec codec,
                                                     std::uint16_t width, std::uint16_t height) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  const IvfHeader header{.codec = codec, .width = width, .height = height};
  if (auto written = (*file)->append(ivf_header(header)); !written) return std::unexpected(written.error());
  return std::unique_ptr<IvfWriter>(new IvfWriter(std::move(*file), header));
}

IvfWriter::~IvfWriter() { static_cast<void>(close().has_value()); }

Result<void> IvfWriter::update_header() { return file_->overwrite(0, ivf_header(header_)); }

Result<void> IvfWriter::write(base::BytesView frame, std::chrono::milliseconds time) {
  if (frame.size() > kMaxIvfFrameBytes || time.count() < 0)
    return base::fail(ErrorKind::kInvalid, "{} cannot hold a frame of {} bytes at {} ms", file_->path(),
                      frame.size(), time.count());
  buffer_.clear();
  append_little_endian(buffer_, static_cast<std::uint32_t>(frame.size()));
  append_little_endian(buffer_, static_cast<std::uint64_t>(time.count()));
  buffer_.insert(buffer_.end(), frame.begin(), frame.end());
  if (auto written = file_->append(buffer_); !written) return written;
  ++header_.frames;
  if (header_.frames > 1 && time - header_time_ < kHeaderInterval) return {};
  header_time_ = time;
  return update_header();
}

Result<void> IvfWriter::close() {
  if (closed_) return {};
  closed_ = true;
  auto updated = update_header();
  auto shut = file_->close();
  return updated ? shut : updated;
}

}  // namespace vistime::media
