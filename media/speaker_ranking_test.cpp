#include "media/speaker_ranking.hpp"

#include <gtest/gtest.h>

#include <map>

namespace vistime::media {
namespace {

using std::chrono::milliseconds;

constexpr std::uint8_t kSilence = 127;

// Talkers with a level each, one object per 20 ms.
class SpeakerRankingTest : public testing::Test {
 protected:
  // Runs for `duration`; afterwards forwarded_ tells how many objects of each track went through.
  void run(milliseconds duration, const std::map<SpeakerRanking::Track, std::uint8_t>& levels) {
    forwarded_.clear();
    for (milliseconds at{0}; at < duration; at += milliseconds(20)) {
      for (const auto& [track, level] : levels)
        forwarded_[track] += ranking_.on_audio(track, level, now_) ? 1 : 0;
      now_ += milliseconds(20);
    }
  }

  base::TimePoint now_{std::chrono::seconds(100)};
  SpeakerRanking ranking_;
  std::map<SpeakerRanking::Track, int> forwarded_;
};

TEST_F(SpeakerRankingTest, a_new_voice_is_forwarded_with_its_first_object) {
  EXPECT_TRUE(ranking_.on_audio(1, 30, now_));
  EXPECT_EQ(ranking_.dominant(), 1U);
}

TEST_F(SpeakerRankingTest, silence_is_not_forwarded) {
  run(milliseconds(1000), {{1, kSilence}, {2, 65}});
  EXPECT_EQ(forwarded_[1], 0);
  EXPECT_EQ(forwarded_[2], 0);
  EXPECT_FALSE(ranking_.dominant());
}

TEST_F(SpeakerRankingTest, at_most_as_many_voices_as_there_are_places_are_forwarded) {
  for (int round = 0; round < 200; ++round) {
    int forwarded = 0;
    for (SpeakerRanking::Track track = 0; track < 20; ++track) {
      const auto level = static_cast<std::uint8_t>(20 + (track * 7 + static_cast<unsigned>(round)) % 35);
      ranking_.on_audio(track, level, now_);
    }
    for (SpeakerRanking::Track track = 0; track < 20; ++track)
      forwarded += ranking_.is_forwarded(track) ? 1 : 0;
    EXPECT_EQ(forwarded, 4);
    EXPECT_EQ(ranking_.forwarded().size(), 4U);
    now_ += milliseconds(20);
  }
}

TEST_F(SpeakerRankingTest, a_pause_between_words_keeps_the_place) {
  run(milliseconds(200), {{1, 30}});
  run(milliseconds(400), {{1, kSilence}});
  EXPECT_EQ(forwarded_[1], 20);
}

TEST_F(SpeakerRankingTest, half_a_second_of_silence_frees_the_place) {
  run(milliseconds(200), {{1, 30}});
  run(milliseconds(1000), {{1, kSilence}});
  EXPECT_EQ(forwarded_[1], 25);
  EXPECT_TRUE(ranking_.forwarded().empty());
  EXPECT_EQ(ranking_.dominant(), 1U) << "the picture stays";
}

TEST_F(SpeakerRankingTest, a_holder_that_went_away_without_a_word_is_replaced) {
  run(milliseconds(200), {{1, 30}, {2, 30}, {3, 30}, {4, 30}});
  run(milliseconds(600), {{2, 30}, {3, 30}, {4, 30}});
  EXPECT_TRUE(ranking_.on_audio(5, 50, now_));
  EXPECT_FALSE(ranking_.is_forwarded(1));
}

TEST_F(SpeakerRankingTest, a_louder_fifth_voice_displaces_the_quietest_after_a_while_only) {
  run(milliseconds(500), {{1, 30}, {2, 30}, {3, 50}, {4, 30}});
  run(milliseconds(200), {{1, 30}, {2, 30}, {3, 50}, {4, 30}, {5, 25}});
  EXPECT_EQ(forwarded_[5], 0) << "a cough is shorter than the challenge";
  run(milliseconds(200), {{1, 30}, {2, 30}, {3, 50}, {4, 30}, {5, 25}});
  EXPECT_TRUE(ranking_.is_forwarded(5));
  EXPECT_FALSE(ranking_.is_forwarded(3));
}

TEST_F(SpeakerRankingTest, a_fifth_voice_as_loud_as_the_others_changes_nothing) {
  run(milliseconds(500), {{1, 30}, {2, 31}, {3, 32}, {4, 33}});
  run(milliseconds(5000), {{1, 30}, {2, 31}, {3, 32}, {4, 33}, {5, 29}});
  EXPECT_EQ(forwarded_[5], 0);
  EXPECT_EQ(forwarded_[4], 250);
}

TEST_F(SpeakerRankingTest, the_dominant_speaker_changes_only_for_a_lasting_louder_voice) {
  run(milliseconds(1000), {{1, 30}});
  run(milliseconds(400), {{1, 30}, {2, 20}});
  EXPECT_EQ(ranking_.dominant(), 1U);
  run(milliseconds(1500), {{1, 30}, {2, 20}});
  EXPECT_EQ(ranking_.dominant(), 2U);
}

TEST_F(SpeakerRankingTest, the_dominant_speaker_changes_at_once_when_the_former_is_silent) {
  run(milliseconds(1000), {{1, 20}});
  run(milliseconds(700), {{1, kSilence}});
  ranking_.on_audio(2, 45, now_);
  EXPECT_EQ(ranking_.dominant(), 2U);
}

TEST_F(SpeakerRankingTest, a_removed_track_leaves_nothing_behind) {
  run(milliseconds(200), {{1, 30}});
  ranking_.remove(1);
  EXPECT_FALSE(ranking_.dominant());
  EXPECT_TRUE(ranking_.forwarded().empty());
  EXPECT_EQ(ranking_.known_tracks(), 0U);
  ranking_.remove(1);
}

TEST_F(SpeakerRankingTest, without_places_nobody_is_forwarded) {
  SpeakerRanking none(SpeakerRanking::Settings{.places = 0});
  EXPECT_FALSE(none.on_audio(1, 10, now_));
  EXPECT_FALSE(none.on_audio(1, 10, now_ + milliseconds(1000)));
}

}  // namespace
}  // namespace vistime::media
