#include "server/conference/hands.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;

struct HandsTest : testing::Test {
  void raise(Client& client, bool raised = true) {
    EXPECT_EQ(house.ask(client, [&](ClientMessage& m) { m.mutable_set_hand()->set_raised(raised); }), "");
  }
  std::vector<std::string> hands() const {
    const auto message = anna.last(ServerMessage::kHands);
    if (!message) return {};
    return {message->hands().participants().begin(), message->hands().participants().end()};
  }
  std::string react(const std::string& reaction) {
    return house.ask(ben, [&](ClientMessage& m) { m.mutable_react()->set_reaction(reaction); });
  }
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  Client& carl = house.join("carl");
};

TEST_F(HandsTest, hands_are_in_the_order_in_which_they_were_raised) {
  raise(carl);
  raise(anna);
  raise(ben);
  EXPECT_EQ(hands(), (std::vector<std::string>{"id-carl", "id-anna", "id-ben"}));
  raise(carl, false);
  raise(carl);
  EXPECT_EQ(hands(), (std::vector<std::string>{"id-anna", "id-ben", "id-carl"}));
  EXPECT_EQ(house.join("dora").last(ServerMessage::kSnapshot)->snapshot().hands(0), "id-anna");
}

TEST_F(HandsTest, raising_twice_keeps_the_place) {
  raise(carl);
  raise(ben);
  raise(carl);
  EXPECT_EQ(hands(), (std::vector<std::string>{"id-carl", "id-ben"}));
}

TEST_F(HandsTest, a_hand_goes_down_with_the_one_who_leaves) {
  raise(ben);
  raise(carl);
  house.ask(ben, [](ClientMessage& m) { m.mutable_leave(); });
  EXPECT_EQ(hands(), std::vector<std::string>{"id-carl"});
}

TEST_F(HandsTest, the_order_outlives_a_restart) {
  raise(carl);
  raise(ben);
  house.restart();
  for (Client* client : {&anna, &ben, &carl}) house.resume(*client);
  house.settle();
  const auto snapshot = anna.last(ServerMessage::kSnapshot)->snapshot();
  ASSERT_EQ(snapshot.hands_size(), 2);
  EXPECT_EQ(snapshot.hands(0), "id-carl");
  raise(anna);
  EXPECT_EQ(hands(), (std::vector<std::string>{"id-carl", "id-ben", "id-anna"}));
}

TEST_F(HandsTest, a_reaction_goes_to_all) {
  EXPECT_EQ(react("\xf0\x9f\x91\x8d"), "");
  EXPECT_EQ(anna.last(ServerMessage::kReaction)->reaction().participant(), "id-ben");
  EXPECT_EQ(ben.all(ServerMessage::kReaction).size(), 1U);
}

TEST_F(HandsTest, what_is_no_reaction_is_refused) {
  EXPECT_EQ(react(""), "invalid");
  EXPECT_EQ(react(std::string(33, 'a')), "invalid");
  EXPECT_EQ(react("\x1b[2J"), "invalid");
}

TEST_F(HandsTest, too_many_reactions_are_refused) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(react("+"), "");
  EXPECT_EQ(react("+"), "too-many");
}

}  // namespace
}  // namespace vistime::server::conference
