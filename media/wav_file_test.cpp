#include "media/wav_file.hpp"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "media/test_folder.hpp"

namespace vistime::media {
namespace {

// A file of any kind, made by libsndfile from interleaved samples.
void make_sound(const std::string& path, int format, int rate, int channels,
                const std::vector<float>& samples) {
  SF_INFO info{};
  info.format = format;
  info.samplerate = rate;
  info.channels = channels;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr) << sf_strerror(nullptr);
  const auto size = static_cast<sf_count_t>(samples.size());
  EXPECT_EQ(sf_write_float(file, samples.data(), size), size);
  EXPECT_EQ(sf_close(file), 0);
}

std::vector<float> tone(double hertz, int rate, double seconds) {
  std::vector<float> out(static_cast<std::size_t>(rate * seconds));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  return out;
}

std::vector<std::int16_t> read_all(WavReader& reader) {
  std::vector<std::int16_t> all;
  std::vector<std::int16_t> block;
  while (reader.read(block).value()) {
    EXPECT_EQ(block.size(), kWavBlockFrames * static_cast<std::size_t>(reader.channels()));
    all.insert(all.end(), block.begin(), block.end());
  }
  return all;
}

constexpr int kWav16 = SF_FORMAT_WAV | SF_FORMAT_PCM_16;

TEST(WavReader, sixteen_bits_at_48_kilohertz_come_out_exactly) {
  const TestFolder folder;
  std::vector<std::int16_t> samples;
  for (int value = -32768; value <= 32767; value += 13) samples.push_back(static_cast<std::int16_t>(value));
  samples.push_back(32767);
  {
    const auto writer = WavWriter::create(folder / "a.wav", 1).value();
    ASSERT_TRUE(writer->write(samples));
  }
  auto out = read_all(*WavReader::open(folder / "a.wav").value());
  ASSERT_EQ(out.size(), (samples.size() + kWavBlockFrames - 1) / kWavBlockFrames * kWavBlockFrames);
  for (std::size_t i = samples.size(); i < out.size(); ++i) ASSERT_EQ(out[i], 0) << "the rest is silence";
  out.resize(samples.size());
  EXPECT_EQ(out, samples);
}

TEST(WavReader, any_rate_and_depth_becomes_48_kilohertz_without_delay) {
  const TestFolder folder;
  for (const int rate : {8000, 11025, 16000, 22050, 44100, 96000, 192000}) {
    for (const int depth :
         {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_PCM_32, SF_FORMAT_FLOAT, SF_FORMAT_DOUBLE}) {
      make_sound(folder / "a.wav", SF_FORMAT_WAV | depth, rate, 1, tone(440, rate, 0.5));
      const auto reader = WavReader::open(folder / "a.wav").value();
      EXPECT_EQ(reader->file_sample_rate(), rate);
      EXPECT_NEAR(static_cast<double>(reader->duration().count()), 500'000, 200);
      const auto out = read_all(*reader);
      EXPECT_EQ(out.size(), 24'000U) << rate;
      const auto expected = tone(440, kWavSampleRate, 0.5);
      // Away from the ends, where a filter rings.
      for (std::size_t i = 2000; i < 22'000 && i < out.size(); ++i)
        ASSERT_NEAR(out[i], expected[i] * 32768, 60) << rate << " Hz, sample " << i;
    }
  }
}

TEST(WavReader, eight_bits_and_mu_law_are_taken) {
  const TestFolder folder;
  for (const int depth : {SF_FORMAT_PCM_U8, SF_FORMAT_ULAW, SF_FORMAT_ALAW}) {
    make_sound(folder / "a.wav", SF_FORMAT_WAV | depth, 48'000, 1, std::vector<float>(960, 0.25F));
    const auto out = read_all(*WavReader::open(folder / "a.wav").value());
    ASSERT_EQ(out.size(), 960U);
    EXPECT_NEAR(out[500], 8192, 300);
  }
}

TEST(WavReader, two_channels_are_mixed_only_when_asked) {
  const TestFolder folder;
  std::vector<float> samples;
  for (int i = 0; i < 960; ++i) samples.insert(samples.end(), {0.5F, -0.25F});
  make_sound(folder / "a.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48'000, 2, samples);

  const auto stereo = WavReader::open(folder / "a.wav", {.mono = false}).value();
  EXPECT_EQ(stereo->channels(), 2);
  const auto both = read_all(*stereo);
  ASSERT_EQ(both.size(), 1920U);
  EXPECT_EQ(both[0], 16384);
  EXPECT_EQ(both[1], -8192);

  const auto mono = WavReader::open(folder / "a.wav", {.mono = true}).value();
  EXPECT_EQ(mono->channels(), 1);
  EXPECT_EQ(read_all(*mono), std::vector<std::int16_t>(960, 4096));
}

TEST(WavReader, more_than_two_channels_become_one) {
  const TestFolder folder;
  std::vector<float> samples;
  for (int i = 0; i < 960; ++i) samples.insert(samples.end(), {0.75F, 0.0F, 0.0F});
  make_sound(folder / "a.wav", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, 48'000, 3, samples);
  const auto reader = WavReader::open(folder / "a.wav", {.mono = false}).value();
  EXPECT_EQ(reader->channels(), 1);
  EXPECT_EQ(reader->file_channels(), 3);
  EXPECT_EQ(read_all(*reader), std::vector<std::int16_t>(960, 8192));
}

TEST(WavReader, a_loop_has_no_gap) {
  const TestFolder folder;
  std::vector<std::int16_t> samples;
  for (int i = 0; i < 700; ++i) samples.push_back(static_cast<std::int16_t>(i));
  {
    const auto writer = WavWriter::create(folder / "a.wav", 1).value();
    ASSERT_TRUE(writer->write(samples));
  }
  const auto reader = WavReader::open(folder / "a.wav", {.loop = true}).value();
  std::vector<std::int16_t> block;
  for (std::size_t at = 0; at < 20 * kWavBlockFrames; at += kWavBlockFrames) {
    ASSERT_TRUE(reader->read(block).value());
    for (std::size_t i = 0; i < block.size(); ++i) ASSERT_EQ(block[i], static_cast<int>((at + i) % 700));
  }
}

TEST(WavReader, a_resampled_loop_goes_on) {
  const TestFolder folder;
  // 44 whole waves: the seam cannot be heard, so the tone goes on over it.
  make_sound(folder / "a.wav", kWav16, 44'100, 1, tone(440, 44'100, 0.1));
  const auto reader = WavReader::open(folder / "a.wav", {.loop = true}).value();
  const auto expected = tone(440, kWavSampleRate, 1);
  std::vector<std::int16_t> block;
  for (std::size_t at = 0; at + kWavBlockFrames <= expected.size(); at += kWavBlockFrames) {
    ASSERT_TRUE(reader->read(block).value());
    for (std::size_t i = 0; at > 0 && i < block.size(); ++i)
      ASSERT_NEAR(block[i], expected[at + i] * 32768, 60);
  }
}

TEST(WavReader, floating_point_nonsense_becomes_sound_within_full_scale) {
  const TestFolder folder;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> samples{kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(), 3e38F,
                                   -7.0F};
  make_sound(folder / "a.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48'000, 1, samples);
  auto out = read_all(*WavReader::open(folder / "a.wav").value());
  out.resize(5);
  EXPECT_EQ(out, (std::vector<std::int16_t>{32767, -32768, 0, 32767, -32768}));
}

std::string refusal(const std::string& path) {
  const auto reader = WavReader::open(path);
  EXPECT_FALSE(reader) << path;
  if (reader) return {};
  EXPECT_EQ(reader.error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(reader.error().code, "not-wav");
  EXPECT_EQ(reader.error().message.find('\n'), std::string::npos);
  EXPECT_TRUE(reader.error().message.starts_with(path + " is not a WAV file: ")) << reader.error().message;
  return reader.error().message.substr(path.size());
}

TEST(WavReader, what_is_not_wav_is_refused_in_one_line) {
  const TestFolder folder;
  write_file(folder / "text.wav", base::as_bytes("Dear sirs,\nplease find attached"));
  EXPECT_EQ(refusal(folder / "text.wav"),
            " is not a WAV file: its format is unknown; convert it: ffmpeg -i IN OUT.wav");
  write_file(folder / "nothing.wav", {});
  EXPECT_FALSE(refusal(folder / "nothing.wav").empty());
  write_file(folder / "cut.wav", base::as_bytes("RIFF\x40"));
  EXPECT_FALSE(refusal(folder / "cut.wav").empty());
  make_sound(folder / "a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 48'000, 1, {0.5F});
  EXPECT_EQ(refusal(folder / "a.aiff"),
            " is not a WAV file: it holds another format; convert it: ffmpeg -i IN OUT.wav");
  make_sound(folder / "empty.wav", kWav16, 48'000, 1, {});
  EXPECT_EQ(refusal(folder / "empty.wav"), " is not a WAV file: there is no sound in it");
  make_sound(folder / "slow.wav", kWav16, 1000, 1, {0.5F});
  EXPECT_EQ(refusal(folder / "slow.wav"),
            " is not a WAV file: its sample rate is 1000 Hz, 4000 to 768000 are taken");
  make_sound(folder / "wide.wav", kWav16, 48'000, 33, std::vector<float>(33));
  EXPECT_EQ(refusal(folder / "wide.wav"), " is not a WAV file: it has 33 channels, at most 32 are taken");
  EXPECT_EQ(refusal("/dev/null"), " is not a WAV file: it is no regular file");
}

TEST(WavReader, a_file_cut_in_its_samples_gives_what_is_there) {
  const TestFolder folder;
  {
    const auto writer = WavWriter::create(folder / "a.wav", 1).value();
    ASSERT_TRUE(writer->write(std::vector<std::int16_t>(4800, 77)));
  }
  std::filesystem::resize_file(folder / "a.wav", kWavHeaderBytes + 2 * 1920 + 1);
  EXPECT_EQ(read_all(*WavReader::open(folder / "a.wav").value()), std::vector<std::int16_t>(1920, 77));
}

TEST(WavReader, missing_files_and_folders_are_not_found_with_the_systems_reason) {
  const auto missing = WavReader::open("/nowhere/a.wav");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(missing.error().message, "cannot open /nowhere/a.wav: No such file or directory");
  EXPECT_EQ(WavReader::open("/").error().kind, base::ErrorKind::kNotFound);
}

}  // namespace
}  // namespace vistime::media
