#include "media/jitter_buffer.hpp"

#include <algorithm>
#include <utility>

namespace vistime::media {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kFrameUs = JitterBuffer::kFrame.count();
constexpr std::int64_t kHalfFrameUs = kFrameUs / 2;
constexpr std::size_t kWindow = 500;                            // frames measured: ten seconds
constexpr base::Duration kWindowAge{std::chrono::seconds(30)};  // beyond, two clocks may have drifted apart
constexpr std::size_t kEnoughFrames = 50;                       // for a percentile worth its name
constexpr double kPercentile = 0.97;
constexpr base::Duration kMargin{milliseconds(5)};
constexpr int kUpdateEvery = 10;  // frames: the percentile costs a partial sort
constexpr int kShrinkPart = 20;   // of what is too much, per update: half of it in three seconds
constexpr base::Duration kShrink{milliseconds(2)};  // but at least this
constexpr std::int64_t kClockJumpUs = 5'000'000;    // no network delays that much
constexpr std::int64_t kFasterJumpUs = 1'000'000;   // no network becomes faster by that much
constexpr base::Duration kSlowRoute{
    milliseconds(200)};                        // late for so long without a break: the route changed
constexpr std::int64_t kSequenceJump = 3'000;  // a minute of frames
constexpr base::Duration kDeadBand{milliseconds(10)};
constexpr base::Duration kSkipAbove{milliseconds(30)};  // a frame and a half: no swinging back
constexpr base::Duration kSkipLoudAbove{milliseconds(100)};
// Too little delay costs frames, so that even a loud one is stretched once half a frame and the margin are used up.
constexpr base::Duration kInsertBelow{milliseconds(5)};
constexpr base::Duration kInsertLoudBelow{milliseconds(15)};
constexpr base::Duration kCatchUpAbove{milliseconds(250)};
constexpr int kSteerEvery = 5;  // turns between skips or inserts: at most one in 100 ms
constexpr double kMaxSpeedChange = 0.03;
constexpr double kFullSpeedAtUs = 60'000;  // this far from the target the change is at its largest
constexpr double kSmoothing = 1.0 / 16;

}  // namespace

JitterBuffer::JitterBuffer(Settings settings)
    : settings_(settings), target_(std::max(settings.initial, settings.shortest)) {
  scratch_.reserve(kWindow);
}

// The number nearest to the newest one that ends in these 32 bits.
std::int64_t JitterBuffer::unwrap(std::uint32_t sequence) const {
  if (!newest_) return sequence;
  const auto low = static_cast<std::uint32_t>(*newest_);
  return *newest_ + static_cast<std::int32_t>(sequence - low);
}

base::Duration JitterBuffer::delay_at(std::int64_t capture_us, base::TimePoint now) const {
  return base::Duration(now.time_since_epoch().count() - capture_us - base_transit_);
}

bool JitterBuffer::starts_anew(std::int64_t sequence, const AudioPacket& packet, std::int64_t transit,
                               base::TimePoint arrival) {
  if (!newest_) return true;
  const std::int64_t ahead = sequence - *newest_;
  const std::int64_t later = packet.capture_time_us - newest_capture_us_;
  if (ahead > kSequenceJump || ahead < -kSequenceJump) return true;
  // Sequence and capture time of one timeline move in the same direction.
  if ((ahead > 0 && later < -kFrameUs) || (ahead < 0 && later > kFrameUs)) return true;
  if (transits_.empty()) return false;
  const std::int64_t slower = transit - base_transit_;
  if (slower > kClockJumpUs || slower < -kFasterJumpUs) return true;
  if (slower <= settings_.longest.count()) {
    too_slow_since_.reset();
    return false;
  }
  // A burst after a stall arrives at once and ends on time; a slower route stays slow.
  if (!too_slow_since_) too_slow_since_ = arrival;
  return arrival - *too_slow_since_ >= kSlowRoute;
}

