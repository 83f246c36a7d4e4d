#include "server/conference/hosted_room.hpp"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <boost/asio/io_context.hpp>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

struct HostedRoomTest : testing::Test {
  std::shared_ptr<HostedRoom> host() {
    auto hosted = std::make_shared<HostedRoom>(
        context.get_executor(),
        RoomEnvironment{.clock = clock, .limits = limits, .store = store, .arm_gather = {}},
        StoredRoom{.room = {.id = "r", .name = "n", .host = {}}, .participants = {}, .bans = {}}, metrics,
        [this] { idle = true; });
    hosted->start();
    return hosted;
  }
  base::ManualClock clock;
  RoomLimits limits;
  MemoryStore store;
  prometheus::Registry registry;
  Metrics metrics{registry};
  boost::asio::io_context context{1};
  bool idle = false;
};

TEST_F(HostedRoomTest, a_room_without_anybody_is_given_up_after_a_while) {
  const auto hosted = host();
  context.run();  // returns when no timer is armed any more
  EXPECT_TRUE(idle);
}

TEST_F(HostedRoomTest, what_is_said_is_written_when_the_gather_time_is_over) {
  const auto hosted = host();
  const auto wire = std::make_shared<Wire>();
  RoomGrant grant;
  grant.participant = "id-anna";
  hosted->room().join(std::make_unique<WireEnd>(wire, 0), grant);
  wire->ends[1].incoming.clear();
  wire->ends[0].writing = false;
  while (wire->ends[1].incoming.empty() && context.run_one() > 0) {
  }
  EXPECT_FALSE(wire->ends[1].incoming.empty());
  EXPECT_FALSE(idle);
}

TEST_F(HostedRoomTest, timers_of_a_room_that_is_gone_do_nothing) {
  host().reset();
  context.run();
  EXPECT_FALSE(idle);
}

}  // namespace
}  // namespace vistime::server::conference
