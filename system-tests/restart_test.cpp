// The server dies and comes back in the middle of a meeting: nobody leaves, nothing that was accepted is lost.
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "material.hpp"
#include "programs.hpp"

namespace vistime::system_tests {
namespace {

std::vector<std::string> texts_of(const Participant& participant) {
  std::vector<std::string> texts;
  for (const auto& event : participant.all("chat")) texts.push_back(event["text"]);
  return texts;
}

struct Restart : testing::Test {
  Folder folder;
  Server server{folder / "data"};
  Room room = create_room(server);
};

TEST_F(Restart, a_server_that_is_killed_comes_back_with_the_room_as_it_was) {
  Participant anna(server, room.host_link, "Anna"), berta(server, room.link, "Berta");
  anna.joined();
  berta.joined();
  anna.tell({{"do", "chat"}, {"text", "before"}});
  berta.expect("chat");
  EXPECT_EQ(berta.ask({{"do", "hand"}, {"raised", true}})["ok"], true);
  anna.expect("hands");
  server.process().signal(SIGKILL);
  server.process().wait();
  // Said while nobody listens: it must arrive all the same.
  anna.tell({{"do", "chat"}, {"text", "while it was away"}});
  server.restart();
  EXPECT_EQ(anna.expect("resumed")["how"], "restored");
  EXPECT_EQ(berta.expect("resumed")["how"], "restored");
  const auto state = berta.joined();
  EXPECT_EQ(state["participants"].size(), 2u);
  EXPECT_EQ(state["hands"], json::array({berta.id}));
  EXPECT_EQ(state["host"], anna.id);
  berta.tell({{"do", "chat"}, {"text", "after"}});
  for (auto* participant : {&anna, &berta}) {
    participant->expect("chat", [](const json& event) { return event["text"] == "after"; });
  }
  Participant clara(server, room.link, "Clara");
  clara.joined();
  clara.expect("chat", [](const json& event) { return event["text"] == "after"; });
  for (auto* participant : {&anna, &berta, &clara}) {
    EXPECT_EQ(participant->leave(), 0) << participant->process().errors();
    auto texts = texts_of(*participant);
    EXPECT_EQ(texts.size(), 3u);
    EXPECT_EQ((std::set<std::string>(texts.begin(), texts.end())),
              (std::set<std::string>{"before", "while it was away", "after"}));
  }
  for (const auto& event : berta.all("participant_left"))
    EXPECT_EQ(event["reason"], "left") << "nobody was lost";
}

TEST_F(Restart, sound_goes_on_after_the_server_was_killed) {
  write_wav(folder / "voice.wav", make_sound(3, 9));
  Participant berta(server, room.link, "Berta", {"--record", (folder / "out").string()});
  berta.joined();
  Participant anna(server, room.link, "Anna", {"--send-audio", (folder / "voice.wav").string(), "--loop"});
  anna.joined();
  berta.expect("receiving");
  server.process().signal(SIGKILL);
  server.process().wait();
  server.restart();
  anna.expect("resumed");
  berta.expect("resumed");
  // Whoever is loudest is told anew once sound flows through the new server.
  berta.expect("speakers", [](const json& event) { return !event["tracks"].empty(); });
  EXPECT_EQ(anna.leave(), 0) << anna.process().errors();
  EXPECT_EQ(berta.leave(), 0) << berta.process().errors();
}

TEST_F(Restart, a_server_that_is_asked_to_stop_tells_its_rooms_and_ends_cleanly) {
  Participant anna(server, room.link, "Anna");
  anna.joined();
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0) << server.process().errors();
  anna.expect("reconnecting");
  server.restart();
  anna.expect("resumed");
  EXPECT_EQ(anna.leave(), 0) << anna.process().errors();
}

TEST_F(Restart, rooms_tokens_and_certificate_outlive_a_restart) {
  const auto link = room.link;
  server.process().signal(SIGTERM);
  server.process().wait();
  server.restart();
  Participant anna(server, link, "Anna");
  anna.joined();
  EXPECT_EQ(anna.leave(), 0);
}

}  // namespace
}  // namespace vistime::system_tests