void JitterBuffer::restart() {
  if (newest_) ++statistics_.restarts;
  packets_.clear();
  transits_.clear();
  playing_ = false;
  last_played_.reset();
  newest_.reset();
  played_mask_ = 0;
  too_slow_since_.reset();
}

void JitterBuffer::measure(std::int64_t transit, base::TimePoint arrival) {
  transits_.push_back({arrival, transit});
  while (transits_.size() > kWindow || arrival - transits_.front().arrival > kWindowAge)
    transits_.pop_front();
  base_transit_ = std::ranges::min_element(transits_, {}, &Transit::us)->us;
  if (--until_update_ <= 0 || transits_.size() < kUpdateEvery) update_target();
}

void JitterBuffer::update_target() {
  until_update_ = kUpdateEvery;
  scratch_.clear();
  for (const Transit& transit : transits_) scratch_.push_back(transit.us - base_transit_);
  const auto rank = static_cast<std::ptrdiff_t>(static_cast<double>(scratch_.size() - 1) * kPercentile);
  std::nth_element(scratch_.begin(), scratch_.begin() + rank, scratch_.end());
  base::Duration wanted = base::Duration(scratch_[static_cast<std::size_t>(rank)]) + kFrame / 2 + kMargin;
  // Too few frames to trust a small value.
  if (transits_.size() < kEnoughFrames) wanted = std::max(wanted, target_);
  wanted = std::clamp(wanted, settings_.shortest, settings_.longest);
  target_ = std::max(wanted, target_ - std::max(kShrink, (target_ - wanted) / kShrinkPart));
}

void JitterBuffer::push(AudioPacket packet, base::TimePoint arrival) {
  ++statistics_.received;
  const std::int64_t transit = arrival.time_since_epoch().count() - packet.capture_time_us;
  std::int64_t sequence = unwrap(packet.sequence);
  if (starts_anew(sequence, packet, transit, arrival)) {
    restart();
    sequence = packet.sequence;
  }
  const auto behind = last_played_ ? *last_played_ - sequence : -1;
  if (packets_.contains(sequence) || (behind >= 0 && behind < 64 && (played_mask_ >> behind & 1) != 0)) {
    ++statistics_.duplicates;
    return;
  }
  measure(transit, arrival);
  if (!newest_ || sequence > *newest_) {
    newest_ = sequence;
    newest_capture_us_ = packet.capture_time_us;
  }
  if (behind >= 0) {
    ++statistics_.late;
    return;
  }
  packets_.emplace(sequence, std::move(packet));
  if (packets_.size() > settings_.capacity) {
    packets_.erase(packets_.begin());
    ++statistics_.skipped;
  }
}

bool JitterBuffer::is_due(base::TimePoint now) const {
  return delay_at(packets_.begin()->second.capture_time_us, now) >= target_;
}

// Frames whose turn was given to concealment.
void JitterBuffer::drop_late() {
  while (!packets_.empty() && gap_ > 0 &&
         packets_.begin()->second.capture_time_us < position_us_ - kHalfFrameUs) {
    last_played_ = packets_.begin()->first;
    played_mask_ <<= 1;
    packets_.erase(packets_.begin());
    ++statistics_.late;
  }
}

// The frames that should have been played while nobody popped, or before buffering ended.
void JitterBuffer::catch_up(base::TimePoint now) {
  while (packets_.size() > 1 && delay_at(packets_.begin()->second.capture_time_us, now) > target_ + kFrame) {
    last_played_ = packets_.begin()->first;
    played_mask_ = 0;
    packets_.erase(packets_.begin());
    ++statistics_.skipped;
  }
  gap_ = 0;
  position_us_ = packets_.begin()->second.capture_time_us;
}

