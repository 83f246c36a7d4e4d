#include "server/conference/lobby.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;

struct LobbyTest : testing::Test {
  LobbyTest() {
    house.record.lobby = true;
    house.open();
    host = &house.join("host", RoomRole::kHost);
  }
  std::string admit(const std::vector<std::string>& who, bool let_in = true) {
    return house.ask(*host, [&](ClientMessage& m) {
      m.mutable_admit()->set_admit(let_in);
      for (const std::string& id : who) m.mutable_admit()->add_participants(id);
    });
  }
  RoomHarness house;
  Client* host = nullptr;
};

TEST_F(LobbyTest, a_guest_waits_and_the_moderators_see_who) {
  Client& anna = house.join("anna");
  EXPECT_EQ(anna.last(ServerMessage::kWaiting)->waiting().room_name(), "Tuesday");
  EXPECT_FALSE(anna.last(ServerMessage::kSnapshot));
  const auto lobby = host->last(ServerMessage::kLobby);
  ASSERT_TRUE(lobby);
  EXPECT_EQ(lobby->lobby().waiting(0).name(), "anna");
  EXPECT_EQ(house.room->participants(), 1U);
  EXPECT_EQ(house.room->waiting(), 1U);
}

TEST_F(LobbyTest, moderators_go_straight_in_and_see_who_waits) {
  house.join("anna");
  Client& ben = house.join("ben", RoomRole::kModerator);
  EXPECT_EQ(ben.last(ServerMessage::kSnapshot)->snapshot().waiting_size(), 1);
}

TEST_F(LobbyTest, who_is_admitted_gets_the_state_and_is_announced) {
  Client& anna = house.join("anna");
  EXPECT_EQ(admit({"id-anna"}), "");
  EXPECT_EQ(anna.last(ServerMessage::kSnapshot)->snapshot().participants_size(), 2);
  EXPECT_EQ(host->last(ServerMessage::kParticipantJoined)->participant_joined().participant().id(),
            "id-anna");
  EXPECT_EQ(host->last(ServerMessage::kLobby)->lobby().waiting_size(), 0);
}

TEST_F(LobbyTest, all_are_admitted_at_once_in_their_order) {
  house.join("zoe");
  house.join("anna");
  EXPECT_EQ(admit({}), "");
  const auto joined = host->all(ServerMessage::kParticipantJoined);
  ASSERT_EQ(joined.size(), 2U);
  EXPECT_EQ(joined[0].participant_joined().participant().id(), "id-zoe");
}

TEST_F(LobbyTest, who_is_refused_hears_so) {
  Client& anna = house.join("anna");
  EXPECT_EQ(admit({"id-anna"}, false), "");
  EXPECT_EQ(anna.ended, "lobby-refused");
  EXPECT_TRUE(host->all(ServerMessage::kParticipantLeft).empty());
  EXPECT_EQ(house.room->waiting(), 0U);
}

TEST_F(LobbyTest, nobody_is_admitted_who_does_not_wait) {
  EXPECT_EQ(admit({"id-nobody"}), "not-found");
  EXPECT_EQ(admit({"id-host"}), "not-found");
}

TEST_F(LobbyTest, no_more_are_admitted_than_fit) {
  house.limits.max_participants = 2;
  house.join("anna");
  house.join("ben");
  EXPECT_EQ(admit({}), "room-full");
  EXPECT_EQ(house.room->participants(), 2U);
  EXPECT_EQ(house.room->waiting(), 1U);
}

TEST_F(LobbyTest, who_waits_can_leave_and_little_else) {
  Client& anna = house.join("anna");
  EXPECT_EQ(house.ask(anna, [](ClientMessage& m) { m.mutable_set_hand()->set_raised(true); }),
            "not-admitted");
  EXPECT_EQ(house.chat(anna, "hi"), "not-admitted");
  EXPECT_EQ(house.ask(anna, [](ClientMessage& m) { m.mutable_set_media_session()->set_media_session(5); }),
            "");
  anna.send_object({.track = 256});
  house.ask(anna, [](ClientMessage& m) { m.mutable_leave(); });
  EXPECT_EQ(anna.ended, "left");
  EXPECT_EQ(host->last(ServerMessage::kLobby)->lobby().waiting_size(), 0);
}

TEST_F(LobbyTest, who_waits_hears_nothing_of_the_room) {
  Client& anna = house.join("anna");
  const std::size_t before = anna.messages.size();
  house.chat(*host, "secret");
  house.publish(*host, 0, vistime::v1::TRACK_KIND_MICROPHONE);
  EXPECT_EQ(anna.messages.size(), before);
}

TEST_F(LobbyTest, switching_the_lobby_off_lets_everybody_in) {
  Client& anna = house.join("anna");
  EXPECT_EQ(house.ask(*host, [](ClientMessage& m) { m.mutable_set_lobby()->set_lobby(false); }), "");
  EXPECT_TRUE(anna.last(ServerMessage::kSnapshot));
  EXPECT_FALSE(anna.last(ServerMessage::kSnapshot)->snapshot().room().lobby());
}

TEST_F(LobbyTest, a_full_lobby_refuses) {
  house.limits.max_waiting = 1;
  house.join("anna");
  EXPECT_EQ(house.join("ben").refusal(), "overloaded");
}

TEST_F(LobbyTest, waiting_goes_on_after_a_broken_connection_and_after_a_restart) {
  Client& anna = house.join("anna");
  house.cut(anna);
  house.resume(anna);
  house.settle();
  EXPECT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESUMED);
  house.restart();
  house.resume(*host);
  house.resume(anna);
  house.settle();
  EXPECT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESTORED);
  EXPECT_EQ(anna.all(ServerMessage::kWaiting).size(), 2U);
  EXPECT_EQ(admit({"id-anna"}), "");
  EXPECT_TRUE(anna.last(ServerMessage::kSnapshot));
}

}  // namespace
}  // namespace vistime::server::conference
