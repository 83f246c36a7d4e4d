#include "media/speaker_ranking.hpp"

#include <algorithm>

namespace vistime::media {
namespace {

// Per object of 20 ms: rises within some 60 ms, falls within some 300 ms, so that a word counts as a whole.
constexpr float kAttack = 0.3F;
constexpr float kRelease = 0.06F;
constexpr std::uint8_t kLowestLevel = 127;

}  // namespace

SpeakerRanking::SpeakerRanking(Settings settings) : settings_(settings) {
  holders_.reserve(settings_.places + 1);
}

bool SpeakerRanking::is_silent(const State& state, base::TimePoint now) const {
  return now - state.last_heard > settings_.silence;
}

bool SpeakerRanking::on_audio(Track track, std::uint8_t level, base::TimePoint now) {
  level = std::min(level, kLowestLevel);
  const auto [entry, is_new] = states_.try_emplace(track);
  State& state = entry->second;
  const auto loudness = static_cast<float>(kLowestLevel - level);
  if (is_new) {
    state.last_heard = now - settings_.silence - base::Duration(1);  // silent until heard
  } else {
    state.loudness += (loudness > state.loudness ? kAttack : kRelease) * (loudness - state.loudness);
  }
  const bool heard = level < settings_.silent_level;
  if (heard) {
    // A voice that returns starts from what it is now, not from what is left of its last sentence.
    if (is_silent(state, now)) state.loudness = loudness;
    state.last_heard = now;
  }
  if (!state.holds_place) {
    if (!heard) {
      state.challenging = false;
      return false;
    }
    if (holders_.size() >= settings_.places) release_silent(now);
    if (holders_.size() < settings_.places || may_displace(state, now)) take_place(track, state);
  } else if (is_silent(state, now)) {
    state.holds_place = false;
    std::erase(holders_, track);
  }
  update_dominant(track, state, now);
  return state.holds_place;
}

void SpeakerRanking::release_silent(base::TimePoint now) {
  std::erase_if(holders_, [&](Track track) {
    State& state = states_.at(track);
    if (!is_silent(state, now)) return false;
    state.holds_place = false;
    return true;
  });
}

// Puts the track in; with all places taken, in the quietest one's stead.
void SpeakerRanking::take_place(Track track, State& state) {
  if (settings_.places == 0) return;
  if (holders_.size() >= settings_.places) {
    const auto quietest =
        std::ranges::min_element(holders_, {}, [&](Track holder) { return states_.at(holder).loudness; });
    states_.at(*quietest).holds_place = false;
    holders_.erase(quietest);
  }
  state.holds_place = true;
  state.challenging = false;
  holders_.push_back(track);
}

bool SpeakerRanking::may_displace(State& state, base::TimePoint now) {
  float quietest = static_cast<float>(kLowestLevel);
  for (const Track holder : holders_) quietest = std::min(quietest, states_.at(holder).loudness);
  if (state.loudness < quietest + settings_.margin_db) {
    state.challenging = false;
    return false;
  }
  if (!state.challenging) {
    state.challenging = true;
    state.challenging_since = now;
  }
  return now - state.challenging_since >= settings_.challenge;
}

void SpeakerRanking::update_dominant(Track track, State& state, base::TimePoint now) {
  if (dominant_ == track) return;
  if (!state.holds_place) {
    state.outdoing_dominant = false;
    return;
  }
  const auto reigning = dominant_ ? states_.find(*dominant_) : states_.end();
  if (reigning == states_.end() || is_silent(reigning->second, now)) {
    dominant_ = track;
  } else if (state.loudness < reigning->second.loudness + settings_.margin_db / 2) {
    state.outdoing_dominant = false;
    return;
  } else if (!state.outdoing_dominant) {
    state.outdoing_dominant = true;
    state.outdoing_dominant_since = now;
    return;
  } else if (now - state.outdoing_dominant_since >= settings_.dominant_challenge) {
    dominant_ = track;
  } else {
    return;
  }
  state.outdoing_dominant = false;
}

void SpeakerRanking::remove(Track track) {
  states_.erase(track);
  std::erase(holders_, track);
  if (dominant_ == track) dominant_.reset();
}

bool SpeakerRanking::is_forwarded(Track track) const {
  const auto found = states_.find(track);
  return found != states_.end() && found->second.holds_place;
}

}  // namespace vistime::media
