#include "server/conference/moderation.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;
constexpr auto kMicrophone = vistime::v1::TRACK_KIND_MICROPHONE;

struct ModerationTest : testing::Test {
  std::string remove(Client& by, const std::string& who, bool ban = false) {
    return house.ask(by, [&](ClientMessage& m) {
      m.mutable_remove_participant()->set_participant(who);
      m.mutable_remove_participant()->set_ban(ban);
    });
  }
  std::string mute(Client& by, const std::string& who, vistime::v1::TrackKind kind = kMicrophone) {
    return house.ask(by, [&](ClientMessage& m) {
      m.mutable_mute_participant()->set_participant(who);
      m.mutable_mute_participant()->set_kind(kind);
    });
  }
  std::string set_role(Client& by, const std::string& who, vistime::v1::Role role) {
    return house.ask(by, [&](ClientMessage& m) {
      m.mutable_set_role()->set_participant(who);
      m.mutable_set_role()->set_role(role);
    });
  }
  RoomHarness house;
  Client& host = house.join("host", RoomRole::kHost);
  Client& moderator = house.join("moderator", RoomRole::kModerator);
  Client& guest = house.join("guest");
};

TEST_F(ModerationTest, guests_may_none_of_it) {
  const std::vector<std::function<void(ClientMessage&)>> requests{
      [](ClientMessage& m) { m.mutable_mute_participant(); },
      [](ClientMessage& m) { m.mutable_ask_to_unmute(); },
      [](ClientMessage& m) { m.mutable_stop_track(); },
      [](ClientMessage& m) { m.mutable_remove_participant(); },
      [](ClientMessage& m) { m.mutable_set_locked(); },
      [](ClientMessage& m) { m.mutable_set_lobby(); },
      [](ClientMessage& m) { m.mutable_admit(); },
      [](ClientMessage& m) { m.mutable_lower_hand(); },
      [](ClientMessage& m) { m.mutable_set_role(); },
      [](ClientMessage& m) { m.mutable_close_room(); },
  };
  for (const auto& request : requests) EXPECT_EQ(house.ask(guest, request), "not-allowed");
  EXPECT_EQ(house.ask(moderator, requests[8]), "not-allowed");
  EXPECT_EQ(house.ask(moderator, requests[9]), "not-allowed");
}

TEST_F(ModerationTest, moderators_cannot_act_on_the_host) {
  house.publish(host, 0, kMicrophone);
  EXPECT_EQ(mute(moderator, "id-host"), "not-allowed");
  EXPECT_EQ(remove(moderator, "id-host"), "not-allowed");
  EXPECT_EQ(house.ask(moderator, [&](ClientMessage& m) { m.mutable_stop_track()->set_track(host.track(0)); }),
            "not-allowed");
  EXPECT_EQ(mute(host, "id-moderator"), "");
}

TEST_F(ModerationTest, muting_everybody_spares_host_and_moderators) {
  for (Client* client : {&host, &moderator, &guest}) house.publish(*client, 0, kMicrophone);
  EXPECT_EQ(mute(moderator, ""), "");
  const auto muted = host.all(ServerMessage::kTrackMuted);
  ASSERT_EQ(muted.size(), 1U);
  EXPECT_EQ(muted[0].track_muted().track(), guest.track(0));
  EXPECT_EQ(mute(moderator, "id-guest", vistime::v1::TRACK_KIND_SCREEN), "invalid");
  EXPECT_EQ(mute(moderator, "id-nobody"), "not-found");
}

TEST_F(ModerationTest, one_can_be_asked_to_unmute) {
  const auto ask = [&](const std::string& who, vistime::v1::TrackKind kind) {
    return house.ask(moderator, [&](ClientMessage& m) {
      m.mutable_ask_to_unmute()->set_participant(who);
      m.mutable_ask_to_unmute()->set_kind(kind);
    });
  };
  EXPECT_EQ(ask("id-guest", kMicrophone), "");
  EXPECT_EQ(guest.last(ServerMessage::kUnmuteAsked)->unmute_asked().by(), "id-moderator");
  EXPECT_EQ(ask("id-nobody", kMicrophone), "not-found");
  EXPECT_EQ(ask("id-guest", vistime::v1::TRACK_KIND_SCREEN), "invalid");
}

