#include "media/ivf_file.hpp"

#include <gtest/gtest.h>

#include "media/test_folder.hpp"

namespace vistime::media {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<IvfReader> reader_of(const base::Bytes& bytes) {
  return IvfReader::from(std::make_unique<MemorySource>(bytes), "memory").value();
}

TEST(IvfFile, the_bytes_are_those_of_the_format) {
  const TestFolder folder;
  {
    const auto writer = IvfWriter::create(folder / "a.ivf", IvfCodec::kVp9, 640, 360).value();
    ASSERT_TRUE(writer->write(base::Bytes{0xAA, 0xBB}, milliseconds(258)));
    ASSERT_TRUE(writer->close());
  }
  EXPECT_EQ(base::hex(read_file(folder / "a.ivf")),
            "444b4946"
            "0000"
            "2000"
            "56503930"
            "8002"
            "6801"
            "e8030000"
            "01000000"
            "01000000"
            "00000000"
            "02000000"
            "0201000000000000"
            "aabb");
}

TEST(IvfFile, frames_come_back_with_their_times) {
  const TestFolder folder;
  {
    const auto writer = IvfWriter::create(folder / "a.ivf", IvfCodec::kVp8, 320, 180).value();
    for (int i = 0; i < 50; ++i)
      ASSERT_TRUE(writer->write(base::Bytes(static_cast<std::size_t>(i), static_cast<std::uint8_t>(i)),
                                milliseconds(40 * i)));
  }
  const auto reader = IvfReader::open(folder / "a.ivf").value();
  EXPECT_EQ(reader->header(), (IvfHeader{IvfCodec::kVp8, 320, 180, 1000, 1, 50}));
  IvfFrame frame;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(reader->read(frame).value());
    EXPECT_EQ(frame.time, 40U * static_cast<unsigned>(i));
    EXPECT_EQ(frame.data, base::Bytes(static_cast<std::size_t>(i), static_cast<std::uint8_t>(i)));
  }
  EXPECT_FALSE(reader->read(frame).value());
  EXPECT_FALSE(reader->truncated());
  EXPECT_EQ(reader->frames_read(), 50U);
}

TEST(IvfFile, the_header_counts_frames_each_second_while_the_file_is_open) {
  const TestFolder folder;
  const auto writer = IvfWriter::create(folder / "a.ivf", IvfCodec::kAv1, 320, 180).value();
  for (int i = 0; i <= 30; ++i) ASSERT_TRUE(writer->write(base::Bytes{1}, milliseconds(40 * i)));
  // Brought up to date at the frame of 1000 ms, which is the 26th.
  EXPECT_EQ(IvfReader::open(folder / "a.ivf").value()->header().frames, 26U);
  ASSERT_TRUE(writer->close());
  EXPECT_EQ(IvfReader::open(folder / "a.ivf").value()->header().frames, 31U);
  EXPECT_EQ(writer->write(base::Bytes{1}, milliseconds(0)).error().kind, base::ErrorKind::kClosed);
}

TEST(IvfFile, a_file_cut_anywhere_yields_the_whole_frames_before_the_cut) {
  auto bytes = ivf_header({IvfCodec::kH264, 16, 16, 1000, 1, 3});
  for (std::uint8_t i = 0; i < 3; ++i) {
    const base::Bytes frame{5, 0, 0, 0, i, 0, 0, 0, 0, 0, 0, 0, 'f', 'r', 'a', 'm', 'e'};
    bytes.insert(bytes.end(), frame.begin(), frame.end());
  }
  constexpr std::size_t kFrame = kIvfFrameHeaderBytes + 5;
  for (std::size_t size = kIvfHeaderBytes; size <= bytes.size(); ++size) {
    const base::Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto reader = reader_of(cut);
    IvfFrame frame;
    while (reader->read(frame).value()) EXPECT_EQ(base::as_text(frame.data), "frame");
    EXPECT_EQ(reader->frames_read(), (size - kIvfHeaderBytes) / kFrame) << size;
    EXPECT_EQ(reader->truncated(), (size - kIvfHeaderBytes) % kFrame != 0) << size;
  }
}

TEST(IvfFile, what_is_not_ivf_is_refused_with_the_reason) {
  const auto refused = [](base::Bytes bytes) {
    const auto header = parse_ivf_header("film.ivf", bytes);
    EXPECT_FALSE(header);
    EXPECT_EQ(header.error().kind, base::ErrorKind::kInvalid);
    EXPECT_EQ(header.error().code, "not-ivf");
    return header.error().message;
  };
  auto good = ivf_header({});
  EXPECT_EQ(refused({}), "film.ivf is not an IVF file: it does not begin with DKIF");
  EXPECT_EQ(refused(base::Bytes(good.begin(), good.begin() + 31)),
            "film.ivf is not an IVF file: its header is cut off");
  auto codec = good;
  codec[8] = 'X';
  EXPECT_EQ(refused(codec), "film.ivf is not an IVF file: its codec is none of VP80, VP90, AV01, H264");
  auto version = good;
  version[4] = 1;
  EXPECT_EQ(refused(version), "film.ivf is not an IVF file: its version is unknown");
  auto timebase = good;
  timebase[20] = 0;
  EXPECT_EQ(refused(timebase), "film.ivf is not an IVF file: its timebase is 0/1000");
}

TEST(IvfFile, a_frame_that_claims_too_much_is_damage) {
  auto bytes = ivf_header({});
  const base::Bytes frame{0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0};
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  IvfFrame out;
  const auto read = reader_of(bytes)->read(out);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "not-ivf");
}

TEST(IvfFile, a_missing_file_is_not_found) {
  EXPECT_EQ(IvfReader::open("/nowhere/a.ivf").error().kind, base::ErrorKind::kNotFound);
}

TEST(IvfFile, a_full_disk_is_an_error_and_leaves_a_readable_file) {
  EXPECT_EQ(IvfWriter::create("/dev/full", IvfCodec::kVp8, 16, 16).error().code, "disk-full");
  const TestFolder folder;
  const auto writer = IvfWriter::create(folder / "a.ivf", IvfCodec::kVp8, 16, 16).value();
  ASSERT_TRUE(writer->write(base::Bytes(100), milliseconds(0)));
  {
    const FileSizeLimit limit(200);
    const auto written = writer->write(base::Bytes(100), milliseconds(40));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, base::ErrorKind::kOverloaded);
    EXPECT_EQ(written.error().code, "disk-full");
  }
  ASSERT_TRUE(writer->write(base::Bytes(10), milliseconds(80)));
  ASSERT_TRUE(writer->close());
  const auto reader = IvfReader::open(folder / "a.ivf").value();
  IvfFrame frame;
  ASSERT_TRUE(reader->read(frame).value());
  ASSERT_TRUE(reader->read(frame).value());
  EXPECT_EQ(frame.time, 80U);
  EXPECT_FALSE(reader->read(frame).value());
  EXPECT_FALSE(reader->truncated());
}

}  // namespace
}  // namespace vistime::media
