// A meeting's state for tests of what shows it: made by the server's messages, without a server.
#pragma once

#include <string>

#include "client/core/meeting_state.hpp"
#include "client/core/messages.hpp"
#include "protocol/room.pb.h"

namespace vistime::client {

struct StateForTest {
  // Anna (host, speaks; we are she), Ben (muted, hand raised), Cora (away); two messages.
  static StateForTest weekly();

  void add(const std::string& id, std::uint32_t number, const std::string& name);
  void say(const std::string& from, const std::string& name, const std::string& text,
           const std::string& to = {});
  void set_role(const std::string& id, Role role);

  MeetingState state{[](base::BytesView sealed) {
    return std::optional(ChatContent{.text = std::string(base::as_text(sealed))});
  }};
};

namespace state_testing {

inline void apply(MeetingState& state, const v1::ServerMessage& message) {
  state.apply(message, [](const Event&) {});
}

inline void fill(v1::Participant& participant, const char* id, std::uint32_t number, const char* name) {
  participant.set_id(id);
  participant.set_number(number);
  participant.set_name(name);
  participant.set_connected(true);
}

inline void add_microphone(v1::Participant& participant, bool muted) {
  auto* track = participant.add_tracks();
  track->set_id(participant.number() << 8);
  track->set_kind(v1::TRACK_KIND_MICROPHONE);
  track->set_muted(muted);
}

}  // namespace state_testing

inline StateForTest StateForTest::weekly() {
  StateForTest test;
  v1::ServerMessage message;
  auto* snapshot = message.mutable_snapshot();
  snapshot->set_you("anna");
  snapshot->mutable_room()->set_name("Weekly");
  auto* anna = snapshot->add_participants();
  state_testing::fill(*anna, "anna", 1, "Anna");
  anna->set_role(v1::ROLE_HOST);
  state_testing::add_microphone(*anna, false);
  auto* ben = snapshot->add_participants();
  state_testing::fill(*ben, "ben", 2, "Ben");
  state_testing::add_microphone(*ben, true);
  auto* cora = snapshot->add_participants();
  state_testing::fill(*cora, "cora", 3, "Cora");
  cora->set_connected(false);
  snapshot->add_hands("ben");
  state_testing::apply(test.state, message);
  test.state.set_level(1 << 8, 20);
  test.say("ben", "Ben", "hello");
  test.say("ben", "Ben", "psst", "anna");
  return test;
}

inline void StateForTest::add(const std::string& id, std::uint32_t number, const std::string& name) {
  v1::ServerMessage message;
  state_testing::fill(*message.mutable_participant_joined()->mutable_participant(), id.c_str(), number,
                      name.c_str());
  state_testing::apply(state, message);
}

inline void StateForTest::say(const std::string& from, const std::string& name, const std::string& text,
                              const std::string& to) {
  v1::ServerMessage message;
  auto* chat = message.mutable_chat();
  chat->set_sequence(state.last_chat() + 1);
  chat->set_from(from);
  chat->set_from_name(name);
  chat->set_sealed(text);
  chat->set_to(to);
  state_testing::apply(state, message);
}

inline void StateForTest::set_role(const std::string& id, Role role) {
  v1::ServerMessage message;
  const Participant* known = state.find(id);
  auto* changed = message.mutable_participant_changed()->mutable_participant();
  state_testing::fill(*changed, id.c_str(), known->number, known->name.c_str());
  changed->set_role(to_wire(role));
  state_testing::apply(state, message);
}

}  // namespace vistime::client
