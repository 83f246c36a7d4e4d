#include "server/conference/video_route.hpp"

#include <gtest/gtest.h>

#include "server/conference/forwarding_testing.hpp"
#include "server/conference/limits.hpp"

namespace vistime::server::conference {
namespace {

struct VideoRouteTest : testing::Test {
  std::size_t send(std::uint8_t spatial, bool keyframe) {
    const protocol::ObjectHeader header{.track = 256, .keyframe = keyframe, .spatial = spatial};
    const auto bytes = std::make_shared<const base::Bytes>(make_object(header));
    return route.forward(header, bytes, clock.now(), gather);
  }
  void all_layers(bool keyframe) {
    for (std::uint8_t spatial = 0; spatial < 3; ++spatial) send(spatial, keyframe);
    gather.flush();
  }
  base::ManualClock clock;
  Gather gather{[] {}};
  VideoRecorder events;
  VideoRoute route{256, 3, kVideoDeadline, events};
  Listener small{clock, true}, large{clock, true};
};

TEST_F(VideoRouteTest, the_publisher_learns_which_layers_anybody_wants) {
  route.announce();
  route.subscribe(small.receiver, 0);
  route.subscribe(large.receiver, 2);
  route.subscribe(large.receiver, 2);
  route.unsubscribe(large.receiver);
  route.unsubscribe(small.receiver);
  EXPECT_EQ(events.layers, (std::vector<int>{0, 1, 3, 1, 0}));
}

TEST_F(VideoRouteTest, no_more_layers_are_wanted_than_there_are) {
  route.subscribe(large.receiver, 2);
  route.set_layers(2);
  EXPECT_EQ(events.layers, (std::vector<int>{3, 2}));
  EXPECT_EQ(send(2, true), 0U);
}

TEST_F(VideoRouteTest, each_gets_one_layer_that_fits_its_tile) {
  route.subscribe(small.receiver, 0);
  route.subscribe(large.receiver, 2);
  all_layers(true);
  all_layers(true);
  const auto before_small = small.receiver.link.statistics().queue.objects_sent;
  const auto before_large = large.receiver.link.statistics().queue.objects_sent;
  all_layers(false);
  EXPECT_EQ(small.receiver.link.statistics().queue.objects_sent, before_small + 1);
  EXPECT_EQ(large.receiver.link.statistics().queue.objects_sent, before_large + 1);
  EXPECT_EQ(events.forwarded.back(), std::make_pair(2, false));
}

TEST_F(VideoRouteTest, drops_lead_to_a_lower_layer_and_its_subscriber_is_told) {
  route.subscribe(large.receiver, 2);
  all_layers(true);
  all_layers(true);
  ASSERT_EQ(events.forwarded.back().first, 2);
  for (int i = 0; i < 40 && events.forwarded.back().first == 2; ++i) {
    route.on_broken(large.receiver, 2, clock.now());
    route.on_backlog(large.receiver, std::chrono::seconds(1), clock.now());
    clock.advance(std::chrono::milliseconds(250));
    route.tick(clock.now());
    all_layers(true);
  }
  EXPECT_LT(events.forwarded.back().first, 2);
  EXPECT_TRUE(events.forwarded.back().second);
}

TEST_F(VideoRouteTest, keyframes_are_asked_for_at_intervals_however_many_want_one) {
  route.subscribe(small.receiver, 0);
  for (int i = 0; i < 10; ++i) route.request_keyframe(0, clock.now());
  EXPECT_EQ(events.keyframes, 1);
  clock.advance(kKeyframeInterval);
  route.tick(clock.now());
  EXPECT_EQ(events.keyframes, 2);
  send(0, true);
  clock.advance(kKeyframeInterval);
  route.tick(clock.now());
  EXPECT_EQ(events.keyframes, 2);
}

TEST_F(VideoRouteTest, a_layer_that_does_not_exist_is_not_asked_for) {
  route.request_keyframe(3, clock.now());
  EXPECT_EQ(events.keyframes, 0);
  EXPECT_FALSE(route.watched());
}

}  // namespace
}  // namespace vistime::server::conference
