#include "client/core/route_memory.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/bytes.hpp"

namespace vistime::client {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Place kOffice{"0a", "https://meet.example.org", "conference"};
const Place kHome{"0b", "https://meet.example.org", "conference"};
const Way kProxy{"wss-443-proxy", "http://proxy.example.org:3128"};
const Way kDirect{"wss-443", ""};

class RouteMemoryTest : public testing::Test {
 protected:
  ~RouteMemoryTest() override { std::filesystem::remove_all(file_.parent_path()); }
  RouteMemory fresh() const { return {clock_, file_}; }

  const std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / base::random_id(8) / "routes.json";
  base::ManualClock clock_;
};

TEST_F(RouteMemoryTest, the_winner_of_each_network_is_known_the_next_time) {
  RouteMemory memory = fresh();
  EXPECT_EQ(memory.winner(kOffice), std::nullopt);
  memory.won(kOffice, kDirect);
  memory.won(kOffice, kProxy);
  memory.won(kHome, kDirect);
  RouteMemory again = fresh();
  EXPECT_EQ(again.winner(kOffice), kProxy);
  EXPECT_EQ(again.winner(kHome), kDirect);
  EXPECT_EQ(again.winner({"0a", "https://meet.example.org", "master"}), std::nullopt);
  EXPECT_EQ(again.winner({"0a", "https://other.example.org", "conference"}), std::nullopt);
}

TEST_F(RouteMemoryTest, two_cuts_at_the_same_age_are_a_limit) {
  RouteMemory memory = fresh();
  memory.was_cut(kOffice, kProxy, seconds(120));
  EXPECT_EQ(memory.longest_session(kOffice, kProxy), std::nullopt);
  memory.was_cut(kOffice, kProxy, seconds(122));
  EXPECT_EQ(memory.longest_session(kOffice, kProxy), seconds(120));
  EXPECT_EQ(fresh().longest_session(kOffice, kProxy), seconds(120));
  EXPECT_EQ(memory.longest_session(kOffice, kDirect), std::nullopt);
  EXPECT_EQ(memory.longest_session(kHome, kProxy), std::nullopt);
}

TEST_F(RouteMemoryTest, cuts_at_any_age_are_no_limit) {
  RouteMemory memory = fresh();
  memory.was_cut(kOffice, kProxy, seconds(40));
  memory.was_cut(kOffice, kProxy, seconds(600));
  EXPECT_EQ(memory.longest_session(kOffice, kProxy), std::nullopt);
  memory.was_cut(kHome, kProxy, seconds(4));
  memory.was_cut(kHome, kProxy, seconds(4));
  EXPECT_EQ(memory.longest_session(kHome, kProxy), std::nullopt);
}

TEST_F(RouteMemoryTest, a_limit_is_forgotten_after_a_week) {
  RouteMemory memory = fresh();
  memory.was_cut(kOffice, kProxy, seconds(120));
  memory.was_cut(kOffice, kProxy, seconds(120));
  clock_.advance(hours(24 * 6));
  EXPECT_TRUE(memory.longest_session(kOffice, kProxy).has_value());
  clock_.advance(hours(24 * 2));
  EXPECT_EQ(memory.longest_session(kOffice, kProxy), std::nullopt);
}

TEST_F(RouteMemoryTest, a_damaged_file_is_as_good_as_none) {
  std::filesystem::create_directories(file_.parent_path());
  for (const char* text :
       {"", "rubbish", "[]", "{\"networks\":[1]}", "{\"networks\":{\"0a\":7,\"0b\":{\"servers\":{\"x\":1}}}}",
        "{\"networks\":{\"0a\":{\"servers\":{\"conference https://meet.example.org\":{\"route\":3,"
        "\"sessions\":[{\"latest_s\":\"x\"},4]}}}}}"}) {
    std::ofstream(file_) << text;
    RouteMemory memory = fresh();
    EXPECT_EQ(memory.winner(kOffice), std::nullopt) << text;
    EXPECT_EQ(memory.longest_session(kOffice, kProxy), std::nullopt) << text;
    memory.won(kOffice, kProxy);
    EXPECT_EQ(fresh().winner(kOffice), kProxy) << text;
  }
}

TEST_F(RouteMemoryTest, the_network_that_was_not_seen_for_longest_makes_room) {
  RouteMemory memory = fresh();
  memory.won(kOffice, kProxy);
  clock_.advance(hours(24));
  for (int i = 0; i < 64; ++i)
    memory.won({std::to_string(i), "https://meet.example.org", "conference"}, kDirect);
  EXPECT_EQ(memory.winner(kOffice), std::nullopt);
  EXPECT_EQ(fresh().winner({"63", "https://meet.example.org", "conference"}), kDirect);
}

TEST_F(RouteMemoryTest, without_a_place_to_write_it_knows_until_the_end) {
  RouteMemory memory(clock_, "/proc/nowhere/routes.json");
  memory.won(kOffice, kProxy);
  EXPECT_EQ(memory.winner(kOffice), kProxy);
  RouteMemory without_file(clock_, {});
  without_file.won(kOffice, kProxy);
  EXPECT_EQ(without_file.winner(kOffice), kProxy);
}

}  // namespace
}  // namespace vistime::client
