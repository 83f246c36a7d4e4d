#include "client/core/statistics.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vistime::client {
namespace {

using std::chrono::seconds;

TEST(StatisticsWriter, bit_rates_are_those_since_the_line_before) {
  StatisticsWriter writer;
  Figures figures{.elapsed = seconds(1), .route = "wss-443", .phase = Phase::kMeeting};
  figures.sent.push_back({.index = 0, .kind = TrackKind::kMicrophone, .bytes = 1000});
  figures.received.push_back({{.id = 512, .kind = TrackKind::kCamera}, {.bytes = 2000, .lost = 3}});
  auto line = nlohmann::json::parse(writer.line(figures));
  EXPECT_EQ(line["sent"][0]["bitrate"], 8000);
  EXPECT_EQ(line["received"][0]["lost"], 3);
  EXPECT_EQ(line["phase"], "meeting");
  figures.elapsed = seconds(3);
  figures.sent[0].bytes = 1500;
  line = nlohmann::json::parse(writer.line(figures));
  EXPECT_EQ(line["sent"][0]["bitrate"], 2000);
  EXPECT_EQ(line["received"][0]["bitrate"], 0);
}

TEST(StatisticsWriter, a_counter_that_began_anew_is_no_negative_rate) {
  StatisticsWriter writer;
  Figures figures{.elapsed = seconds(1)};
  figures.received.push_back({{.id = 512}, {.bytes = 2000}});
  (void)writer.line(figures);
  figures.elapsed = seconds(2);
  figures.received[0].figures.bytes = 100;
  EXPECT_EQ(nlohmann::json::parse(writer.line(figures))["received"][0]["bitrate"], 800);
}

}  // namespace
}  // namespace vistime::client
