#include "client/core/model.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

TEST(Model, every_name_is_read_as_what_it_was_printed_from) {
  for (const Role role : {Role::kGuest, Role::kModerator, Role::kHost})
    EXPECT_EQ(parse_role(to_string(role)), role);
  for (const TrackKind kind :
       {TrackKind::kMicrophone, TrackKind::kCamera, TrackKind::kScreen, TrackKind::kScreenAudio}) {
    EXPECT_EQ(parse_track_kind(to_string(kind)), kind);
  }
  for (const Codec codec : {Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) {
    EXPECT_EQ(parse_codec(to_string(codec)), codec);
  }
}

TEST(Model, what_is_no_name_is_not_read) {
  EXPECT_FALSE(parse_role("owner"));
  EXPECT_FALSE(parse_track_kind("unknown"));
  EXPECT_FALSE(parse_codec(""));
}

TEST(Model, microphone_and_screen_audio_are_audio) {
  EXPECT_TRUE(is_audio(TrackKind::kMicrophone));
  EXPECT_TRUE(is_audio(TrackKind::kScreenAudio));
  EXPECT_FALSE(is_audio(TrackKind::kCamera));
}

}  // namespace
}  // namespace vistime::client
