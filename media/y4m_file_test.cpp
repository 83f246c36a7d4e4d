#include "media/y4m_file.hpp"

#include <gtest/gtest.h>

#include "media/test_folder.hpp"

namespace vistime::media {
namespace {

I420Frame numbered(int width, int height, int number) {
  auto frame = I420Frame::make(width, height);
  for (auto* plane : {&frame.y, &frame.u, &frame.v}) {
    for (std::size_t i = 0; i < plane->size(); ++i)
      (*plane)[i] = static_cast<std::uint8_t>(i + static_cast<std::size_t>(number) * 7);
  }
  return frame;
}

void write_numbered(const std::string& path, const Y4mFormat& format, int frames) {
  const auto writer = Y4mWriter::create(path, format).value();
  for (int i = 0; i < frames; ++i) ASSERT_TRUE(writer->write(numbered(format.width, format.height, i)));
  ASSERT_TRUE(writer->close());
}

std::string refusal(std::string_view line) {
  const auto format = parse_y4m_header("film.y4m", line);
  EXPECT_FALSE(format) << line;
  if (format) return {};
  EXPECT_EQ(format.error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(format.error().code, "not-y4m");
  EXPECT_EQ(format.error().message.find('\n'), std::string::npos);
  EXPECT_TRUE(format.error().message.starts_with("film.y4m is not a Y4M file ")) << format.error().message;
  return format.error().message;
}

TEST(Y4mHeader, all_eight_bit_420_variants_are_taken) {
  const std::string header = "YUV4MPEG2 W640 H360 F30000:1001 Ip A1:1 XYSCSS=420JPEG";
  for (const auto* colour : {"", " C420", " C420jpeg", " C420paldv", " C420mpeg2"}) {
    const auto format = parse_y4m_header("f", header + colour);
    ASSERT_TRUE(format) << colour;
    EXPECT_EQ(*format, (Y4mFormat{640, 360, 30000, 1001}));
  }
}

TEST(Y4mHeader, an_unknown_rate_is_25) {
  EXPECT_EQ(parse_y4m_header("f", "YUV4MPEG2 W2 H2").value(), (Y4mFormat{2, 2, 25, 1}));
  EXPECT_EQ(parse_y4m_header("f", "YUV4MPEG2 W2 H2 F0:0").value(), (Y4mFormat{2, 2, 25, 1}));
}

TEST(Y4mHeader, what_cannot_be_sent_is_refused_with_the_remedy) {
  EXPECT_EQ(refusal("RIFF"),
            "film.y4m is not a Y4M file (it does not begin with YUV4MPEG2); "
            "convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m");
  EXPECT_NE(refusal("YUV4MPEG2 W2 H2 C422").find("but C422; convert it"), std::string::npos);
  for (const auto* line : {"",
                           "YUV4MPEG",
                           "YUV4MPEG2X W2 H2",
                           "YUV4MPEG2",
                           "YUV4MPEG2 W2",
                           "YUV4MPEG2 H2",
                           "YUV4MPEG2 W0 H2",
                           "YUV4MPEG2 W-2 H2",
                           "YUV4MPEG2 W7681 H2",
                           "YUV4MPEG2 W2 H4321",
                           "YUV4MPEG2 W99999999999999 H2",
                           "YUV4MPEG2 W2x H2",
                           "YUV4MPEG2 W2 H2 C444",
                           "YUV4MPEG2 W2 H2 C420p10",
                           "YUV4MPEG2 W2 H2 Cmono",
                           "YUV4MPEG2 W2 H2 C",
                           "YUV4MPEG2 W2 H2 It",
                           "YUV4MPEG2 W2 H2 F25",
                           "YUV4MPEG2 W2 H2 F25:0",
                           "YUV4MPEG2 W2 H2 F0:1",
                           "YUV4MPEG2 W2 H2 F:",
                           "YUV4MPEG2 W2 H2 F1001:1",
                           "YUV4MPEG2 W2 H2 F1:61"})
    EXPECT_FALSE(refusal(line).empty());
}

TEST(Y4mHeader, frame_times_do_not_drift_or_overflow) {
  const Y4mFormat format{2, 2, 30000, 1001};
  EXPECT_EQ(format.frame_time(0), std::chrono::microseconds(0));
  EXPECT_EQ(format.frame_time(1), std::chrono::microseconds(33'367));
  EXPECT_EQ(format.frame_time(30000), std::chrono::seconds(1001));
  EXPECT_EQ(format.frame_time(30000ULL * 86400), std::chrono::seconds(1001 * 86400LL));
}

TEST(Y4mFile, frames_come_back_as_written_at_odd_sizes_too) {
  const TestFolder folder;
  const Y4mFormat format{7, 5, 30, 1};
  write_numbered(folder / "a.y4m", format, 3);
  const auto reader = Y4mReader::open(folder / "a.y4m").value();
  EXPECT_EQ(reader->format(), format);
  I420Frame frame;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(reader->read(frame).value());
    EXPECT_EQ(frame, numbered(7, 5, i));
  }
  EXPECT_FALSE(reader->read(frame).value());
  EXPECT_FALSE(reader->truncated());
  EXPECT_EQ(reader->frames_read(), 3U);
}

TEST(Y4mFile, a_loop_begins_again_after_the_last_frame) {
  const TestFolder folder;
  write_numbered(folder / "a.y4m", {4, 4, 30, 1}, 3);
  const auto reader = Y4mReader::open(folder / "a.y4m", {.loop = true}).value();
  I420Frame frame;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(reader->read(frame).value());
    EXPECT_EQ(frame, numbered(4, 4, i % 3)) << i;
  }
  EXPECT_EQ(reader->frames_read(), 10U);
}

TEST(Y4mFile, frame_headers_may_have_parameters) {
  const auto bytes = base::as_bytes("YUV4MPEG2 W2 H2\nFRAME Ip Xnote\nabcdefFRAME\nghijkl");
  const auto reader = Y4mReader::from(std::make_unique<MemorySource>(bytes), "memory").value();
  I420Frame frame;
  ASSERT_TRUE(reader->read(frame).value());
  EXPECT_EQ(base::as_text(frame.y), "abcd");
  ASSERT_TRUE(reader->read(frame).value());
  EXPECT_EQ(base::as_text(frame.v), "l");
}

TEST(Y4mFile, a_file_cut_anywhere_yields_the_whole_frames_before_the_cut) {
  const std::string whole = "YUV4MPEG2 W2 H2\nFRAME\nabcdefFRAME\nghijkl";
  const std::size_t first_end = whole.size() - 12;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto text = whole.substr(0, size);
    auto reader = Y4mReader::from(std::make_unique<MemorySource>(base::as_bytes(text)), "film.y4m");
    ASSERT_EQ(reader.has_value(), size >= first_end) << size;
    if (!reader) {
      EXPECT_EQ(reader.error().code, "not-y4m");
      continue;
    }
    I420Frame frame;
    while ((*reader)->read(frame).value()) EXPECT_TRUE(frame.valid());
    EXPECT_EQ((*reader)->frames_read(), size == whole.size() ? 2U : 1U) << size;
    EXPECT_EQ((*reader)->truncated(), size != whole.size() && size != first_end) << size;
  }
}

TEST(Y4mFile, damage_between_frames_is_an_error_that_names_the_frame) {
  for (const auto* damage : {"FRAMX\nghijkl", "FRAMEghijkl", "FRA\nghijkl...", "\n"}) {
    const auto text = std::string("YUV4MPEG2 W2 H2\nFRAME\nabcdef") + damage;
    const auto reader =
        Y4mReader::from(std::make_unique<MemorySource>(base::as_bytes(text)), "film.y4m").value();
    I420Frame frame;
    ASSERT_TRUE(reader->read(frame).value());
    const auto read = reader->read(frame);
    ASSERT_FALSE(read) << damage;
    EXPECT_EQ(read.error().message,
              "film.y4m is not a Y4M file throughout: frame 1 does not begin with FRAME; record it again");
  }
}

TEST(Y4mFile, a_missing_file_is_not_found_with_the_systems_reason) {
  const auto reader = Y4mReader::open("/nowhere/a.y4m");
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(reader.error().message, "cannot open /nowhere/a.y4m: No such file or directory");
}

TEST(Y4mFile, frames_of_another_size_and_full_disks_are_errors) {
  EXPECT_EQ(Y4mWriter::create("/dev/full", {2, 2, 25, 1}).error().code, "disk-full");
  EXPECT_EQ(Y4mWriter::create("/dev/null", {0, 2, 25, 1}).error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(Y4mWriter::create("/dev/null", {2, 2, 0, 0}).error().kind, base::ErrorKind::kInvalid);
  const TestFolder folder;
  const auto writer = Y4mWriter::create(folder / "a.y4m", {16, 16, 25, 1}).value();
  EXPECT_EQ(writer->write(I420Frame::make(16, 18)).error().kind, base::ErrorKind::kInvalid);
  ASSERT_TRUE(writer->write(I420Frame::make(16, 16)));
  const auto size = std::filesystem::file_size(folder / "a.y4m");
  {
    const FileSizeLimit limit(size + 100);
    EXPECT_EQ(writer->write(I420Frame::make(16, 16)).error().code, "disk-full");
  }
  EXPECT_EQ(std::filesystem::file_size(folder / "a.y4m"), size);
}

}  // namespace
}  // namespace vistime::media
