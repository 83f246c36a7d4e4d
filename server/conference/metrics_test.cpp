#include "server/conference/metrics.hpp"

#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

TEST(Metrics, gauges_follow_and_counters_grow) {
  prometheus::Registry registry;
  Metrics metrics(registry);
  RoomHarness house;
  metrics.add({}, figures_of(*house.room));
  const RoomFigures before = figures_of(*house.room);
  Client& anna = house.join("anna");
  house.join("ben");
  house.chat(anna, "one");
  const RoomFigures after = figures_of(*house.room);
  metrics.add(before, after);
  const std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_NE(text.find("vistime_conference_rooms 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("vistime_conference_participants 2\n"), std::string::npos);
  EXPECT_NE(text.find("vistime_conference_links 2\n"), std::string::npos);
  EXPECT_NE(text.find("vistime_conference_chat_messages_total 1\n"), std::string::npos);
  EXPECT_NE(text.find("vistime_conference_connections_total{how=\"joined\"} 2\n"), std::string::npos);
  metrics.add(after, {.rooms = 0, .counters = after.counters, .forward = after.forward});
  const std::string gone = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_NE(gone.find("vistime_conference_participants 0\n"), std::string::npos);
  EXPECT_NE(gone.find("vistime_conference_chat_messages_total 1\n"), std::string::npos);
}

}  // namespace
}  // namespace vistime::server::conference
