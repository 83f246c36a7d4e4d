#include "media/jitter_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>

namespace vistime::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = JitterOutput::Kind;

constexpr std::int64_t kFrameUs = 20'000;

// Sender, network and player on one simulated time axis.
class JitterBufferTest : public testing::Test {
 protected:
  void send(std::uint32_t sequence, std::int64_t capture_us, base::TimePoint arrival, std::uint8_t level) {
    wire_.emplace(arrival, AudioPacket{sequence, capture_us, level, {static_cast<std::uint8_t>(sequence)}});
  }
  // Frames first..first+count, sent at start + i * 20 ms by a clock that runs `ppm` fast, each delayed by delay(i)
  // (nothing: lost), never overtaking when `ordered`.
  void talk(std::uint32_t first, int count, base::TimePoint start,
            const std::function<std::optional<milliseconds>(int)>& delay, double ppm = 0,
            bool ordered = true) {
    base::TimePoint last_arrival{};
    for (int i = 0; i < count; ++i) {
      const auto capture = static_cast<std::int64_t>(i) * kFrameUs + capture_zero_;
      const auto sent = start + base::Duration(static_cast<std::int64_t>(i * kFrameUs / (1 + ppm * 1e-6)));
      if (const auto late = delay(i)) {
        auto arrival = sent + *late;
        if (ordered) arrival = std::max(arrival, last_arrival);
        last_arrival = arrival;
        const std::uint8_t level = i % 50 < 35 ? 30 : 70;  // words of 700 ms, gaps of 300 ms
        send(first + static_cast<std::uint32_t>(i), capture, arrival, level);
      }
    }
    capture_zero_ += count * kFrameUs;
  }
  void pause(base::Duration by) { capture_zero_ += by.count(); }

  void play(base::TimePoint until) {
    while (now_ < until) {
      while (!wire_.empty() && wire_.begin()->first <= now_) {
        buffer_.push(wire_.begin()->second, wire_.begin()->first);
        wire_.erase(wire_.begin());
      }
      const JitterOutput out = buffer_.pop(now_);
      ++count_[out.kind];
      if (out.kind == Kind::kPacket) {
        if (!played_.empty()) {
          EXPECT_GT(static_cast<std::int32_t>(out.packet->sequence - played_.back()), 0);
        }
        played_.push_back(out.packet->sequence);
        if (now_ > settled_) longest_delay_ = std::max(longest_delay_, buffer_.statistics().delay);
      }
      now_ += JitterBuffer::kFrame;
    }
  }

  base::TimePoint start_{seconds(10)};
  base::TimePoint now_ = start_;
  base::TimePoint settled_ = start_ + seconds(5);
  std::int64_t capture_zero_ = 123'456'789;
  std::multimap<base::TimePoint, AudioPacket> wire_;
  JitterBuffer buffer_;
  std::map<Kind, int> count_;
  std::vector<std::uint32_t> played_;
  base::Duration longest_delay_{};
};