JitterOutput JitterBuffer::pop(base::TimePoint now) {
  if (!playing_) {
    if (packets_.empty() || !is_due(now)) return {};
    catch_up(now);
    playing_ = true;
    turns_since_steering_ = 0;
    smoothed_delay_us_ = static_cast<double>(delay_at(position_us_, now).count());
  }
  drop_late();
  if (packets_.empty()) {
    if (gap_ < settings_.longest_concealment) return conceal();
    playing_ = false;
    return {};
  }
  if (delay_at(packets_.begin()->second.capture_time_us, now) > target_ + kCatchUpAbove) catch_up(now);
  const auto& [sequence, head] = *packets_.begin();
  const bool contiguous = last_played_ && sequence == *last_played_ + 1 && gap_ == 0;
  const std::int64_t tolerance = contiguous ? 2 * kFrameUs : kHalfFrameUs;
  if (head.capture_time_us > position_us_ + tolerance) return fill_gap();
  return play_head(now);
}

JitterOutput JitterBuffer::conceal() {
  ++gap_;
  ++statistics_.lost;
  ++statistics_.concealed;
  JitterOutput out{JitterOutput::Kind::kConceal, std::nullopt, position_us_};
  position_us_ += kFrameUs;
  return out;
}

// The head's turn comes later: frames before it are lost, or were never sent.
JitterOutput JitterBuffer::fill_gap() {
  const auto& [sequence, head] = *packets_.begin();
  const bool missing = !last_played_ || sequence > *last_played_ + 1;
  if (missing && head.capture_time_us <= position_us_ + kFrameUs + kHalfFrameUs) {
    ++gap_;
    ++statistics_.lost;
    ++statistics_.recovered;
    JitterOutput out{JitterOutput::Kind::kFec, head, position_us_};
    position_us_ += kFrameUs;
    return out;
  }
  if (gap_ < settings_.longest_concealment) return conceal();
  // Long enough for silence; the head waits for its own time, as after a pause.
  playing_ = false;
  return {};
}

JitterOutput JitterBuffer::play_head(base::TimePoint now) {
  const base::Duration delay = delay_at(packets_.begin()->second.capture_time_us, now);
  smoothed_delay_us_ += kSmoothing * (static_cast<double>(delay.count()) - smoothed_delay_us_);
  statistics_.delay = delay;
  statistics_.target = target_;
  ++turns_since_steering_;
  const bool may_steer = settings_.skip_and_insert && turns_since_steering_ >= kSteerEvery;
  const bool quiet = packets_.begin()->second.level >= settings_.quiet_level;
  const auto smoothed = base::Duration(static_cast<std::int64_t>(smoothed_delay_us_));
  if (may_steer && packets_.size() > 1 &&
      ((quiet && smoothed > target_ + kSkipAbove) || smoothed > target_ + kSkipLoudAbove)) {
    packets_.erase(packets_.begin());
    ++statistics_.skipped;
    turns_since_steering_ = 0;
    smoothed_delay_us_ -= static_cast<double>(kFrameUs);
  } else if (may_steer && smoothed < target_ - (quiet ? kInsertBelow : kInsertLoudBelow)) {
    turns_since_steering_ = 0;
    smoothed_delay_us_ += static_cast<double>(kFrameUs);
    ++statistics_.inserted;
    ++statistics_.concealed;
    return {JitterOutput::Kind::kConceal, std::nullopt, position_us_};
  }
  update_speed();
  auto head = packets_.extract(packets_.begin());
  const std::int64_t advance = last_played_ ? head.key() - *last_played_ : 64;
  played_mask_ = (advance < 64 ? played_mask_ << advance : 0) | 1;
  last_played_ = head.key();
  gap_ = 0;
  position_us_ = head.mapped().capture_time_us + kFrameUs;
  const std::int64_t capture = head.mapped().capture_time_us;
  return {JitterOutput::Kind::kPacket, std::move(head.mapped()), capture};
}

void JitterBuffer::update_speed() {
  const double off = smoothed_delay_us_ - static_cast<double>(target_.count());
  const bool near = off < static_cast<double>(kDeadBand.count()) + kFrameUs / 2.0 &&
                    off > -static_cast<double>(kDeadBand.count());
  speed_ = near ? 1.0 : 1.0 + kMaxSpeedChange * std::clamp(off / kFullSpeedAtUs, -1.0, 1.0);
}

}  // namespace vistime::media
