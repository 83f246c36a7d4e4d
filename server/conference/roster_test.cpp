#include "server/conference/roster.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_core.hpp"

namespace vistime::server::conference {
namespace {

struct NoEvents final : ParticipantEvents {
  void on_participant_message(Participant&, base::BytesView) override {}
  void on_participant_object(Participant&, base::BytesView) override {}
  void on_participant_away(Participant&) override {}
  void on_participant_ended(Participant&, const base::Error&) override {}
};

struct RosterTest : testing::Test {
  Participant& add(const std::string& id, std::uint32_t number, bool waiting = false) {
    ParticipantRecord record{.id = id, .number = number, .name = {}, .device = {}};
    record.link_id = base::Bytes(16, static_cast<std::uint8_t>(number));
    record.link_key_hash = hash_of_key(record.link_id);
    record.waiting = waiting;
    return roster.add(std::make_unique<Participant>(record, clock, limits, events));
  }
  base::ManualClock clock;
  RoomLimits limits;
  NoEvents events;
  Roster roster;
};

TEST_F(RosterTest, people_are_found_by_id_number_and_link) {
  Participant& anna = add("anna", 1);
  Participant& ben = add("ben", 0, true);
  EXPECT_EQ(roster.find("anna"), &anna);
  EXPECT_EQ(roster.find("ben"), &ben);
  EXPECT_EQ(roster.find_admitted("ben"), nullptr);
  EXPECT_EQ(roster.find_number(1), &anna);
  EXPECT_EQ(roster.find_number(0), nullptr);
  EXPECT_EQ(roster.find_link(anna.record.link_id, anna.record.link_key_hash), &anna);
  EXPECT_EQ(roster.find_link(anna.record.link_id, ben.record.link_key_hash), nullptr);
  EXPECT_EQ(roster.admitted(), 1U);
  EXPECT_EQ(roster.waiting(), 1U);
}

TEST_F(RosterTest, a_link_without_an_id_is_never_found) {
  Participant& anna = add("anna", 1);
  anna.record.link_id.clear();
  anna.record.link_key_hash.clear();
  EXPECT_EQ(roster.find_link({}, {}), nullptr);
}

TEST_F(RosterTest, what_was_valid_before_a_restart_is_found_apart) {
  Participant& anna = add("anna", 1);
  anna.before_restart = LinkCredentials{base::Bytes(16, 9), base::Bytes(32, 9)};
  EXPECT_EQ(roster.find_link_before_restart(base::Bytes(16, 9), base::Bytes(32, 9)), &anna);
  EXPECT_EQ(roster.find_link(base::Bytes(16, 9), base::Bytes(32, 9)), nullptr);
}

TEST_F(RosterTest, who_is_taken_is_gone) {
  Participant& anna = add("anna", 1);
  const auto taken = roster.take(anna);
  EXPECT_EQ(taken.get(), &anna);
  EXPECT_TRUE(roster.empty());
  EXPECT_EQ(roster.take(anna), nullptr);
}

}  // namespace
}  // namespace vistime::server::conference
