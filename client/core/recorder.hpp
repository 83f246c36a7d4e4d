// A recording folder: WAV for each microphone and each screen's sound, IVF for each picture track, recording.json.
//
// One time axis for all: zero is the start of the recording. The first object of a publisher fixes how its clock lies on
// that axis, so that its sound and its pictures keep in step as they were captured. Where nothing came there is silence.
// Every file is valid at any moment. After the disk is full the rest is dropped and the error kept.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "client/core/received_track.hpp"
#include "media/ivf_file.hpp"
#include "media/wav_file.hpp"

namespace vistime::client {

class Recorder final : public MediaSink {
 public:
  // Makes the folder. kInternal with code "recording" when it cannot, or when a recording is already in it.
  static base::Result<std::unique_ptr<Recorder>> create(const std::filesystem::path& folder,
                                                        base::TimePoint now, std::int64_t wall_ms);
  ~Recorder() override;

  // Whose track it is, for file names and recording.json.
  void introduce(const Participant& participant);
  // The first genuine object of a publisher fixes how its clock lies on the time axis.
  void on_genuine(const Track& track, std::int64_t capture_us, base::TimePoint now) override;
  void on_audio(const Track& track, std::int64_t capture_us, const media::Samples& block) override;
  void on_video(const Track& track, const protocol::ObjectHeader& header, base::BytesView frame) override;
  // Closes every file and writes recording.json; answers the files' names.
  base::Result<std::vector<std::string>> finish(base::TimePoint now);
  // Brings recording.json up to date every few seconds, so that a recording that was killed can be read.
  void keep_index(base::TimePoint now);
  // The first thing that went wrong; said once.
  std::optional<base::Error> take_failure();

 private:
  struct Size {
    std::int64_t at_ms = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
  };
  struct File {
    std::string name = {};
    Track track = {};
    std::unique_ptr<media::WavWriter> wav = {};
    std::unique_ptr<media::IvfWriter> ivf = {};
    std::int64_t start_ms = 0;
    std::uint64_t frames = 0;
    std::int64_t last_ms = -1;
    std::vector<Size> sizes = {};
  };

  Recorder(std::filesystem::path folder, base::TimePoint start, std::int64_t wall_ms)
      : folder_(std::move(folder)), start_(start), wall_ms_(wall_ms) {}
  std::optional<std::int64_t> place(const Track& track, std::int64_t capture_us) const;
  File* file_for(const Track& track, std::int64_t at_us, base::BytesView first_frame);
  base::Result<void> write_block(File& file, std::int64_t at_us, const media::Samples& block);
  void failed(const base::Error& error);
  std::string file_name(const Track& track, const char* extension) const;
  base::Result<void> write_index(std::int64_t duration_ms) const;

  std::filesystem::path folder_;
  base::TimePoint start_;
  base::TimePoint latest_ = start_;  // of the last genuine object
  base::TimePoint indexed_ = start_;
  std::int64_t wall_ms_;
  std::map<std::string, std::string> names_;        // by participant
  std::map<std::string, std::int64_t> offsets_us_;  // added to a publisher's clock
  std::map<std::uint32_t, File> files_;             // by track
  std::optional<base::Error> failure_;
  bool told_ = false;
  bool finished_ = false;
};

// Width and height that a VP8 or VP9 keyframe says; nothing for other frames.
std::optional<std::pair<std::uint32_t, std::uint32_t>> picture_size(Codec codec, base::BytesView frame);

}  // namespace vistime::client
