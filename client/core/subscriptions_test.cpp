#include "client/core/subscriptions.hpp"

#include <gtest/gtest.h>

#include "protocol/room.pb.h"

namespace vistime::client {
namespace {

class SubscriptionsTest : public testing::Test {
 protected:
  void SetUp() override {
    v1::ServerMessage message;
    auto* snapshot = message.mutable_snapshot();
    snapshot->set_you("anna");
    for (const std::uint32_t number : {1U, 2U}) {
      auto* participant = snapshot->add_participants();
      participant->set_id(number == 1 ? "anna" : "ben");
      participant->set_number(number);
      std::uint32_t index = 0;
      for (const auto kind :
           {v1::TRACK_KIND_MICROPHONE, v1::TRACK_KIND_CAMERA, v1::TRACK_KIND_SCREEN_AUDIO}) {
        auto* track = participant->add_tracks();
        track->set_id(number << 8 | index++);
        track->set_kind(kind);
        if (kind == v1::TRACK_KIND_CAMERA) {
          track->add_layers()->set_spatial(2);
          track->add_layers()->set_spatial(0);
        }
      }
    }
    state_.apply(message, [](const Event&) {});
  }
  MeetingState state_{[](base::BytesView) { return std::nullopt; }};
};

TEST_F(SubscriptionsTest, nothing_is_wished_by_who_wants_nothing) {
  EXPECT_EQ(wished(SubscriptionPolicy::kNone, state_), Subscriptions{});
}

TEST_F(SubscriptionsTest, sound_is_the_speakers_and_the_screens_of_others) {
  EXPECT_EQ(wished(SubscriptionPolicy::kAudio, state_), (Subscriptions{true, {{2 << 8 | 2, 0}}}));
}

TEST_F(SubscriptionsTest, everything_includes_pictures_in_their_largest_layer) {
  EXPECT_EQ(wished(SubscriptionPolicy::kAll, state_),
            (Subscriptions{true, {{2 << 8 | 1, 2}, {2 << 8 | 2, 0}}}));
}

}  // namespace
}  // namespace vistime::client