TEST_F(ModerationTest, who_is_removed_hears_why_and_may_come_back_with_a_new_token) {
  EXPECT_EQ(remove(moderator, "id-guest"), "");
  EXPECT_EQ(guest.ended, "removed");
  EXPECT_EQ(host.last(ServerMessage::kParticipantLeft)->participant_left().reason(), "removed");
  EXPECT_TRUE(house.join("guest").reply.has_welcome());
}

TEST_F(ModerationTest, who_is_removed_while_away_hears_of_it_on_coming_back) {
  house.cut(guest);
  EXPECT_EQ(remove(moderator, "id-guest"), "");
  house.resume(guest);
  EXPECT_EQ(guest.refusal(), "removed");
}

TEST_F(ModerationTest, a_ban_holds_for_the_device_also_after_a_restart) {
  EXPECT_EQ(remove(host, "id-guest", true), "");
  EXPECT_EQ(guest.ended, "banned");
  auto again = house.grant("guest");
  again.participant = "id-other";
  EXPECT_EQ(house.knock(again).refusal(), "banned");
  house.restart();
  EXPECT_EQ(house.knock(again).refusal(), "banned");
}

TEST_F(ModerationTest, removing_oneself_or_nobody_is_refused) {
  EXPECT_EQ(remove(host, "id-host"), "invalid");
  EXPECT_EQ(remove(host, "id-nobody"), "not-found");
}

TEST_F(ModerationTest, locking_is_told_and_kept) {
  EXPECT_EQ(house.ask(moderator, [](ClientMessage& m) { m.mutable_set_locked()->set_locked(true); }), "");
  EXPECT_TRUE(guest.last(ServerMessage::kRoomChanged)->room_changed().room().locked());
  EXPECT_EQ(house.join("late").refusal(), "room-locked");
  EXPECT_TRUE(house.store.load(house.record.id).room.locked);
}

TEST_F(ModerationTest, the_host_hands_over_and_becomes_a_moderator) {
  EXPECT_EQ(set_role(host, "id-guest", vistime::v1::ROLE_HOST), "");
  EXPECT_EQ(moderator.last(ServerMessage::kRoomChanged)->room_changed().room().host(), "id-guest");
  EXPECT_EQ(set_role(host, "id-moderator", vistime::v1::ROLE_GUEST), "not-allowed");
  EXPECT_EQ(mute(host, "id-guest"), "not-allowed");
  EXPECT_EQ(set_role(guest, "id-host", vistime::v1::ROLE_GUEST), "");
}

TEST_F(ModerationTest, a_role_is_given_to_others_in_the_room_only) {
  EXPECT_EQ(set_role(host, "id-host", vistime::v1::ROLE_GUEST), "invalid");
  EXPECT_EQ(set_role(host, "id-nobody", vistime::v1::ROLE_GUEST), "not-found");
  EXPECT_EQ(set_role(host, "id-guest", static_cast<vistime::v1::Role>(9)), "invalid");
  EXPECT_EQ(set_role(host, "id-guest", vistime::v1::ROLE_MODERATOR), "");
  EXPECT_EQ(mute(guest, "id-moderator"), "");
}

TEST_F(ModerationTest, a_moderator_lowers_a_hand) {
  house.ask(guest, [](ClientMessage& m) { m.mutable_set_hand()->set_raised(true); });
  const auto lower = [&](const std::string& who) {
    return house.ask(moderator, [&](ClientMessage& m) { m.mutable_lower_hand()->set_participant(who); });
  };
  EXPECT_EQ(lower("id-guest"), "");
  EXPECT_EQ(guest.last(ServerMessage::kHands)->hands().participants_size(), 0);
  EXPECT_EQ(lower("id-nobody"), "not-found");
}

TEST_F(ModerationTest, the_host_closes_the_room_for_good) {
  house.ask(host, [](ClientMessage& m) { m.mutable_close_room(); });
  for (const Client* client : {&host, &moderator, &guest}) EXPECT_EQ(client->ended, "room-closed");
  EXPECT_TRUE(house.room->closed());
  EXPECT_TRUE(house.store.load(house.record.id).room.closed);
  house.pass(std::chrono::seconds(1));
  EXPECT_TRUE(house.room->empty());
}

}  // namespace
}  // namespace vistime::server::conference
