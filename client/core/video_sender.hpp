// From pictures to sealed objects: paced by the source's rate, one encoder for each simulcast layer, keyframes when
// asked for. Drops before encoding: what is late, and everything while the connection is behind. No thread and no timer
// of its own: call run() when it is due.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "client/core/audio_sender.hpp"
#include "client/core/model.hpp"
#include "media/frame.hpp"
#include "media/sframe.hpp"
#include "media/vpx_codec.hpp"

namespace vistime::client {

class VideoSource {
 public:
  virtual ~VideoSource() = default;
  virtual int width() const = 0;
  virtual int height() const = 0;
  virtual double frame_rate() const = 0;
  // When frame `index` is taken, from the first one on.
  virtual std::int64_t time_us(std::int64_t index) const = 0;
  // False at the end.
  virtual base::Result<bool> next(media::I420Frame& frame) = 0;
};
// kInvalid with code "bad-file" when it is not readable or no Y4M.
base::Result<std::unique_ptr<VideoSource>> open_y4m_source(const std::string& path, bool loop);

// Full size, a half, a quarter, as many as asked for, but none narrower than 160 pixels besides the first. Spatial 0
// is the smallest. `bitrate`: of the largest, bit/s; 0 chooses by size.
std::vector<Layer> plan_layers(int width, int height, double frame_rate, int layers, int bitrate);

class VideoSender {
 public:
  // Media that the other side has not confirmed for so long means that the connection carries less than we send: the
  // longest ways round the world take 300 ms, and a server confirms within 50.
  static constexpr base::Duration kBehind = std::chrono::milliseconds(400);
  // A sender's own limit; requests in between are answered by the keyframe that has just gone.
  static constexpr base::Duration kKeyframeInterval = std::chrono::milliseconds(300);

  struct Settings {
    std::uint8_t index = 1;
    Codec codec = Codec::kVp8;
    int layers = 1;
    int bitrate = 0;
  };
  static base::Result<std::unique_ptr<VideoSender>> create(std::unique_ptr<VideoSource> source,
                                                           Settings settings, media::SframeSealer sealer,
                                                           SendObject send);

  void start(base::TimePoint now) { start_ = now; }
  // Encodes the frame that is due; answers when the next one is. Nothing: the source has ended.
  std::optional<base::TimePoint> run(base::TimePoint now, base::Duration oldest_unconfirmed);
  void request_keyframe(std::uint32_t spatial);
  // Layers that nobody wants rest; the next frame of one that wakes is a keyframe.
  void set_wanted(const std::vector<std::uint32_t>& spatial);
  const std::vector<Layer>& layers() const { return layers_; }
  std::vector<SentStatistics> statistics() const;

 private:
  struct Encoding {
    Layer layer = {};
    media::VideoEncoder encoder;
    SentStatistics statistics = {};
    media::I420Frame scaled = {};  // used again for every frame
    std::uint32_t sequence = 0;
    bool keyframe_wanted = true;
    bool resting = false;
    std::optional<base::TimePoint> last_keyframe = {};
  };
  VideoSender(std::unique_ptr<VideoSource> source, Settings settings, media::SframeSealer sealer,
              SendObject send)
      : source_(std::move(source)), settings_(settings), sealer_(std::move(sealer)), send_(std::move(send)) {}
  void encode_layer(Encoding& encoding, base::TimePoint captured, base::TimePoint now);
  void send_frame(Encoding& encoding, const media::EncodedFrame& frame, base::TimePoint captured);

  std::unique_ptr<VideoSource> source_;
  Settings settings_;
  media::SframeSealer sealer_;
  SendObject send_;
  std::vector<Layer> layers_;
  std::vector<Encoding> encodings_;
  media::I420Frame picture_;
  base::TimePoint start_{};
  std::int64_t frames_ = 0;
};

}  // namespace vistime::client
