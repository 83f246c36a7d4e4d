// Connections break; meetings do not.
#include <gtest/gtest.h>

#include "material.hpp"
#include "programs.hpp"

namespace vistime::system_tests {
namespace {

struct Reconnect : testing::Test {
  Folder folder;
  Server server{folder / "data"};
  Room room = create_room(server);
};

TEST_F(Reconnect, every_chat_message_arrives_once_although_connections_are_cut_in_between) {
  Participant anna(server, room.link, "Anna"), berta(server, room.link, "Berta");
  anna.joined();
  berta.joined();
  constexpr int kMessages = 28;  // within what one participant may say at once
  for (int i = 0; i < kMessages; ++i) {
    anna.tell({{"do", "chat"}, {"text", "m" + std::to_string(i)}});
    if (i % 10 == 3) anna.tell({{"do", "reconnect"}});
    if (i % 10 == 7) berta.tell({{"do", "reconnect"}});
  }
  const std::string last = "m" + std::to_string(kMessages - 1);
  for (auto* participant : {&anna, &berta}) {
    participant->expect("chat", [&](const json& event) { return event["text"] == last; });
    EXPECT_EQ(participant->leave(), 0) << participant->process().errors();
    std::vector<std::string> texts, wanted;
    for (const auto& event : participant->all("chat")) texts.push_back(event["text"]);
    for (int i = 0; i < kMessages; ++i) wanted.push_back("m" + std::to_string(i));
    EXPECT_EQ(texts, wanted);
    EXPECT_FALSE(participant->all("resumed").empty());
    for (const auto& event : participant->all("resumed")) EXPECT_EQ(event["how"], "resumed");
    for (const auto& event : participant->all("participant_left")) {
      EXPECT_NE(event["reason"], "lost") << "the participant must not leave the room";
    }
  }
}

TEST_F(Reconnect, a_picture_goes_on_after_its_connection_was_cut) {
  write_numbered_y4m(folder / "camera.y4m", 320, 180, 10, 100);
  Participant berta(server, room.link, "Berta", {"--record", (folder / "out").string()});
  berta.joined();
  Participant anna(server, room.link, "Anna",
                   {"--send-video", (folder / "camera.y4m").string(), "--layers", "1", "--until-sent"});
  anna.joined();
  berta.expect("receiving", [](const json& event) { return event["kind"] == "camera"; });
  anna.tell({{"do", "reconnect"}});
  EXPECT_EQ(anna.wait(), 0) << anna.process().errors();
  EXPECT_EQ(berta.leave(), 0);
  std::filesystem::path ivf;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
    if (entry.path().extension() == ".ivf") ivf = entry.path();
  }
  const auto frames = read_numbered_ivf(ivf);
  ASSERT_FALSE(frames.empty());
  EXPECT_GE(frames.back().number, 95);
  for (std::size_t i = 1; i < frames.size(); ++i) EXPECT_GT(frames[i].number, frames[i - 1].number);
}

}  // namespace
}  // namespace vistime::system_tests
