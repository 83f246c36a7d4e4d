#include "client/core/recorder.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "client/core/profile.hpp"
#include "media/opus_codec.hpp"

namespace vistime::client {
namespace {

using base::ErrorKind;
namespace fs = std::filesystem;

constexpr const char* kIndex = "recording.json";
constexpr std::int64_t kSamplesPerMs = media::kAudioRate / 1000;
// A block that lies within half its length of where it should go on, goes on there.
constexpr std::int64_t kStep = media::kAudioFrame / 2;
// How far ahead of our own clock a publisher's may lie before we stop believing it: a leap would fill the disk with silence.
constexpr std::int64_t kLongestLeadUs = 10'000'000;
constexpr auto kIndexInterval = std::chrono::seconds(5);
constexpr std::size_t kLongestName = 40;

// Letters and digits of a name, for a file's name; never empty, never a path.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (good)
      out.push_back(c);
    else if (!out.empty() && out.back() != '-')
      out.push_back('-');
    if (out.size() >= kLongestName) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "guest" : out;
}

std::optional<media::IvfCodec> ivf_codec(Codec codec) {
  switch (codec) {
    case Codec::kVp8: return media::IvfCodec::kVp8;
    case Codec::kVp9: return media::IvfCodec::kVp9;
    case Codec::kAv1: return media::IvfCodec::kAv1;
    case Codec::kH264: return media::IvfCodec::kH264;
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<std::pair<std::uint32_t, std::uint32_t>> picture_size(Codec codec, base::BytesView frame) {
  // RFC 6386, section 9.1: a keyframe has bit 0 clear, then the start code, then 14 bits each of width and height.
  if (codec == Codec::kVp8 && frame.size() >= 10 && (frame[0] & 1U) == 0 && frame[3] == 0x9d &&
      frame[4] == 0x01 && frame[5] == 0x2a) {
    return std::pair(static_cast<std::uint32_t>(frame[6] | (frame[7] & 0x3fU) << 8U),
                     static_cast<std::uint32_t>(frame[8] | (frame[9] & 0x3fU) << 8U));
  }
  // VP9 bitstream specification, sections 6.2 and 7.2, profile 0: marker 2 bits, profile 2, show_existing 1,
  // frame_type 1 (0: key), show 1, resilient 1, sync code 24, colour space 3, range 1, width-1 16, height-1 16.
  if (codec == Codec::kVp9 && frame.size() >= 9 && (frame[0] & 0xFCU) == 0x80U && frame[1] == 0x49 &&
      frame[2] == 0x83 && frame[3] == 0x42 && (frame[4] & 0xE0U) != 0xE0U) {
    const auto bits = [&](std::size_t at) {
      return static_cast<std::uint32_t>((frame[at] & 0x0FU) << 12U |
                                        static_cast<unsigned>(frame[at + 1]) << 4U |
                                        static_cast<unsigned>(frame[at + 2]) >> 4U);
    };
    return std::pair(bits(4) + 1, bits(6) + 1);
  }
  return std::nullopt;
}

base::Result<std::unique_ptr<Recorder>> Recorder::create(const fs::path& folder, base::TimePoint now,
                                                         std::int64_t wall_ms) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return base::fail_as(ErrorKind::kInternal, "recording", "the folder {} cannot be made: {}",
                         folder.string(), error.message());
  }
  if (fs::exists(folder / kIndex, error)) {
    return base::fail_as(ErrorKind::kInternal, "recording",
                         "there is already a recording in {}: choose another folder", folder.string());
  }
  std::unique_ptr<Recorder> recorder(new Recorder(folder, now, wall_ms));
  if (auto done = recorder->write_index(0); !done) {
    return base::fail_as(ErrorKind::kInternal, "recording", "{}", done.error().message);
  }
  return recorder;
}

Recorder::~Recorder() {
  if (!finished_) (void)finish(start_);
}

void Recorder::introduce(const Participant& participant) { names_[participant.id] = participant.name; }

void Recorder::on_genuine(const Track& track, std::int64_t capture_us, base::TimePoint now) {
  latest_ = now;
  offsets_us_.try_emplace(track.participant, (now - start_).count() - capture_us);
}

std::optional<std::int64_t> Recorder::place(const Track& track, std::int64_t capture_us) const {
  const auto offset = offsets_us_.find(track.participant);
  if (offset == offsets_us_.end()) return std::nullopt;
  const std::int64_t at_us = capture_us + offset->second;
  if (at_us > (latest_ - start_).count() + kLongestLeadUs) return std::nullopt;
  return at_us;
}

void Recorder::keep_index(base::TimePoint now) {
  if (finished_ || failure_ || now - indexed_ < kIndexInterval) return;
  indexed_ = now;
  const auto duration = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count();
  if (auto done = write_index(duration); !done) failed(done.error());
}

std::string Recorder::file_name(const Track& track, const char* extension) const {
  const auto name = names_.find(track.participant);
  return fmt::format("{}-{}-{}.{}", plain(name == names_.end() ? "" : name->second), track.id,
                     to_string(track.kind), extension);
}

Recorder::File* Recorder::file_for(const Track& track, std::int64_t at_us, base::BytesView first_frame) {
  if (const auto known = files_.find(track.id); known != files_.end()) return &known->second;
  File file{.name = file_name(track, is_audio(track.kind) ? "wav" : "ivf"),
            .track = track,
            .start_ms = at_us / 1000};
  const std::string path = (folder_ / file.name).string();
  if (is_audio(track.kind)) {
    auto writer = media::WavWriter::create(path, track.channels == 2 ? 2 : 1);
    if (!writer) return failed(writer.error()), nullptr;
    file.wav = std::move(*writer);
  } else {
    const auto codec = ivf_codec(track.codec);
    if (!codec) return nullptr;
    const auto size = picture_size(track.codec, first_frame).value_or(std::pair(0U, 0U));
    auto writer = media::IvfWriter::create(path, *codec, static_cast<std::uint16_t>(size.first),
                                           static_cast<std::uint16_t>(size.second));
    if (!writer) return failed(writer.error()), nullptr;
    file.ivf = std::move(*writer);
  }
  return &files_.emplace(track.id, std::move(file)).first->second;
}

void Recorder::on_audio(const Track& track, std::int64_t capture_us, const media::Samples& block) {
  const auto at = place(track, capture_us);
  if (!at || failure_ || finished_) return;
  File* file = file_for(track, *at, {});
  if (file == nullptr) return;
  if (auto done = write_block(*file, *at, block); !done) failed(done.error());
}

base::Result<void> Recorder::write_block(File& file, std::int64_t at_us, const media::Samples& block) {
  const std::size_t channels = file.track.channels == 2 ? 2 : 1;
  const auto written = static_cast<std::int64_t>(file.wav->frames_written());
  const std::int64_t at = at_us * kSamplesPerMs / 1000;
  std::int64_t skip = 0;
  if (at > written + kStep) {
    if (auto done = file.wav->write_silence(static_cast<std::uint64_t>(at - written)); !done) return done;
  } else if (at < written - kStep) {
    skip = written - at;
  }
  const auto samples = static_cast<std::int64_t>(block.size() / channels);
  if (skip >= samples) return {};
  ++file.frames;
  return file.wav->write(std::span(block).subspan(static_cast<std::size_t>(skip) * channels));
}

void Recorder::on_video(const Track& track, const protocol::ObjectHeader& header, base::BytesView frame) {
  const auto at = place(track, static_cast<std::int64_t>(header.capture_us));
  if (!at || failure_ || finished_) return;
  // A file begins with a keyframe: nobody could read what comes before.
  if (!header.keyframe && !files_.contains(track.id)) return;
  File* file = file_for(track, *at, frame);
  if (file == nullptr) return;
  // Rounded, at least 0, and growing, as players expect.
  const std::int64_t ms = std::max({(*at + 500) / 1000, std::int64_t{0}, file->last_ms + 1});
  if (const auto size = picture_size(track.codec, frame); header.keyframe && size) {
    const bool changed = file->sizes.empty() || file->sizes.back().width != size->first ||
                         file->sizes.back().height != size->second;
    if (changed) file->sizes.push_back({ms, size->first, size->second});
  }
  if (auto done = file->ivf->write(frame, std::chrono::milliseconds(ms)); !done) return failed(done.error());
  file->last_ms = ms;
  ++file->frames;
}

void Recorder::failed(const base::Error& error) {
  if (failure_) return;
  failure_ =
      base::Error{ErrorKind::kInternal, "recording",
                  fmt::format("the recording in {} cannot go on: {}", folder_.string(), error.message)};
}

std::optional<base::Error> Recorder::take_failure() {
  if (!failure_ || std::exchange(told_, true)) return std::nullopt;
  return failure_;
}

base::Result<void> Recorder::write_index(std::int64_t duration_ms) const {
  using nlohmann::json;
  json files = json::array();
  for (const auto& [id, file] : files_) {
    json sizes = json::array();
    for (const Size& size : file.sizes) {
      sizes.push_back({{"at_ms", size.at_ms}, {"width", size.width}, {"height", size.height}});
    }
    const auto name = names_.find(file.track.participant);
    files.push_back({{"file", file.name},
                     {"participant", file.track.participant},
                     {"name", name == names_.end() ? "" : name->second},
                     {"kind", to_string(file.track.kind)},
                     {"codec", to_string(file.track.codec)},
                     {"track", id},
                     {"start_ms", file.start_ms},
                     {"frames", file.frames},
                     {"width", file.sizes.empty() ? 0 : file.sizes.front().width},
                     {"height", file.sizes.empty() ? 0 : file.sizes.front().height},
                     {"sizes", sizes}});
  }
  const json document = {{"started_ms", wall_ms_}, {"duration_ms", duration_ms}, {"files", files}};
  return replace_file(folder_ / kIndex, document.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

base::Result<std::vector<std::string>> Recorder::finish(base::TimePoint now) {
  finished_ = true;
  std::vector<std::string> names;
  for (auto& [id, file] : files_) {
    base::Result<void> closed;
    if (file.wav) closed = file.wav->close();
    if (file.ivf) closed = file.ivf->close();
    if (!closed) failed(closed.error());
    names.push_back(file.name);
  }
  const auto duration = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count();
  if (auto done = write_index(duration); !done) failed(done.error());
  if (failure_) return std::unexpected(*failure_);
  return names;
}

}  // namespace vistime::client
