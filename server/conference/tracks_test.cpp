#include "server/conference/tracks.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;
constexpr auto kMicrophone = vistime::v1::TRACK_KIND_MICROPHONE;
constexpr auto kCamera = vistime::v1::TRACK_KIND_CAMERA;
constexpr auto kScreenAudio = vistime::v1::TRACK_KIND_SCREEN_AUDIO;

vistime::v1::Publish camera() {
  vistime::v1::Publish publish;
  publish.set_kind(kCamera);
  publish.set_codec(vistime::v1::CODEC_VP8);
  auto& layer = *publish.add_layers();
  layer.set_width(320);
  layer.set_height(180);
  return publish;
}

struct TracksTest : testing::Test {
  RoomHarness house;
  Client& anna = house.join("anna", RoomRole::kHost);
  Client& ben = house.join("ben");
};

TEST_F(TracksTest, a_published_track_is_told_to_all_the_publisher_included) {
  EXPECT_EQ(anna.answer(house.publish(anna, 3, kCamera, 2)), "");
  for (const Client* client : {&anna, &ben}) {
    const auto told = client->last(ServerMessage::kTrackPublished);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->track_published().track().id(), anna.track(3));
    EXPECT_EQ(told->track_published().track().participant(), "id-anna");
    EXPECT_EQ(told->track_published().track().layers_size(), 2);
  }
  EXPECT_EQ(house.join("carl").last(ServerMessage::kSnapshot)->snapshot().participants(0).tracks_size(), 1);
}

TEST_F(TracksTest, sound_reaches_who_listens_and_nobody_else) {
  Client& carl = house.join("carl");
  house.publish(anna, 0, kMicrophone);
  house.subscribe(anna, true);
  house.subscribe(ben, true);
  for (int i = 0; i < 10; ++i) house.speak(anna);
  house.settle();
  EXPECT_EQ(ben.objects.size(), 10U);
  EXPECT_TRUE(anna.objects.empty());
  EXPECT_TRUE(carl.objects.empty());
}