TEST_F(JitterBufferTest, plays_an_even_stream_whole_with_a_short_delay) {
  talk(1, 1000, start_, [](int) { return milliseconds(30); });
  play(start_ + milliseconds(20'200));
  EXPECT_EQ(count_[Kind::kPacket] + static_cast<int>(buffer_.statistics().skipped), 1000);
  EXPECT_EQ(count_[Kind::kFec], 0);
  EXPECT_LE(buffer_.statistics().skipped, 2U);
  EXPECT_LE(longest_delay_, milliseconds(60));
  EXPECT_EQ(buffer_.target(), milliseconds(20));
}

TEST_F(JitterBufferTest, jitter_of_40_ms_and_2_percent_loss_cost_the_lost_frames_only) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> jitter(0, 40);
  std::uniform_int_distribution<int> percent(0, 99);
  int lost = 0;
  talk(1, 3000, start_, [&](int) -> std::optional<milliseconds> {
    const int late = jitter(random);
    if (percent(random) < 2) {
      ++lost;
      return std::nullopt;
    }
    return milliseconds(30 + late);
  });
  play(start_ + milliseconds(60'060));
  EXPECT_GT(lost, 30);
  EXPECT_GE(count_[Kind::kPacket], 3000 - lost - 30);
  EXPECT_GE(count_[Kind::kFec], lost * 6 / 10);
  EXPECT_LE(longest_delay_, milliseconds(110));
  EXPECT_GE(buffer_.target(), milliseconds(40));
  EXPECT_LE(buffer_.target(), milliseconds(60));
  EXPECT_LE(buffer_.statistics().late, 30U);
}

TEST_F(JitterBufferTest, a_late_packet_is_dropped_and_does_not_raise_the_delay) {
  talk(1, 500, start_, [](int i) { return milliseconds(i == 300 ? 260 : 30); }, 0, false);
  play(start_ + milliseconds(10'050));
  EXPECT_EQ(buffer_.statistics().late, 1U);
  EXPECT_EQ(std::ranges::count(played_, 301U), 0);
  EXPECT_EQ(count_[Kind::kFec], 1);
  EXPECT_LE(longest_delay_, milliseconds(60));
}

TEST_F(JitterBufferTest, reordered_packets_are_played_in_order) {
  talk(1, 500, start_, [](int i) { return milliseconds(i % 2 == 0 ? 55 : 30); }, 0, false);
  play(start_ + milliseconds(10'100));
  EXPECT_GE(count_[Kind::kPacket], 495);
  EXPECT_LE(buffer_.statistics().late, 3U);
}

TEST_F(JitterBufferTest, a_duplicate_is_dropped) {
  talk(1, 100, start_, [](int) { return milliseconds(30); });
  const auto copy = wire_;
  for (const auto& [arrival, packet] : copy) wire_.emplace(arrival + milliseconds(25), packet);
  play(start_ + milliseconds(2'100));
  EXPECT_EQ(buffer_.statistics().duplicates, 100U);
  EXPECT_EQ(buffer_.statistics().late, 0U);
  EXPECT_GE(count_[Kind::kPacket], 98);
}

TEST_F(JitterBufferTest, the_sequence_may_wrap) {
  talk(0xFFFFFF00U, 512, start_, [](int) { return milliseconds(30); });
  play(start_ + milliseconds(10'400));
  EXPECT_GE(played_.size(), 510U);
  EXPECT_EQ(played_.back(), 255U);
  EXPECT_EQ(buffer_.statistics().restarts, 0U);
}

TEST_F(JitterBufferTest, a_clock_that_runs_100_ppm_fast_or_slow_moves_the_delay_nowhere) {
  for (const double ppm : {100.0, -100.0}) {
    buffer_ = JitterBuffer();
    played_.clear();
    count_.clear();
    longest_delay_ = {};
    const auto begin = now_;
    settled_ = begin + seconds(5);
    const int frames = 10 * 60 * 50;
    talk(1, frames, begin, [](int i) { return milliseconds(30 + i * 7 % 15); }, ppm);
    play(begin + seconds(599));
    EXPECT_GE(count_[Kind::kPacket], frames * 998 / 1000 - 60) << ppm;
    EXPECT_LE(longest_delay_, milliseconds(130)) << ppm;
    EXPECT_LE(count_[Kind::kConceal] + count_[Kind::kFec], 60) << ppm;
    EXPECT_EQ(buffer_.statistics().restarts, 0U);
    wire_.clear();
  }
}

TEST_F(JitterBufferTest, after_a_pause_talk_begins_with_its_first_word) {
  talk(1, 100, start_, [](int) { return milliseconds(30); });
  pause(seconds(20));
  talk(101, 100, start_ + seconds(22), [](int) { return milliseconds(30); });
  play(start_ + seconds(25));
  EXPECT_EQ(std::ranges::count(played_, 101U), 1);
  EXPECT_GE(count_[Kind::kPacket], 197);
  EXPECT_LE(count_[Kind::kConceal], 12) << "silence, not endless concealment";
  EXPECT_EQ(buffer_.statistics().late, 0U);
}

TEST_F(JitterBufferTest, a_pause_with_a_gap_in_the_sequence_is_no_trouble_either) {
  talk(1, 100, start_, [](int) { return milliseconds(30); });
  pause(seconds(10));
  talk(601, 100, start_ + seconds(12), [](int) { return milliseconds(30); });
  play(start_ + seconds(15));
  EXPECT_EQ(std::ranges::count(played_, 601U), 1);
  EXPECT_LE(count_[Kind::kConceal], 12);
}

TEST_F(JitterBufferTest, a_restarted_sender_is_played_at_once) {
  talk(5000, 100, start_, [](int) { return milliseconds(30); });
  capture_zero_ = 0;  // its clock begins anew, too
  talk(0, 100, start_ + milliseconds(2500), [](int) { return milliseconds(30); });
  // The sequences go down here, so what was played is looked at apart.
  played_.clear();
  play(start_ + milliseconds(2480));
  played_.clear();
  play(start_ + seconds(5));
  EXPECT_GE(played_.size(), 97U);
  EXPECT_EQ(played_.front(), 0U);
  EXPECT_EQ(buffer_.statistics().restarts, 1U);
}

TEST_F(JitterBufferTest, a_jump_of_the_capture_clock_is_followed) {
  talk(1, 100, start_, [](int) { return milliseconds(30); });
  capture_zero_ += 3'600'000'000;
  talk(101, 100, start_ + seconds(2), [](int) { return milliseconds(30); });
  play(start_ + milliseconds(4'100));
  EXPECT_GE(played_.size(), 190U);
  EXPECT_EQ(buffer_.statistics().restarts, 1U);
}

TEST_F(JitterBufferTest, a_route_slower_by_a_second_is_followed_within_half_a_second) {
  talk(1, 200, start_, [](int) { return milliseconds(30); });
  talk(201, 200, start_ + seconds(4), [](int) { return milliseconds(1'030); });
  play(start_ + seconds(9));
  EXPECT_GE(played_.size(), 370U);
}

TEST_F(JitterBufferTest, the_burst_after_a_stall_does_not_leave_a_long_delay) {
  // Nothing for a second, then everything at once, in order, as TCP does it.
  talk(1, 1500, start_,
       [](int i) { return i >= 250 && i < 300 ? milliseconds(30 + (300 - i) * 20) : milliseconds(30); });
  settled_ = start_ + seconds(9);
  play(start_ + milliseconds(30'050));
  EXPECT_LE(longest_delay_, milliseconds(560));
  EXPECT_LE(buffer_.statistics().delay, milliseconds(100)) << "twenty seconds later it is short again";
  EXPECT_GE(played_.size(), 1'400U);
}

TEST_F(JitterBufferTest, who_does_not_pop_for_a_while_goes_on_with_the_present) {
  talk(1, 500, start_, [](int) { return milliseconds(30); });
  play(start_ + seconds(2));
  now_ += seconds(2);
  play(start_ + seconds(6));
  EXPECT_LE(buffer_.statistics().delay, milliseconds(80));
  EXPECT_LE(buffer_.buffered(), 5U);
}

TEST_F(JitterBufferTest, memory_is_bounded_when_nobody_pops) {
  for (std::uint32_t i = 0; i < 5'000; ++i)
    buffer_.push({i, i * kFrameUs, 30, {1}}, start_ + base::Duration(i * kFrameUs));
  EXPECT_LE(buffer_.buffered(), 150U);
}

TEST_F(JitterBufferTest, the_speed_hint_stays_within_3_percent) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> jitter(0, 200);
  talk(1, 500, start_, [&](int i) { return milliseconds(i < 250 ? jitter(random) : 0); });
  for (const auto end = start_ + seconds(10); now_ < end;) {
    play(now_ + milliseconds(20));
    EXPECT_GE(buffer_.speed(), 0.97);
    EXPECT_LE(buffer_.speed(), 1.03);
  }
}

}  // namespace
}  // namespace vistime::media
