#include <gtest/gtest.h>

#include "media/test_folder.hpp"
#include "media/wav_file.hpp"

namespace vistime::media {
namespace {

using std::chrono::milliseconds;

TEST(WavWriter, the_bytes_are_those_of_the_format) {
  const TestFolder folder;
  const auto writer = WavWriter::create(folder / "a.wav", 2).value();
  ASSERT_TRUE(writer->write(std::vector<std::int16_t>{1, -2}));
  ASSERT_TRUE(writer->close());
  EXPECT_EQ(base::hex(read_file(folder / "a.wav")),
            "52494646"
            "4c000000"
            "57415645"  // RIFF, 76 bytes, WAVE
            "4a554e4b"
            "1c000000" +
                std::string(56, '0') +  // JUNK, 28 bytes
                "666d7420"
                "10000000"
                "0100"
                "0200"
                "80bb0000"
                "00ee0200"
                "0400"
                "1000"  // fmt
                "64617461"
                "04000000"
                "0100"
                "feff");  // data
}

TEST(WavWriter, a_file_that_nobody_closed_is_valid_up_to_the_last_second) {
  const TestFolder folder;
  const auto writer = WavWriter::create(folder / "a.wav", 1).value();
  const std::vector<std::int16_t> block(kWavBlockFrames, 100);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(writer->write(block));
    if (writer->frames_written() < kWavSampleRate) continue;
    // As another process finds it: the writer lives on.
    const auto found = WavReader::open(folder / "a.wav").value()->duration();
    const milliseconds written(writer->frames_written() / 48);
    ASSERT_LE(found, written);
    ASSERT_GT(found, written - milliseconds(1000));
  }
}

TEST(WavWriter, sound_and_silence_come_back_in_order) {
  const TestFolder folder;
  const auto writer = WavWriter::create(folder / "a.wav", 1).value();
  ASSERT_TRUE(writer->write(std::vector<std::int16_t>(kWavBlockFrames, 7)));
  ASSERT_TRUE(writer->write_silence(100 * kWavBlockFrames));
  ASSERT_TRUE(writer->write(std::vector<std::int16_t>(kWavBlockFrames, -9)));
  EXPECT_EQ(writer->frames_written(), 102 * kWavBlockFrames);
  ASSERT_TRUE(writer->close());
  const auto reader = WavReader::open(folder / "a.wav").value();
  std::vector<std::int16_t> block;
  for (int i = 0; i < 102; ++i) {
    ASSERT_TRUE(reader->read(block).value());
    const std::int16_t expected = i == 0 ? 7 : i == 101 ? -9 : 0;
    ASSERT_EQ(block, std::vector<std::int16_t>(kWavBlockFrames, expected)) << i;
  }
  EXPECT_FALSE(reader->read(block).value());
}

TEST(WavWriter, past_four_gigabytes_the_header_is_rf64_and_readable) {
  const TestFolder folder;
  constexpr std::uint64_t kData = 5'000'000'000;
  write_file(folder / "a.wav", wav_header(2, kData));
  // Sparse: takes no room.
  std::filesystem::resize_file(folder / "a.wav", kWavHeaderBytes + kData);
  const auto reader = WavReader::open(folder / "a.wav").value();
  EXPECT_EQ(reader->duration(), std::chrono::microseconds(kData / 4 * 1'000'000 / kWavSampleRate));
}

TEST(WavWriter, wrong_channels_and_uneven_samples_are_refused) {
  EXPECT_EQ(WavWriter::create("/dev/null", 3).error().kind, base::ErrorKind::kInvalid);
  const TestFolder folder;
  const auto writer = WavWriter::create(folder / "a.wav", 2).value();
  EXPECT_EQ(writer->write(std::vector<std::int16_t>(3)).error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(writer->frames_written(), 0U);
  ASSERT_TRUE(writer->close());
  EXPECT_EQ(writer->write(std::vector<std::int16_t>(2)).error().kind, base::ErrorKind::kClosed);
}

TEST(WavWriter, a_full_disk_is_an_error_and_leaves_a_valid_file) {
  EXPECT_EQ(WavWriter::create("/dev/full", 1).error().code, "disk-full");
  const TestFolder folder;
  const auto writer = WavWriter::create(folder / "a.wav", 1).value();
  const std::vector<std::int16_t> block(kWavBlockFrames, 5);
  {
    const FileSizeLimit limit(10'000);
    auto written = writer->write(block);
    while (written) written = writer->write(block);
    EXPECT_EQ(written.error().kind, base::ErrorKind::kOverloaded);
    EXPECT_EQ(written.error().code, "disk-full");
    EXPECT_EQ(written.error().message.find('\n'), std::string::npos);
    ASSERT_TRUE(writer->close());
  }
  EXPECT_EQ(std::filesystem::file_size(folder / "a.wav"), kWavHeaderBytes + 5 * 2 * kWavBlockFrames);
  EXPECT_EQ(WavReader::open(folder / "a.wav").value()->duration(), milliseconds(100));
}

}  // namespace
}  // namespace vistime::media
