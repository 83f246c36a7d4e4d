// From blocks of sound to sealed objects: paced by the clock, encoded with Opus, sealed with SFrame. No thread and no
// timer of its own: call run() when it is due.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "client/core/model.hpp"
#include "media/audio_level.hpp"
#include "media/opus_codec.hpp"
#include "media/sframe.hpp"

namespace vistime::client {

// 48 kHz in blocks of 20 ms: 960 samples a channel, interleaved.
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  virtual int channels() const = 0;
  // Nothing at the end.
  virtual base::Result<std::optional<media::Samples>> next() = 0;
};
// kInvalid with code "bad-file" when it is not readable or no WAV. Two channels are sent in stereo, more are mixed to one.
base::Result<std::unique_ptr<AudioSource>> open_wav_source(const std::string& path, bool loop);

struct SentStatistics {
  std::uint32_t index = 0;
  TrackKind kind = TrackKind::kUnknown;
  std::uint32_t spatial = 0;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t keyframes = 0;
  std::uint64_t skipped = 0;  // not encoded: too late, or the connection was full
};

// A whole object; the header bears the track's index in place of the track (see Meeting::send_media).
using SendObject = std::function<void(base::Bytes object)>;

class AudioSender {
 public:
  // Later than this, blocks are left out: who listens has long concealed them.
  static constexpr base::Duration kTooLate = std::chrono::milliseconds(300);

  static base::Result<std::unique_ptr<AudioSender>> create(std::unique_ptr<AudioSource> source,
                                                           std::uint8_t index, media::SframeSealer sealer,
                                                           SendObject send);

  // The first block begins now.
  void start(base::TimePoint now) { start_ = now; }
  // Sends every block that is complete; answers when the next one is. Nothing: the source has ended (or failed).
  std::optional<base::TimePoint> run(base::TimePoint now);
  const SentStatistics& statistics() const { return statistics_; }
  int channels() const { return source_->channels(); }

 private:
  AudioSender(std::unique_ptr<AudioSource> source, media::AudioEncoder encoder, media::SframeSealer sealer,
              SendObject send)
      : source_(std::move(source)),
        encoder_(std::move(encoder)),
        sealer_(std::move(sealer)),
        send_(std::move(send)) {}
  void send_block(const media::Samples& block, base::TimePoint captured);

  std::unique_ptr<AudioSource> source_;
  media::AudioEncoder encoder_;
  media::SframeSealer sealer_;
  media::VoiceActivity voice_;
  SendObject send_;
  SentStatistics statistics_;
  base::TimePoint start_{};
  std::int64_t blocks_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace vistime::client
