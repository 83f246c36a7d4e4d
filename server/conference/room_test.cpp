#include "server/conference/room.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;

TEST(Room, who_joins_gets_the_state_and_the_others_hear_of_it) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  ASSERT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_NEW);
  EXPECT_EQ(anna.reply.welcome().link_id().size(), 16U);
  EXPECT_EQ(anna.reply.welcome().link_key().size(), 32U);
  const auto snapshot = ben.last(ServerMessage::kSnapshot);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->snapshot().you(), "id-ben");
  EXPECT_EQ(snapshot->snapshot().participants_size(), 2);
  EXPECT_EQ(snapshot->snapshot().room().name(), "Tuesday");
  const auto joined = anna.all(ServerMessage::kParticipantJoined);
  ASSERT_EQ(joined.size(), 1U);
  EXPECT_EQ(joined[0].participant_joined().participant().name(), "ben");
  EXPECT_NE(anna.number(), ben.number());
}

TEST(Room, a_closed_room_refuses_newcomers_and_those_who_come_back) {
  RoomHarness house;
  Client& anna = house.join("anna");
  house.room->close();
  house.settle();
  EXPECT_EQ(anna.ended, "room-closed");
  EXPECT_EQ(house.join("ben").refusal(), "room-closed");
  house.resume(anna);
  EXPECT_EQ(anna.refusal(), "room-closed");
}

TEST(Room, a_full_room_refuses_newcomers_but_not_those_who_come_back) {
  RoomHarness house({.max_participants = 2});
  Client& anna = house.join("anna");
  house.join("ben");
  EXPECT_EQ(house.join("carl").refusal(), "room-full");
  house.cut(anna);
  EXPECT_EQ(house.join("carl").refusal(), "room-full");
  house.resume(anna);
  EXPECT_TRUE(anna.reply.has_welcome());
}

TEST(Room, a_rooms_own_limit_counts_when_it_is_lower) {
  RoomHarness house;
  house.record.max_participants = 1;
  house.open();
  house.join("anna");
  EXPECT_EQ(house.join("ben").refusal(), "room-full");
}

TEST(Room, a_locked_room_lets_only_moderators_in) {
  RoomHarness house;
  house.record.locked = true;
  house.open();
  EXPECT_EQ(house.join("anna").refusal(), "room-locked");
  EXPECT_TRUE(house.join("ben", RoomRole::kHost).reply.has_welcome());
}

TEST(Room, a_lock_ends_when_the_last_one_leaves) {
  RoomHarness house;
  Client& anna = house.join("anna", RoomRole::kHost);
  house.ask(anna, [](ClientMessage& m) { m.mutable_set_locked()->set_locked(true); });
  house.ask(anna, [](ClientMessage& m) { m.mutable_leave(); });
  house.pass(kTickInterval);
  EXPECT_TRUE(house.room->empty());
  EXPECT_TRUE(house.join("ben").reply.has_welcome());
}

TEST(Room, who_leaves_is_gone_for_the_others) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  house.ask(ben, [](ClientMessage& m) { m.mutable_leave(); });
  EXPECT_EQ(ben.ended, "left");
  EXPECT_EQ(anna.last(ServerMessage::kParticipantLeft)->participant_left().reason(), "left");
  house.resume(ben);
  EXPECT_EQ(ben.refusal(), "resume-unknown");
}

TEST(Room, a_link_that_its_client_ends_counts_as_leaving) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  ben.link->end("left", "bye");
  house.settle();
  EXPECT_EQ(anna.last(ServerMessage::kParticipantLeft)->participant_left().reason(), "left");
}

TEST(Room, a_broken_connection_is_shown_and_resumed_without_leaving) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  house.cut(ben);
  house.settle();
  auto changed = anna.last(ServerMessage::kParticipantChanged);
  ASSERT_TRUE(changed);
  EXPECT_FALSE(changed->participant_changed().participant().connected());
  house.chat(anna, "while away");
  house.resume(ben);
  house.settle();
  EXPECT_EQ(ben.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESUMED);
  EXPECT_EQ(ben.all(ServerMessage::kChat).size(), 1U);
  EXPECT_TRUE(anna.last(ServerMessage::kParticipantChanged)->participant_changed().participant().connected());
  EXPECT_TRUE(anna.all(ServerMessage::kParticipantLeft).empty());
}

TEST(Room, who_stays_away_for_too_long_is_lost) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  house.cut(ben);
  house.pass(kResumeWindow - kTickInterval);
  EXPECT_TRUE(anna.all(ServerMessage::kParticipantLeft).empty());
  house.pass(kTickInterval);
  EXPECT_EQ(anna.last(ServerMessage::kParticipantLeft)->participant_left().reason(), "lost");
  house.resume(ben);
  EXPECT_EQ(ben.refusal(), "resume-unknown");
}

TEST(Room, a_resume_needs_the_links_key) {
  RoomHarness house;
  Client& anna = house.join("anna");
  anna.link_key[0] = static_cast<char>(anna.link_key[0] ^ 1);
  house.resume(anna);
  EXPECT_EQ(anna.refusal(), "resume-unknown");
}

TEST(Room, a_resume_replaces_a_connection_that_still_looks_alive) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  const auto old_wire = ben.wire;
  ben.link->drop_connection();
  house.resume(ben);
  house.settle();
  EXPECT_FALSE(old_wire->ends[0].closed);  // what was on its way by it may still arrive
  house.pass(std::chrono::seconds(2));
  EXPECT_TRUE(old_wire->ends[0].closed);
  house.chat(anna, "hello");
  EXPECT_EQ(ben.all(ServerMessage::kChat).size(), 1U);
}

