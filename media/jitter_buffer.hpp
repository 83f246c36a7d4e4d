// Evens out the arrival of audio frames of 20 ms: frames go in as they arrive, and out every 20 ms.
//
// The capture time in each frame's header is the timeline; the sequence only orders and tells lost from not
// sent. The delay follows the network: 97 % of the arrival jitter of the last ten seconds, plus half a frame,
// plus 5 ms. What arrives after its turn is dropped, never played late, so that the delay does not creep up.
// Pure logic: the caller brings the time. Not shared between threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace vistime::media {

struct AudioPacket {
  std::uint32_t sequence = 0;        // wraps
  std::int64_t capture_time_us = 0;  // the sender's clock, arbitrary zero
  std::uint8_t level = 0;            // RFC 6464, 0 loudest, 127 silence
  base::Bytes payload;
};

struct JitterOutput {
  enum class Kind {
    kPacket,   // decode `packet`
    kFec,      // lost, but the frame after it is here: decode the in-band FEC that `packet` carries
    kConceal,  // lost or late: let the decoder conceal 20 ms
    kWait,     // nothing to play: buffering, or nobody talks; play silence
  };
  Kind kind = Kind::kWait;
  std::optional<AudioPacket> packet;
  std::int64_t capture_time_us = 0;  // of the 20 ms to be played; 0 with kWait
};

struct JitterStatistics {
  std::uint64_t received = 0;  // frames pushed, duplicates and late ones included
  std::uint64_t duplicates = 0;
  std::uint64_t late = 0;       // arrived after their turn, dropped
  std::uint64_t lost = 0;       // turns that a missing frame should have had, late ones included
  std::uint64_t concealed = 0;  // kConceal answers
  std::uint64_t recovered = 0;  // kFec answers
  std::uint64_t skipped = 0;    // played never, to catch up
  std::uint64_t inserted = 0;   // kConceal answers given to gain delay
  std::uint64_t restarts = 0;   // new timelines: sender restarted, its clock jumped, the route's delay jumped
  base::Duration delay{};       // the last frame's wait beyond the fastest frame's way
  base::Duration target{};
};

class JitterBuffer {
 public:
  static constexpr base::Duration kFrame{std::chrono::milliseconds(20)};

  struct Settings {
    base::Duration shortest{std::chrono::milliseconds(20)};
    base::Duration longest{std::chrono::milliseconds(500)};
    // Held until enough frames have been seen to measure jitter.
    base::Duration initial{std::chrono::milliseconds(40)};
    // Frames at or below this loudness may be skipped or stretched without being heard: the pauses of speech.
    std::uint8_t quiet_level = 50;
    // Longest run of concealment: libopus fades to silence by then.
    int longest_concealment = 5;
    // Whether to skip and insert quiet frames. Off for who follows speed() exactly.
    bool skip_and_insert = true;
    std::size_t capacity = 150;  // frames, 3 s: more only when nobody pops
  };

  JitterBuffer() : JitterBuffer(Settings{}) {}
  explicit JitterBuffer(Settings settings);

  void push(AudioPacket packet, base::TimePoint arrival);
  // To be called once per 20 ms of playout.
  JitterOutput pop(base::TimePoint now);

  // How fast to play so that the delay meets its target, 0.97 to 1.03: a hint for who can stretch time.
  double speed() const { return speed_; }
  base::Duration target() const { return target_; }
  const JitterStatistics& statistics() const { return statistics_; }
  std::size_t buffered() const { return packets_.size(); }

 private:
  struct Transit {
    base::TimePoint arrival;
    std::int64_t us;  // arrival minus capture, across two clocks
  };

  std::int64_t unwrap(std::uint32_t sequence) const;
  bool starts_anew(std::int64_t sequence, const AudioPacket& packet, std::int64_t transit,
                   base::TimePoint arrival);
  void restart();
  void measure(std::int64_t transit, base::TimePoint arrival);
  void update_target();
  bool is_due(base::TimePoint now) const;
  void drop_late();
  void catch_up(base::TimePoint now);
  void update_speed();
  JitterOutput play_head(base::TimePoint now);
  JitterOutput fill_gap();
  JitterOutput conceal();
  base::Duration delay_at(std::int64_t capture_us, base::TimePoint now) const;

  Settings settings_;
  std::map<std::int64_t, AudioPacket> packets_;  // by unwrapped sequence
  std::deque<Transit> transits_;
  std::vector<std::int64_t> scratch_;
  std::int64_t base_transit_ = 0;  // the fastest way of late: minimum of transits_
  int until_update_ = 0;

  bool playing_ = false;
  std::int64_t position_us_ = 0;  // capture time whose turn is next
  int gap_ = 0;                   // turns without a frame since the last one
  std::optional<std::int64_t> last_played_;
  std::optional<std::int64_t> newest_;
  std::int64_t newest_capture_us_ = 0;
  std::uint64_t played_mask_ = 0;  // bit n: last_played_ - n was played

  std::optional<base::TimePoint> too_slow_since_;
  int turns_since_steering_ = 0;
  base::Duration target_;
  double smoothed_delay_us_ = 0;
  double speed_ = 1.0;
  JitterStatistics statistics_;
};

}  // namespace vistime::media
