#include "server/conference/forwarder.hpp"

#include <gtest/gtest.h>

#include "server/conference/forwarding_testing.hpp"
#include "server/conference/limits.hpp"

namespace vistime::server::conference {
namespace {

struct ForwarderTest : testing::Test {
  base::Bytes object(std::uint32_t track, std::uint8_t level = 20) {
    return make_object({.track = track, .voice = true, .audio_level = level});
  }
  void forward(Route& route, const base::Bytes& bytes) {
    forwarder.forward(route, *protocol::decode_object_header(bytes), bytes);
  }
  base::ManualClock clock;
  int armed = 0;
  Gather gather{[this] { ++armed; }};
  VideoRecorder events;
  Forwarder forwarder{clock, gather, events, 2};
  Listener publisher{clock}, first{clock}, second{clock};
};

TEST_F(ForwarderTest, writes_are_gathered_into_one_a_subscriber) {
  Route& route = forwarder.add(256, RouteKind::kMicrophone, 0, publisher.receiver);
  forwarder.listen(publisher.receiver, true);
  forwarder.listen(first.receiver, true);
  forwarder.listen(first.receiver, true);
  for (int i = 0; i < 3; ++i) forward(route, object(256));
  EXPECT_EQ(armed, 1);
  EXPECT_EQ(first.writes(), 0U);
  gather.flush();
  EXPECT_EQ(first.writes(), 1U);
  EXPECT_EQ(first.receiver.link.statistics().queue.objects_sent, 3U);
  EXPECT_EQ(publisher.receiver.link.statistics().queue.objects_sent, 0U);
  forward(route, object(256));
  EXPECT_EQ(armed, 2);
}

TEST_F(ForwarderTest, a_lone_voice_is_sent_at_once_until_another_joins_in) {
  Route& one = forwarder.add(256, RouteKind::kMicrophone, 0, publisher.receiver);
  Route& other = forwarder.add(512, RouteKind::kMicrophone, 0, publisher.receiver);
  forwarder.listen(first.receiver, true);
  forward(one, object(256));
  gather.flush();
  first.become_writable();
  clock.advance(std::chrono::milliseconds(120));
  forward(one, object(256));
  EXPECT_EQ(first.writes(), 2U);
  EXPECT_EQ(armed, 1);
  first.become_writable();
  forward(other, object(512));
  forward(one, object(256));
  EXPECT_EQ(first.writes(), 2U) << "both wait for what else comes";
  EXPECT_EQ(armed, 2);
  gather.flush();
  EXPECT_EQ(first.writes(), 3U);
}

TEST_F(ForwarderTest, who_no_longer_listens_gets_nothing) {
  Route& route = forwarder.add(256, RouteKind::kMicrophone, 0, publisher.receiver);
  forwarder.listen(first.receiver, true);
  forwarder.listen(second.receiver, true);
  forwarder.listen(first.receiver, false);
  forwarder.forget(second.receiver);
  forward(route, object(256));
  EXPECT_EQ(forwarder.counters().forwarded, 0U);
}

TEST_F(ForwarderTest, who_has_no_connection_costs_nothing) {
  Route& route = forwarder.add(256, RouteKind::kMicrophone, 0, publisher.receiver);
  forwarder.listen(first.receiver, true);
  first.receiver.link.drop_connection();
  forward(route, object(256));
  EXPECT_EQ(forwarder.counters().forwarded, 0U);
}

TEST_F(ForwarderTest, a_quieter_third_voice_is_not_forwarded_until_a_place_is_free) {
  forwarder.listen(first.receiver, true);
  std::vector<Route*> routes;
  for (std::uint32_t i = 1; i <= 3; ++i) {
    routes.push_back(&forwarder.add(i << 8, RouteKind::kMicrophone, 0, publisher.receiver));
    forward(*routes.back(), object(i << 8, static_cast<std::uint8_t>(20 + i)));
  }
  EXPECT_EQ(forwarder.counters().forwarded, 2U);
  EXPECT_EQ(forwarder.counters().quiet, 1U);
  EXPECT_EQ(*forwarder.changed_speakers(), (std::vector<std::uint32_t>{256, 512}));
  EXPECT_FALSE(forwarder.changed_speakers());
  forwarder.silence(*routes[0]);
  forward(*routes[2], object(768));
  EXPECT_EQ(forwarder.counters().forwarded, 3U);
}

TEST_F(ForwarderTest, late_audio_is_dropped_and_counted) {
  Route& route = forwarder.add(256, RouteKind::kScreenAudio, 0, publisher.receiver);
  forwarder.subscribe(route, first.receiver, 0);
  forward(route, object(256));
  clock.advance(kAudioDeadline + base::Duration(1));
  gather.flush();
  forwarder.inspect(first.receiver, kTickInterval);
  EXPECT_EQ(forwarder.counters().late, 1U);
  forwarder.unsubscribe(route, first.receiver);
  forward(route, object(256));
  EXPECT_EQ(forwarder.counters().forwarded, 1U);
}

TEST_F(ForwarderTest, a_broken_stream_asks_for_a_keyframe) {
  Route& route = forwarder.add(256, RouteKind::kCamera, 1, publisher.receiver);
  forwarder.subscribe(route, first.receiver, 0);
  forward(route, make_object({.track = 256, .keyframe = true}));
  gather.flush();
  forward(route, make_object({.track = 256}));
  clock.advance(kVideoDeadline + base::Duration(1));
  first.become_writable();
  gather.flush();
  forwarder.inspect(first.receiver, kTickInterval);
  forwarder.tick();
  EXPECT_EQ(events.keyframes, 1);
}

TEST_F(ForwarderTest, a_track_added_again_starts_anew) {
  Route& old = forwarder.add(256, RouteKind::kScreenAudio, 0, publisher.receiver);
  forwarder.subscribe(old, first.receiver, 0);
  Route& fresh = forwarder.add(256, RouteKind::kScreenAudio, 0, publisher.receiver);
  EXPECT_TRUE(fresh.listeners.empty());
  EXPECT_EQ(forwarder.find(256), &fresh);
  forwarder.remove(256);
  EXPECT_EQ(forwarder.find(256), nullptr);
}

}  // namespace
}  // namespace vistime::server::conference
