#include "server/conference/membership.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;

std::string host_of(const Client& client) {
  const auto changed = client.last(ServerMessage::kRoomChanged);
  return changed ? changed->room_changed().room().host()
                 : client.last(ServerMessage::kSnapshot)->snapshot().room().host();
}

void leave(RoomHarness& house, Client& client) {
  house.ask(client, [](ClientMessage& m) { m.mutable_leave(); });
}

TEST(Membership, the_moderator_who_was_there_longest_follows_the_host) {
  RoomHarness house;
  Client& guest = house.join("guest");
  Client& host = house.join("host", RoomRole::kHost);
  house.join("zoe", RoomRole::kModerator);
  house.join("anna", RoomRole::kModerator);
  EXPECT_EQ(host_of(guest), "id-host");
  leave(house, host);
  EXPECT_EQ(host_of(guest), "id-zoe");
}

TEST(Membership, without_moderators_there_is_no_host_until_one_joins) {
  RoomHarness house;
  Client& guest = house.join("guest");
  Client& host = house.join("host", RoomRole::kHost);
  leave(house, host);
  EXPECT_EQ(host_of(guest), "");
  house.join("other", RoomRole::kHost);
  EXPECT_EQ(host_of(guest), "id-other");
}

TEST(Membership, who_joins_with_the_hosts_key_becomes_host_and_the_one_before_moderator) {
  RoomHarness house;
  Client& first = house.join("first", RoomRole::kHost);
  Client& second = house.join("second", RoomRole::kHost);
  EXPECT_EQ(host_of(first), "id-second");
  EXPECT_EQ(host_of(second), "id-second");
  EXPECT_EQ(first.last(ServerMessage::kParticipantChanged)->participant_changed().participant().role(),
            vistime::v1::ROLE_MODERATOR);
}

TEST(Membership, a_new_moderator_learns_who_waits) {
  RoomHarness house;
  house.record.lobby = true;
  house.open();
  Client& host = house.join("host", RoomRole::kHost);
  Client& anna = house.join("anna");
  house.ask(host, [](ClientMessage& m) {
    m.mutable_admit()->set_admit(true);
    m.mutable_admit()->add_participants("id-anna");
  });
  house.join("ben");
  house.ask(host, [](ClientMessage& m) {
    m.mutable_set_role()->set_participant("id-anna");
    m.mutable_set_role()->set_role(vistime::v1::ROLE_MODERATOR);
  });
  EXPECT_EQ(anna.last(ServerMessage::kLobby)->lobby().waiting(0).participant(), "id-ben");
}

TEST(Membership, numbers_are_never_used_again) {
  RoomHarness house;
  Client& anna = house.join("anna");
  const std::uint32_t number = anna.number();
  leave(house, anna);
  house.restart();
  EXPECT_GT(house.join("ben").number(), number);
}

TEST(Membership, a_media_session_is_told_and_kept) {
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
  const auto set = [&](std::uint64_t session) {
    return house.ask(anna,
                     [&](ClientMessage& m) { m.mutable_set_media_session()->set_media_session(session); });
  };
  EXPECT_EQ(set(1ULL << 48), "invalid");
  EXPECT_EQ(set((1ULL << 48) - 1), "");
  EXPECT_EQ(ben.last(ServerMessage::kParticipantChanged)->participant_changed().participant().media_session(),
            (1ULL << 48) - 1);
  EXPECT_EQ(house.store.load(house.record.id).participants[0].media_session, (1ULL << 48) - 1);
}

TEST(Membership, after_a_restart_everybody_is_restored_with_number_role_and_chat) {
  RoomHarness house;
  Client& anna = house.join("anna", RoomRole::kHost);
  Client& ben = house.join("ben");
  house.publish(ben, 0, vistime::v1::TRACK_KIND_MICROPHONE);
  house.chat(ben, "before");
  const std::uint32_t number = ben.number();
  house.restart();
  house.resume(anna);
  house.settle();
  ASSERT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESTORED);
  const auto snapshot = anna.last(ServerMessage::kSnapshot)->snapshot();
  EXPECT_EQ(snapshot.room().host(), "id-anna");
  EXPECT_EQ(snapshot.last_chat(), 1U);
  ASSERT_EQ(snapshot.participants_size(), 2);
  EXPECT_FALSE(snapshot.participants(1).connected());
  house.resume(ben);
  house.settle();
  EXPECT_TRUE(anna.last(ServerMessage::kParticipantChanged)->participant_changed().participant().connected());
  EXPECT_EQ(house.chat(ben, "before"), "");  // sent again, for its answer may have been lost
  house.publish(ben, 0, vistime::v1::TRACK_KIND_MICROPHONE);
  EXPECT_EQ(anna.last(ServerMessage::kTrackPublished)->track_published().track().id(),
            protocol::track_id(number, 0));
  EXPECT_EQ(house.store.chat(house.record.id).size(), 1U);
}

TEST(Membership, a_welcome_lost_after_a_restart_does_no_harm) {
  RoomHarness house;
  Client& anna = house.join("anna");
  house.restart();
  const std::string old_id = anna.link_id, old_key = anna.link_key;
  house.resume(anna);
  house.cut(anna);
  anna.link_id = old_id;  // as if the reply had never come
  anna.link_key = old_key;
  house.resume(anna);
  house.settle();
  EXPECT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESTORED);
  house.ask(anna, [](ClientMessage& m) { m.mutable_set_hand()->set_raised(true); });
  house.cut(anna);
  house.resume(anna);
  EXPECT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESUMED);
  // Once the new credentials were used, the old ones are worth nothing.
  house.cut(anna);
  anna.link_id = old_id;
  anna.link_key = old_key;
  house.resume(anna);
  EXPECT_EQ(anna.refusal(), "resume-unknown");
}

TEST(Membership, who_does_not_come_back_after_a_restart_is_lost) {
  RoomHarness house;
  Client& anna = house.join("anna");
  house.join("ben");
  house.restart();
  house.resume(anna);
  house.pass(kResumeWindow + kTickInterval);
  EXPECT_EQ(anna.last(ServerMessage::kParticipantLeft)->participant_left().participant(), "id-ben");
  EXPECT_EQ(house.store.load(house.record.id).participants.size(), 1U);
}

TEST(Membership, a_second_restart_before_anything_was_said_changes_nothing) {
  RoomHarness house;
  Client& anna = house.join("anna");
  house.restart();
  house.restart();
  house.resume(anna);
  EXPECT_EQ(anna.reply.welcome().resumption(), vistime::v1::RESUMPTION_RESTORED);
}

}  // namespace
}  // namespace vistime::server::conference
