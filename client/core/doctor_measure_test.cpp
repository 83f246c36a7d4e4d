#include "client/core/doctor_measure.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const Headers kSent = {
    {"Host", "meet.example.org"}, {"User-Agent", "vistime/1"}, {"X-Vistime-Check", "as sent"}};
const auto kNow = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));

TEST(ReadView, says_what_was_added_and_what_was_lost_on_the_way) {
  const auto view = read_view(
      R"({"address": "203.0.113.7", "time": "2023-11-14T22:13:21Z",
          "headers": [["host", "meet.example.org"], ["User-Agent", "vistime/1"], ["Via", "1.1 gateway"]]})",
      kSent, kNow);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->address, "203.0.113.7");
  EXPECT_EQ(view->added, (Headers{{"Via", "1.1 gateway"}}));
  EXPECT_EQ(view->lost, std::vector<std::string>{"X-Vistime-Check"});
  EXPECT_FALSE(view->clock_ahead);
}

TEST(ReadView, a_clock_that_is_off_is_noticed) {
  const auto view = read_view(R"({"address": "a", "time": "2023-11-13T22:13:20Z", "headers": []})", {}, kNow);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->clock_ahead, std::chrono::hours(24));
}

TEST(ReadView, what_the_server_could_not_have_said_is_nothing) {
  for (const char* text : {"", "<html>", "[]", "{}", R"({"address": 3, "headers": []})",
                           R"({"address": "a"})", R"({"address": "a", "headers": {}})"}) {
    EXPECT_FALSE(read_view(text, kSent, kNow)) << text;
  }
  const auto odd = read_view(R"({"address": "a", "headers": [1, ["x"], ["x", 2]], "time": 7})", {}, kNow);
  ASSERT_TRUE(odd);
  EXPECT_TRUE(odd->added.empty());
}

}  // namespace
}  // namespace vistime::client
