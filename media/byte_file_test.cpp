#include "media/byte_file.hpp"

#include <gtest/gtest.h>

#include <array>

#include "media/test_folder.hpp"

namespace vistime::media {
namespace {

TEST(ByteSource, memory_is_read_to_its_end_and_again) {
  const base::Bytes bytes{1, 2, 3};
  MemorySource source(bytes);
  std::array<std::uint8_t, 2> out{};
  EXPECT_EQ(source.read(out).value(), 2U);
  EXPECT_EQ(source.read(out).value(), 1U);
  EXPECT_EQ(source.read(out).value(), 0U);
  ASSERT_TRUE(source.rewind());
  EXPECT_EQ(source.read(out).value(), 2U);
  EXPECT_EQ(out[1], 2);
}

TEST(ByteSource, a_missing_file_is_not_found_with_the_systems_reason) {
  const auto source = FileSource::open("/nowhere/file");
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(source.error().message, "cannot open /nowhere/file: No such file or directory");
}

TEST(ByteSource, a_folder_is_not_read) {
  const auto source = FileSource::open("/");
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(source.error().message, "cannot open /: Is a directory");
}

TEST(OutputFile, appends_and_overwrites_without_waiting_for_close) {
  const TestFolder folder;
  const auto file = OutputFile::create(folder / "file").value();
  ASSERT_TRUE(file->append(base::as_bytes("head")));
  ASSERT_TRUE(file->append(base::as_bytes("tail")));
  ASSERT_TRUE(file->overwrite(1, base::as_bytes("EA")));
  EXPECT_EQ(base::as_text(read_file(folder / "file")), "hEAdtail");
  EXPECT_EQ(file->size_bytes(), 8U);
  EXPECT_EQ(file->overwrite(7, base::as_bytes("xx")).error().kind, base::ErrorKind::kInvalid);
  ASSERT_TRUE(file->close());
  ASSERT_TRUE(file->close());
  EXPECT_EQ(file->append(base::as_bytes("more")).error().kind, base::ErrorKind::kClosed);
}

TEST(OutputFile, a_full_disk_is_overloaded) {
  const auto file = OutputFile::create("/dev/full").value();
  const auto written = file->append(base::as_bytes("head"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::kOverloaded);
  EXPECT_EQ(written.error().code, "disk-full");
}

TEST(OutputFile, an_append_that_does_not_fit_leaves_nothing_and_can_be_tried_again) {
  const TestFolder folder;
  const auto file = OutputFile::create(folder / "file").value();
  ASSERT_TRUE(file->append(base::as_bytes("whole")));
  {
    const FileSizeLimit limit(8);
    const auto written = file->append(base::as_bytes("does not fit"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, "disk-full");
  }
  EXPECT_EQ(base::as_text(read_file(folder / "file")), "whole");
  ASSERT_TRUE(file->append(base::as_bytes(" again")));
  EXPECT_EQ(base::as_text(read_file(folder / "file")), "whole again");
}

TEST(OutputFile, a_folder_that_is_missing_is_named) {
  const auto file = OutputFile::create("/nowhere/file");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(file.error().message, "cannot create /nowhere/file: No such file or directory");
}

}  // namespace
}  // namespace vistime::media
