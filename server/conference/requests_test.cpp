#include "server/conference/requests.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;

TEST(Requests, one_that_is_unknown_is_answered_as_unsupported) {
  RoomHarness house;
  Client& anna = house.join("anna");
  EXPECT_EQ(house.ask(anna, [](ClientMessage&) {}), "unsupported");
  EXPECT_FALSE(anna.ended);
}

TEST(Requests, number_0_wants_no_answer) {
  RoomHarness house;
  Client& anna = house.join("anna");
  ClientMessage message;
  message.mutable_set_hand()->set_raised(true);
  anna.send(message);
  message.clear_body();
  anna.send(message);
  house.settle();
  EXPECT_TRUE(anna.all(ServerMessage::kAnswer).empty());
  EXPECT_EQ(anna.all(ServerMessage::kHands).size(), 1U);
}

TEST(Requests, an_answer_carries_a_sentence_where_something_went_wrong) {
  RoomHarness house;
  Client& anna = house.join("anna");
  house.ask(anna, [](ClientMessage& m) { m.mutable_close_room(); });
  const auto answer = anna.last(ServerMessage::kAnswer)->answer();
  EXPECT_EQ(answer.code(), "not-allowed");
  EXPECT_EQ(answer.message(), "only the host may do that");
}

TEST(Requests, who_closes_the_room_is_answered_before_it_is_gone) {
  RoomHarness house;
  Client& host = house.join("host", RoomRole::kHost);
  house.ask(host, [](ClientMessage& m) { m.mutable_close_room(); });
  ASSERT_TRUE(host.last(ServerMessage::kAnswer));
  EXPECT_EQ(host.last(ServerMessage::kAnswer)->answer().code(), "");
  EXPECT_TRUE(house.room->closed());
}

}  // namespace
}  // namespace vistime::server::conference