TEST(Room, joining_again_with_the_token_replaces_the_old_client) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  house.publish(ben, 0, vistime::v1::TRACK_KIND_MICROPHONE);
  const std::uint32_t number = ben.number();
  auto old_link = std::move(ben.link);
  const auto old_wire = ben.wire;
  Client& again = house.join("ben");
  while (old_wire->deliver_one(1)) {
  }
  EXPECT_EQ(again.ended, "replaced");  // said on the old wire
  EXPECT_EQ(again.reply.welcome().resumption(), vistime::v1::RESUMPTION_NEW);
  EXPECT_EQ(again.last(ServerMessage::kSnapshot)->snapshot().participants_size(), 2);
  EXPECT_EQ(again.number(), number);
  EXPECT_EQ(anna.all(ServerMessage::kParticipantJoined).size(), 1U);
  EXPECT_EQ(anna.all(ServerMessage::kTrackUnpublished).size(), 1U);
  EXPECT_EQ(house.room->participants(), 2U);
}

TEST(Room, bytes_that_are_no_request_end_the_link) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  ben.link->send_control(base::as_bytes("\xff\xff\xff"));
  ben.link->flush();
  house.settle();
  EXPECT_EQ(ben.ended, "protocol-error");
  EXPECT_EQ(anna.last(ServerMessage::kParticipantLeft)->participant_left().reason(), "lost");
}

TEST(Room, an_object_with_a_bad_header_ends_the_link) {
  RoomHarness house;
  Client& anna = house.join("anna");
  auto bytes = std::make_shared<base::Bytes>(40, 0xff);
  anna.link->send_object({.object = bytes, .deadline = base::TimePoint::max()});
  anna.link->flush();
  house.settle();
  EXPECT_EQ(anna.ended, "protocol-error");
}

TEST(Room, a_flood_of_requests_ends_the_link) {
  RoomHarness house;
  Client& anna = house.join("anna");
  for (int i = 0; i < 250; ++i) {
    anna.ask([](ClientMessage& m) { m.mutable_set_hand()->set_raised(true); });
  }
  house.settle();
  EXPECT_EQ(anna.ended, "protocol-error");
}

TEST(Room, draining_tells_everybody_and_keeps_their_places) {
  RoomHarness house;
  Client& anna = house.join("anna");
  house.room->drain();
  house.settle();
  EXPECT_EQ(anna.ended, "draining");
  house.pass(std::chrono::seconds(1));
  EXPECT_EQ(house.store.load(house.record.id).participants.size(), 1U);
  house.restart();
  house.resume(anna);
  EXPECT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESTORED);
}

TEST(Room, the_state_of_a_large_room_comes_in_several_messages) {
  RoomHarness house;
  RoomGrant grant;
  for (int i = 0; i < 199; ++i) {
    grant = house.grant(std::to_string(i));
    grant.name = std::string(600, 'n') + std::to_string(i);
    grant.participant = "id-" + std::to_string(i);
    Client& client = house.knock(grant);
    for (std::uint8_t index = 0; index < 8; ++index)
      house.publish(client, index, vistime::v1::TRACK_KIND_CAMERA, 3);
  }
  Client& last = house.join("last");
  const auto snapshot = last.last(ServerMessage::kSnapshot)->snapshot();
  const auto further = last.all(ServerMessage::kParticipantJoined);
  EXPECT_LT(snapshot.ByteSizeLong(), protocol::kMaxControlBytes);
  EXPECT_GT(further.size(), 0U);
  EXPECT_EQ(static_cast<std::size_t>(snapshot.participants_size()) + further.size(), 200U);
  EXPECT_NE(last.number(), 0U);
}

// The connection breaks after each number of deliveries in turn; every chat message arrives once all the same.
TEST(Room, nothing_is_lost_or_doubled_wherever_the_connection_breaks) {
  for (int cut_at = 0; cut_at < 60; ++cut_at) {
    RoomHarness house;
    Client& anna = house.join("anna");
    Client& ben = house.join("ben");
    for (int i = 0; i < 5; ++i) {
      anna.ask([&](ClientMessage& m) {
        m.mutable_send_chat()->set_id(std::string(15, 'a') + std::to_string(i));
        m.mutable_send_chat()->set_sealed("hello");
      });
      ben.ask([&](ClientMessage& m) { m.mutable_set_hand()->set_raised(i % 2 == 0); });
    }
    for (int step = 0; step < cut_at && house.step(); ++step) house.store.complete();
    house.cut(anna);
    house.cut(ben);
    house.settle();
    house.resume(ben);
    house.resume(anna);
    house.settle();
    ASSERT_EQ(house.store.chat(house.record.id).size(), 5U) << cut_at;
    for (const Client* client : {&anna, &ben}) {
      const auto chat = client->all(ServerMessage::kChat);
      ASSERT_EQ(chat.size(), 5U) << cut_at << " " << client->name;
      for (std::size_t i = 0; i < 5; ++i) ASSERT_EQ(chat[i].chat().sequence(), i + 1) << cut_at;
    }
    ASSERT_EQ(anna.all(ServerMessage::kHands).size(), 5U) << cut_at;
  }
}

}  // namespace
}  // namespace vistime::server::conference