TEST_F(TracksTest, only_the_loudest_are_forwarded_and_named) {
  std::vector<Client*> talkers;
  house.subscribe(ben, true);
  for (int i = 0; i < 6; ++i) {
    talkers.push_back(&house.join("talker" + std::to_string(i)));
    house.publish(*talkers.back(), 0, kMicrophone);
  }
  for (int round = 0; round < 10; ++round) {
    for (Client* talker : talkers) house.speak(*talker, 30);
    house.settle();
    house.clock.advance(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(ben.objects.size(), 40U);
  EXPECT_EQ(house.room->forward_counters().quiet, 20U);
  house.pass(kTickInterval);
  EXPECT_EQ(ben.last(ServerMessage::kSpeakers)->speakers().tracks_size(), 4);
  house.pass(std::chrono::seconds(3));
  EXPECT_EQ(ben.last(ServerMessage::kSpeakers)->speakers().tracks_size(), 0);
}

TEST_F(TracksTest, nothing_is_forwarded_for_a_muted_an_unknown_or_somebody_elses_track) {
  house.publish(anna, 0, kMicrophone);
  house.subscribe(ben, true);
  house.speak(anna, 20, 5);
  ben.send_object({.track = anna.track(0), .audio_level = 20});
  house.ask(anna, [](ClientMessage& m) { m.mutable_set_muted()->set_muted(true); });
  house.speak(anna);
  house.settle();
  EXPECT_TRUE(ben.objects.empty());
  EXPECT_EQ(house.room->counters().objects_unpublished, 2U);
  EXPECT_EQ(house.room->counters().objects_muted, 1U);
  EXPECT_TRUE(ben.last(ServerMessage::kTrackMuted)->track_muted().muted());
}

TEST_F(TracksTest, a_moderators_mute_holds_until_the_person_ends_it) {
  house.publish(ben, 0, kMicrophone);
  house.subscribe(anna, true);
  EXPECT_EQ(house.ask(anna,
                      [](ClientMessage& m) {
                        m.mutable_mute_participant()->set_participant("id-ben");
                        m.mutable_mute_participant()->set_kind(kMicrophone);
                      }),
            "");
  EXPECT_EQ(ben.last(ServerMessage::kTrackMuted)->track_muted().by(), "id-anna");
  house.speak(ben);
  house.publish(ben, 0, kMicrophone);  // describing the track anew does not get around the mute
  EXPECT_TRUE(ben.last(ServerMessage::kTrackPublished)->track_published().track().muted());
  house.speak(ben);
  house.settle();
  EXPECT_TRUE(anna.objects.empty());
  EXPECT_EQ(house.ask(ben, [](ClientMessage& m) { m.mutable_set_muted(); }), "");
  house.speak(ben);
  house.settle();
  EXPECT_EQ(anna.objects.size(), 1U);
}

TEST_F(TracksTest, wishes_hold_for_tracks_that_come_later) {
  house.subscribe(ben, false, {anna.track(1)});
  house.publish(anna, 1, kScreenAudio);
  anna.send_object({.track = anna.track(1)});
  house.settle();
  EXPECT_EQ(ben.objects.size(), 1U);
}

TEST_F(TracksTest, a_new_wish_replaces_the_old) {
  house.publish(anna, 1, kScreenAudio);
  house.publish(anna, 2, kScreenAudio);
  house.subscribe(ben, false, {anna.track(1)});
  house.subscribe(ben, false, {anna.track(2)});
  anna.send_object({.track = anna.track(1)});
  anna.send_object({.track = anna.track(2)});
  house.settle();
  EXPECT_EQ(ben.objects_of(anna.track(1)), 0U);
  EXPECT_EQ(ben.objects_of(anna.track(2)), 1U);
}

TEST_F(TracksTest, video_starts_with_a_keyframe_that_the_publisher_is_asked_for) {
  house.publish(anna, 1, kCamera, 1);
  EXPECT_EQ(anna.last(ServerMessage::kLayersWanted)->layers_wanted().spatial_size(), 0);
  house.subscribe(ben, false, {anna.track(1)}, 0);
  EXPECT_EQ(anna.last(ServerMessage::kLayersWanted)->layers_wanted().spatial_size(), 1);
  house.picture(anna, 1, 0, false);
  house.settle();
  EXPECT_TRUE(ben.objects.empty());
  ASSERT_TRUE(anna.last(ServerMessage::kKeyframeWanted));
  EXPECT_EQ(anna.last(ServerMessage::kKeyframeWanted)->keyframe_wanted().track(), anna.track(1));
  house.picture(anna, 1, 0, true);
  house.picture(anna, 1, 0, false);
  house.settle();
  EXPECT_EQ(ben.objects.size(), 2U);
  EXPECT_EQ(ben.last(ServerMessage::kLayerForwarded)->layer_forwarded().spatial(), 0U);
}

TEST_F(TracksTest, keyframe_requests_are_passed_on_but_not_too_often) {
  house.publish(anna, 1, kCamera, 1);
  house.subscribe(ben, false, {anna.track(1)}, 0);
  const auto request = [&] {
    return house.ask(ben, [&](ClientMessage& m) { m.mutable_request_keyframe()->set_track(anna.track(1)); });
  };
  EXPECT_EQ(request(), "");
  EXPECT_EQ(request(), "");
  EXPECT_EQ(anna.all(ServerMessage::kKeyframeWanted).size(), 1U);
  house.pass(std::chrono::milliseconds(500));
  EXPECT_EQ(anna.all(ServerMessage::kKeyframeWanted).size(), 2U);
}

TEST_F(TracksTest, a_keyframe_request_needs_a_subscription_and_a_video_track) {
  house.publish(anna, 1, kScreenAudio);
  const auto request = [&](std::uint32_t spatial) {
    return house.ask(ben, [&](ClientMessage& m) {
      m.mutable_request_keyframe()->set_track(anna.track(1));
      m.mutable_request_keyframe()->set_spatial(spatial);
    });
  };
  EXPECT_EQ(request(0), "not-allowed");
  house.subscribe(ben, false, {anna.track(1), anna.track(2)});
  EXPECT_EQ(request(0), "not-found");
  house.publish(anna, 1, kCamera, 1);
  EXPECT_EQ(request(7), "invalid");
}

TEST_F(TracksTest, a_stopped_or_unpublished_track_is_gone) {
  house.publish(ben, 1, kCamera, 1);
  house.publish(ben, 2, kCamera, 1);
  EXPECT_EQ(house.ask(anna, [&](ClientMessage& m) { m.mutable_stop_track()->set_track(ben.track(1)); }), "");
  EXPECT_EQ(ben.last(ServerMessage::kTrackUnpublished)->track_unpublished().by(), "id-anna");
  EXPECT_EQ(house.ask(ben, [](ClientMessage& m) { m.mutable_unpublish()->set_index(2); }), "");
  EXPECT_EQ(anna.last(ServerMessage::kTrackUnpublished)->track_unpublished().by(), "");
  EXPECT_EQ(house.ask(ben, [](ClientMessage& m) { m.mutable_unpublish()->set_index(2); }), "not-found");
  EXPECT_EQ(house.ask(ben, [](ClientMessage& m) { m.mutable_set_muted()->set_index(2); }), "not-found");
}

TEST_F(TracksTest, a_subscriber_that_stops_reading_costs_little_and_slows_nobody) {
  Client& carl = house.join("carl");
  house.publish(anna, 0, kMicrophone);
  house.publish(anna, 1, kCamera, 1);
  for (Client* client : {&ben, &carl}) house.subscribe(*client, true, {anna.track(1)}, 0);
  house.picture(anna, 1, 0, true);
  house.settle();
  const std::size_t before = carl.objects.size();
  carl.wire->stuck[0] = true;
  for (int i = 0; i < 500; ++i) {
    house.speak(anna);
    house.picture(anna, 1, 0, false, 20'000);
    house.settle();
    house.clock.advance(std::chrono::milliseconds(4));
  }
  EXPECT_EQ(ben.objects.size(), 1'001U);
  EXPECT_EQ(carl.objects.size(), before);
  carl.wire->stuck[0] = false;
  house.settle();
  // What waited is late; a keyframe is asked for, and the picture goes on with it.
  EXPECT_LT(carl.objects.size(), 200U);
  const std::size_t asked = anna.all(ServerMessage::kKeyframeWanted).size();
  house.pass(std::chrono::seconds(1));
  EXPECT_GT(anna.all(ServerMessage::kKeyframeWanted).size(), asked);
  EXPECT_GT(house.room->forward_counters().late + house.room->forward_counters().orphaned, 100U);
  const std::size_t resumed = carl.objects_of(anna.track(1));
  house.picture(anna, 1, 0, true);
  house.picture(anna, 1, 0, false);
  house.settle();
  EXPECT_EQ(carl.objects_of(anna.track(1)), resumed + 2);
}

TEST_F(TracksTest, a_publisher_that_floods_is_cut_to_its_rate) {
  house.publish(anna, 1, kScreenAudio);
  house.subscribe(ben, false, {anna.track(1)});
  for (int i = 0; i < 2'500; ++i) {
    anna.send_object({.track = anna.track(1)});
    house.settle();
  }
  EXPECT_EQ(house.room->counters().objects_too_many, 500U);
  EXPECT_EQ(ben.objects.size(), 2'000U);
}

TEST_F(TracksTest, too_many_tracks_and_wishes_are_refused) {
  for (std::uint8_t i = 0; i < 8; ++i) EXPECT_EQ(anna.answer(house.publish(anna, i, kCamera, 1)), "");
  EXPECT_EQ(anna.answer(house.publish(anna, 8, kCamera, 1)), "limit");
  EXPECT_EQ(house.ask(anna,
                      [](ClientMessage& m) {
                        for (std::uint32_t i = 0; i < 501; ++i)
                          m.mutable_set_subscriptions()->add_tracks()->set_track(i);
                      }),
            "limit");
  EXPECT_EQ(house.ask(anna,
                      [](ClientMessage& m) {
                        for (int i = 0; i < 2; ++i) m.mutable_set_subscriptions()->add_tracks()->set_track(7);
                      }),
            "invalid");
}

TEST(CheckPublish, a_description_that_makes_no_sense_is_refused) {
  const RoomLimits limits;
  EXPECT_TRUE(check_publish(camera(), limits));
  std::vector<vistime::v1::Publish> wrong(9, camera());
  wrong[0].set_index(256);
  wrong[1].set_kind(vistime::v1::TRACK_KIND_UNSPECIFIED);
  wrong[2].set_kind(static_cast<vistime::v1::TrackKind>(99));
  wrong[3].set_codec(vistime::v1::CODEC_OPUS);
  wrong[4].set_codec(static_cast<vistime::v1::Codec>(77));
  wrong[5].mutable_layers(0)->set_spatial(1);
  wrong[6].mutable_layers(0)->set_width(0);
  wrong[7].clear_layers();
  for (int i = 0; i < 3; ++i) *wrong[8].add_layers() = wrong[8].layers(0);
  for (const auto& publish : wrong)
    EXPECT_FALSE(check_publish(publish, limits)) << publish.SerializeAsString();
  vistime::v1::Publish microphone;
  microphone.set_kind(kMicrophone);
  microphone.set_codec(vistime::v1::CODEC_OPUS);
  EXPECT_FALSE(check_publish(microphone, limits));
  microphone.set_channels(2);
  EXPECT_TRUE(check_publish(microphone, limits));
}

}  // namespace
}  // namespace vistime::server::conference
