#include "server/conference/requests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(Requests, what_a_client_says_of_itself_reaches_everybody_once) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  const auto changes = [&] { return ben.all(ServerMessage::kParticipantChanged).size(); };
  const auto latest = [&] {
    return ben.last(ServerMessage::kParticipantChanged)->participant_changed().participant();
  };
  const auto codecs = [](ClientMessage& m) {
    auto* session = m.mutable_set_media_session();
    session->set_media_session(7);
    for (const int codec : {4, 2, 4, 99, 0}) session->mutable_decodes()->Add(codec);
  };
  const std::size_t before = changes();
  EXPECT_EQ(house.ask(anna, codecs), "");
  EXPECT_EQ(house.ask(anna, codecs), "");
  ASSERT_EQ(changes(), before + 1);
  ASSERT_EQ(latest().decodes_size(), 2);
  EXPECT_EQ(latest().decodes(0), vistime::v1::CODEC_H264);
  EXPECT_EQ(latest().decodes(1), vistime::v1::CODEC_VP8);

  const auto record = [](ClientMessage& m) { m.mutable_set_recording()->set_recording(true); };
  EXPECT_EQ(house.ask(anna, record), "");
  EXPECT_EQ(house.ask(anna, record), "");
  ASSERT_EQ(changes(), before + 2);
  EXPECT_TRUE(latest().recording());
  EXPECT_EQ(latest().decodes_size(), 2);

  Client& cora = house.join("cora");
  const auto told = cora.last(ServerMessage::kSnapshot);
  ASSERT_TRUE(told);
  const auto records = [](const auto& each) { return each.recording(); };
  EXPECT_EQ(std::ranges::count_if(told->snapshot().participants(), records), 1);
}

TEST(Requests, a_connections_quality_is_bounded_and_said_rarely) {
  RoomHarness house;
  Client& anna = house.join("anna");
  const auto say = [&](vistime::v1::Quality quality) {
    return house.ask(anna, [&](ClientMessage& m) {
      auto* connection = m.mutable_set_connection()->mutable_connection();
      connection->set_quality(quality);
      connection->set_round_trip_ms(4'000'000'000U);
    });
  };
  EXPECT_EQ(say(vistime::v1::QUALITY_UNSPECIFIED), "invalid");
  EXPECT_EQ(say(vistime::v1::QUALITY_WEAK), "");
  const auto changed = anna.last(ServerMessage::kParticipantChanged)->participant_changed().participant();
  EXPECT_EQ(changed.connection().quality(), vistime::v1::QUALITY_WEAK);
  EXPECT_EQ(changed.connection().round_trip_ms(), 60'000U);
  EXPECT_EQ(say(vistime::v1::QUALITY_GOOD), "");
  EXPECT_EQ(say(vistime::v1::QUALITY_WEAK), "too-many");
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
