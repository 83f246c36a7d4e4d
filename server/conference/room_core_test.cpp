#include "server/conference/room_core.hpp"

#include <gtest/gtest.h>

#include "server/conference/forwarding_testing.hpp"
#include "server/conference/memory_store_testing.hpp"

namespace vistime::server::conference {
namespace {

struct Nobody final : ParticipantEvents {
  void on_participant_message(Participant&, base::BytesView) override {}
  void on_participant_object(Participant&, base::BytesView) override {}
  void on_participant_away(Participant&) override {}
  void on_participant_ended(Participant&, const base::Error&) override {}
};

struct RoomCoreTest : testing::Test {
  Participant& add(const std::string& id) {
    ParticipantRecord record{.id = id, .name = {}, .device = {}};
    record.link_id = base::Bytes(16, 1);
    record.link_key_hash = hash_of_key(record.link_id);
    return core.roster.add(std::make_unique<Participant>(record, clock, limits, events));
  }
  base::ManualClock clock;
  RoomLimits limits{.max_participants = 10};
  MemoryStore store;
  VideoRecorder video;
  Nobody events;
  int armed = 0;
  RoomCore core{{clock, limits, store, [this] { ++armed; }},
                {.room = {.id = "r", .name = "n", .max_participants = 50, .host = {}},
                 .participants = {},
                 .bans = {"d"},
                 .last_chat = 7},
                video};
};

TEST_F(RoomCoreTest, the_servers_limit_caps_the_rooms) {
  EXPECT_EQ(core.max_participants(), 10U);
  core.record.max_participants = 3;
  EXPECT_EQ(core.max_participants(), 3U);
  core.record.max_participants = 0;
  EXPECT_EQ(core.max_participants(), 10U);
  EXPECT_TRUE(core.bans.contains("d"));
}

TEST_F(RoomCoreTest, a_farewell_is_found_with_its_key_for_a_while) {
  Participant& who = add("a");
  core.remember_farewell(who, "removed", "sorry");
  const Farewell* found = core.find_farewell(who.record.link_id, who.record.link_key_hash);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->code, "removed");
  EXPECT_EQ(core.find_farewell(who.record.link_id, base::Bytes(32)), nullptr);
  clock.advance(std::chrono::seconds(61));
  core.bury_dead();
  EXPECT_EQ(core.find_farewell(who.record.link_id, who.record.link_key_hash), nullptr);
}

TEST_F(RoomCoreTest, the_dead_are_freed_though_something_waited_to_be_sent_to_them) {
  Participant& who = add("a");
  vistime::v1::ServerMessage message;
  message.mutable_hands();
  core.send(who, message);
  EXPECT_EQ(armed, 1);
  core.bury(core.roster.take(who));
  core.bury_dead();
  core.gather.flush();
  EXPECT_TRUE(core.roster.empty());
}

TEST_F(RoomCoreTest, what_is_saved_is_what_the_client_surely_has) {
  Participant& who = add("a");
  who.before_restart = LinkCredentials{base::Bytes(16, 5), base::Bytes(32, 5)};
  core.save(who);
  EXPECT_EQ(store.load("r").participants[0].link_id, base::Bytes(16, 5));
  who.before_restart.reset();
  core.save(who);
  EXPECT_EQ(store.load("r").participants[0].link_id, base::Bytes(16, 1));
}

TEST_F(RoomCoreTest, a_keys_hash_is_sha_256) {
  EXPECT_EQ(base::hex(hash_of_key(base::as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace vistime::server::conference
