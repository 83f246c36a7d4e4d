// Which few of a room's voices are forwarded, and whose picture should be large.
//
// Fed with the audio level that every audio object's header carries (RFC 6464: 0 is the loudest, 127 silence,
// in -dBov). At most `places` tracks hold a place at a time:
// - a voice takes a free place at once, with its very first object, so that no syllable is lost;
// - with all places taken it must be louder than the quietest holder by a margin, and for a while;
// - who has been silent for a while gives the place up.
// The cost of an object is a look-up and a scan of the few holders, whatever the room's size.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"

namespace vistime::media {

class SpeakerRanking {
 public:
  using Track = std::uint64_t;

  struct Settings {
    std::size_t places = 4;
    // Speech at a microphone lies at -20 to -45 dBov; a quiet room after noise suppression below -65.
    std::uint8_t silent_level = 60;
    // Longer than the gaps between words and stop consonants (to about 300 ms), so that a sentence keeps its place.
    base::Duration silence{std::chrono::milliseconds(500)};
    // A challenger displaces a holder when its smoothed level is louder by this much …
    float margin_db = 6.0F;
    // … for this long: a cough or a click is shorter.
    base::Duration challenge{std::chrono::milliseconds(300)};
    // The large picture changes more calmly than the voices.
    base::Duration dominant_challenge{std::chrono::milliseconds(800)};
  };

  SpeakerRanking() : SpeakerRanking(Settings{}) {}
  explicit SpeakerRanking(Settings settings);

  // One audio object of the track: should it be forwarded? To be called for every object, in order of arrival.
  bool on_audio(Track track, std::uint8_t level, base::TimePoint now);
  // The track ended or was muted: frees its place at once.
  void remove(Track track);

  bool is_forwarded(Track track) const;
  // Who holds a place, in no order.
  const std::vector<Track>& forwarded() const { return holders_; }
  // Who speaks most; stays with the last speaker through silence. Nothing before the first voice.
  std::optional<Track> dominant() const { return dominant_; }
  std::size_t known_tracks() const { return states_.size(); }

 private:
  struct State {
    float loudness = 0;  // smoothed, 127 - level
    base::TimePoint last_heard{};
    base::TimePoint challenging_since{};
    base::TimePoint outdoing_dominant_since{};
    bool challenging = false;
    bool outdoing_dominant = false;
    bool holds_place = false;
  };

  bool is_silent(const State& state, base::TimePoint now) const;
  void release_silent(base::TimePoint now);
  void take_place(Track track, State& state);
  bool may_displace(State& state, base::TimePoint now);
  void update_dominant(Track track, State& state, base::TimePoint now);

  Settings settings_;
  std::unordered_map<Track, State> states_;
  std::vector<Track> holders_;
  std::optional<Track> dominant_;
};

}  // namespace vistime::media
