// Host, moderators, lobby.
#include <gtest/gtest.h>

#include "material.hpp"
#include "programs.hpp"

namespace vistime::system_tests {
namespace {

struct Moderation : testing::Test {
  Folder folder;
  Server server{folder / "data"};
};

TEST_F(Moderation, the_host_mutes_stops_removes_and_bans) {
  const auto room = create_room(server);
  write_wav(folder / "voice.wav", make_sound(2, 1));
  Participant host(server, room.host_link, "Host");
  EXPECT_EQ(host.joined()["role"], "host");
  Participant guest(server, room.link, "Guest", {"--send-audio", (folder / "voice.wav").string(), "--loop"});
  guest.joined();
  const auto track = host.expect("track_published")["track"];
  EXPECT_EQ(host.ask({{"do", "mute_participant"}, {"participant", guest.id}, {"kind", "microphone"}})["ok"],
            true);
  EXPECT_EQ(guest.expect("track_muted")["by"], host.id);
  EXPECT_EQ(host.ask({{"do", "ask_to_unmute"}, {"participant", guest.id}, {"kind", "microphone"}})["ok"],
            true);
  guest.expect("unmute_asked");
  guest.tell({{"do", "unmute"}, {"kind", "microphone"}});
  host.expect("track_muted", [](const json& event) { return event["muted"] == false; });
  EXPECT_EQ(host.ask({{"do", "stop_track"}, {"track", track["track"]}})["ok"], true);
  EXPECT_EQ(guest.expect("track_unpublished")["by"], host.id);
  EXPECT_EQ(host.ask({{"do", "remove"}, {"participant", guest.id}, {"ban", true}})["ok"], true);
  EXPECT_EQ(guest.expect("left")["code"], "banned");
  EXPECT_EQ(guest.wait(), 9);
  EXPECT_EQ(host.expect("participant_left")["reason"], "banned");
  EXPECT_EQ(host.leave(), 0);
}

TEST_F(Moderation, a_guest_may_do_none_of_it) {
  const auto room = create_room(server);
  Participant host(server, room.host_link, "Host"), guest(server, room.link, "Guest");
  host.joined();
  guest.joined();
  for (const json& command :
       {json{{"do", "mute_participant"}, {"participant", host.id}, {"kind", "microphone"}},
        json{{"do", "remove"}, {"participant", host.id}, {"ban", false}},
        json{{"do", "lock"}, {"locked", true}}, json{{"do", "lobby"}, {"on", true}},
        json{{"do", "role"}, {"participant", guest.id}, {"role", "host"}}, json{{"do", "close_room"}}}) {
    EXPECT_EQ(guest.ask(command)["ok"], false) << command.dump();
  }
  EXPECT_EQ(guest.leave(), 0);
  EXPECT_EQ(host.leave(), 0);
}

TEST_F(Moderation, the_lobby_admits_and_refuses) {
  const auto room = create_room(server, {"--lobby"});
  Participant host(server, room.host_link, "Host");
  host.joined();
  Participant welcome(server, room.link, "Welcome");
  welcome.expect("waiting");
  host.expect("lobby", [](const json& event) { return event["waiting"].size() == 1; });
  Participant stranger(server, room.link, "Stranger");
  stranger.expect("waiting");
  const auto waiting =
      host.expect("lobby", [](const json& event) { return event["waiting"].size() == 2; })["waiting"];
  EXPECT_EQ(host.ask({{"do", "admit"}, {"participants", {waiting[0]["participant"]}}, {"admit", true}})["ok"],
            true);
  EXPECT_EQ(welcome.joined()["participants"].size(), 2u);
  EXPECT_EQ(
      host.ask({{"do", "admit"}, {"participants", {waiting[1]["participant"]}}, {"admit", false}})["ok"],
      true);
  EXPECT_EQ(stranger.expect("left")["code"], "lobby-refused");
  EXPECT_EQ(stranger.wait(), 10);
  EXPECT_EQ(welcome.leave(), 0);
  EXPECT_EQ(host.leave(), 0);
}

TEST_F(Moderation, hands_are_in_order_reactions_pass_and_the_room_is_handed_over) {
  const auto room = create_room(server);
  Participant host(server, room.host_link, "Host"), one(server, room.link, "One"),
      two(server, room.link, "Two");
  host.joined();
  one.joined();
  two.joined();
  EXPECT_EQ(two.ask({{"do", "hand"}, {"raised", true}})["ok"], true);
  EXPECT_EQ(one.ask({{"do", "hand"}, {"raised", true}})["ok"], true);
  host.expect("hands",
              [&](const json& event) { return event["participants"] == json::array({two.id, one.id}); });
  EXPECT_EQ(host.ask({{"do", "lower_hand"}, {"participant", two.id}})["ok"], true);
  host.expect("hands", [&](const json& event) { return event["participants"] == json::array({one.id}); });
  one.tell({{"do", "react"}, {"reaction", "👍"}});
  EXPECT_EQ(host.expect("reaction")["reaction"], "👍");
  EXPECT_EQ(host.ask({{"do", "role"}, {"participant", one.id}, {"role", "host"}})["ok"], true);
  one.expect("participant_changed", [&](const json& event) {
    return event["participant"]["id"] == one.id && event["participant"]["role"] == "host";
  });
  EXPECT_EQ(one.ask({{"do", "lock"}, {"locked", true}})["ok"], true);
  Participant late(server, room.link, "Late");
  EXPECT_EQ(late.expect("failed")["code"], "room-locked");
  EXPECT_EQ(late.wait(), 10);
  EXPECT_EQ(one.ask({{"do", "close_room"}})["ok"], true);
  for (auto* participant : {&host, &one, &two}) {
    EXPECT_EQ(participant->expect("left")["code"], "room-closed");
    EXPECT_EQ(participant->wait(), 6);
  }
}

}  // namespace
}  // namespace vistime::system_tests
