#include "server/conference/participant.hpp"

#include <gtest/gtest.h>

namespace vistime::server::conference {
namespace {

struct Recorder final : ParticipantEvents {
  void on_participant_message(Participant&, base::BytesView message) override {
    heard += base::as_text(message);
  }
  void on_participant_object(Participant&, base::BytesView) override { heard += "object "; }
  void on_participant_away(Participant&) override { heard += "away "; }
  void on_participant_ended(Participant&, const base::Error& why) override { heard += "ended " + why.code; }
  std::string heard;
};

struct ParticipantTest : testing::Test {
  base::ManualClock clock;
  RoomLimits limits;
  Recorder events;
  Participant anna{
      {.id = "a", .number = 7, .name = "Anna", .role = vistime::v1::ROLE_MODERATOR, .device = {}},
      clock,
      limits,
      events};
};

TEST_F(ParticipantTest, what_its_link_says_is_passed_on) {
  anna.on_control(base::as_bytes("hello "));
  anna.on_object(protocol::Lane::kAudio, {});
  anna.on_detached({});
  anna.on_ended({base::ErrorKind::kClosed, "left", ""});
  EXPECT_EQ(events.heard, "hello object away ended left");
}

TEST_F(ParticipantTest, it_is_described_with_and_without_its_tracks) {
  anna.tracks.emplace_back().description.set_id(7 << 8);
  vistime::v1::Participant described;
  anna.describe(described, true);
  EXPECT_EQ(described.name(), "Anna");
  EXPECT_EQ(described.number(), 7U);
  EXPECT_FALSE(described.connected());
  EXPECT_EQ(described.tracks_size(), 1);
  described.Clear();
  anna.describe(described, false);
  EXPECT_EQ(described.tracks_size(), 0);
  EXPECT_TRUE(anna.is_moderator());
  EXPECT_NE(anna.track(7 << 8), nullptr);
  EXPECT_EQ(anna.track(8 << 8), nullptr);
}

TEST_F(ParticipantTest, a_new_link_starts_without_the_end_of_the_old) {
  Receiver* const before = anna.receiver.get();
  anna.ended = base::Error{};
  EXPECT_EQ(anna.replace_receiver(clock).get(), before);
  EXPECT_NE(anna.receiver.get(), before);
  EXPECT_FALSE(anna.ended);
}

}  // namespace
}  // namespace vistime::server::conference
