#include "client/core/messages.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

TEST(Messages, every_kind_codec_and_role_keeps_its_meaning) {
  EXPECT_EQ(from_wire(v1::TRACK_KIND_SCREEN_AUDIO), TrackKind::kScreenAudio);
  EXPECT_EQ(from_wire(v1::CODEC_VP9), Codec::kVp9);
  EXPECT_EQ(from_wire(v1::ROLE_MODERATOR), Role::kModerator);
  EXPECT_EQ(to_wire(TrackKind::kCamera), v1::TRACK_KIND_CAMERA);
  EXPECT_EQ(to_wire(Codec::kAv1), v1::CODEC_AV1);
  EXPECT_EQ(to_wire(Role::kHost), v1::ROLE_HOST);
}

TEST(Messages, what_a_newer_server_names_is_unknown) {
  EXPECT_EQ(from_wire(static_cast<v1::TrackKind>(77)), TrackKind::kUnknown);
  EXPECT_EQ(from_wire(static_cast<v1::Codec>(-3)), Codec::kUnknown);
}

TEST(Messages, a_participant_comes_with_its_tracks) {
  v1::Participant message;
  message.set_id("p");
  message.set_number(7);
  auto* track = message.add_tracks();
  track->set_id(7 << 8);
  track->set_participant("somebody else");
  track->add_layers()->set_width(640);
  const Participant participant = from_wire(message);
  ASSERT_EQ(participant.tracks.size(), 1U);
  EXPECT_EQ(participant.tracks[0].participant, "p");
  EXPECT_EQ(participant.tracks[0].layers.at(0).width, 640U);
}

}  // namespace
}  // namespace vistime::client
