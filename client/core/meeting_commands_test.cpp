// Every command becomes the message of its name.
#include <gtest/gtest.h>

#include "client/core/meeting.hpp"
#include "client/core/network_testing.hpp"

namespace vistime::client {
namespace {

class MeetingCommandsTest : public testing::Test, public MeetingEvents {
 protected:
  void on_event(const Event&) override {}
  void on_object(const Track&, std::uint64_t, base::BytesView) override {}
  void SetUp() override {
    meeting_.start();
    server_.let_in();
    server_.send_snapshot();
  }
  const v1::ClientMessage& last() {
    server_.pipe->pump();
    return server_.received.back();
  }

  base::ManualClock clock_;
  FakeNetwork network_;
  MeetingLink link_ = MeetingLink::parse("https://h/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw").value();
  FakeServer server_{clock_, network_, base::hex(media::derive_room_keys(link_.secret).key_check)};
  Meeting meeting_{
      clock_, network_, *this, {link_, {}, SubscriptionPolicy::kNone, 77}, [] { return std::uint64_t{0}; }};
};

TEST_F(MeetingCommandsTest, what_anybody_may_do) {
  meeting_.set_hand(true, "");
  EXPECT_TRUE(last().set_hand().raised());
  EXPECT_NE(last().request(), 0U);
  meeting_.react("👍", "");
  EXPECT_EQ(last().react().reaction(), "👍");
  meeting_.request_keyframe(513, 2, "");
  EXPECT_EQ(last().request_keyframe().track(), 513U);
  EXPECT_EQ(last().request_keyframe().spatial(), 2U);
  meeting_.get_chat(9, "");
  EXPECT_EQ(last().get_chat().after(), 9U);
  meeting_.subscribe({true, {{513, 1}}}, "");
  EXPECT_EQ(last().set_subscriptions().tracks(0).max_spatial(), 1U);
}

TEST_F(MeetingCommandsTest, own_tracks) {
  meeting_.publish(
      {.index = 2, .kind = TrackKind::kCamera, .codec = Codec::kVp9, .layers = {{0, 320, 180, 1, 30}}});
  EXPECT_EQ(last().publish().layers(0).width(), 320U);
  meeting_.set_muted(TrackKind::kCamera, true, "");
  EXPECT_TRUE(last().set_muted().muted());
  EXPECT_EQ(last().set_muted().index(), 2U);
  meeting_.unpublish(TrackKind::kCamera, "");
  EXPECT_EQ(last().unpublish().index(), 2U);
  EXPECT_EQ(meeting_.local_track(TrackKind::kCamera), nullptr);
}

TEST_F(MeetingCommandsTest, what_host_and_moderators_may_do) {
  meeting_.mute_participant("ben", TrackKind::kMicrophone, "");
  EXPECT_EQ(last().mute_participant().participant(), "ben");
  EXPECT_EQ(last().mute_participant().kind(), v1::TRACK_KIND_MICROPHONE);
  meeting_.ask_to_unmute("ben", TrackKind::kCamera, "");
  EXPECT_EQ(last().ask_to_unmute().kind(), v1::TRACK_KIND_CAMERA);
  meeting_.stop_track(7, "");
  EXPECT_EQ(last().stop_track().track(), 7U);
  meeting_.remove_participant("ben", false, "");
  EXPECT_FALSE(last().remove_participant().ban());
  meeting_.set_locked(true, "");
  EXPECT_TRUE(last().set_locked().locked());
  meeting_.set_lobby(true, "");
  EXPECT_TRUE(last().set_lobby().lobby());
  meeting_.admit({"cora"}, true, "");
  EXPECT_EQ(last().admit().participants(0), "cora");
  meeting_.set_role("ben", Role::kModerator, "");
  EXPECT_EQ(last().set_role().role(), v1::ROLE_MODERATOR);
  meeting_.lower_hand("ben", "");
  EXPECT_EQ(last().lower_hand().participant(), "ben");
  meeting_.close_room("");
  EXPECT_TRUE(last().has_close_room());
}

}  // namespace
}  // namespace vistime::client
