// The three roles as three processes, as on three hosts.
#include <gtest/gtest.h>

#include <fstream>

#include "material.hpp"
#include "programs.hpp"

namespace vistime::system_tests {
namespace {

struct Roles : testing::Test {
  Folder folder;
};

TEST_F(Roles, edge_master_and_conference_hold_a_meeting_as_three_processes) {
  // The three hosts share a CA: the first one's, copied before the others start.
  std::filesystem::create_directories(folder / "master");
  auto share_ca = [&](const std::string& name) {
    std::filesystem::create_directories(folder / (name + "/tls"));
    for (const auto* file : {"ca.pem", "ca.key"}) {
      std::filesystem::copy_file(folder / (std::string("conference/tls/") + file),
                                 folder / (name + "/tls/" + file));
    }
  };
  // Master's public key is made with its data folder.
  Process keys({VISTIMED_PROGRAM, "token-keys", "--data", (folder / "master").string()});
  std::ofstream key_file(folder / "keys.json");
  while (const auto line = keys.read_line()) key_file << *line << "\n";
  key_file.close();
  ASSERT_EQ(keys.wait(), 0) << keys.errors();
  Server conference(folder / "conference",
                    {"--roles", "conference", "--token-keys", (folder / "keys.json").string(),
                     "--trusted-proxies", "127.0.0.0/8", "--proxy-protocol"});
  share_ca("master");
  share_ca("edge");
  const std::string ca = (folder / "conference/tls/ca.pem").string();
  const std::string conference_at = "https://localhost:" + conference.port("conference");
  Server master(folder / "master", {"--roles", "master", "--conference-at", conference_at,
                                    "--upstream-ca-file", ca, "--trusted-proxies", "127.0.0.0/8"});
  Server edge(folder / "edge", {"--roles", "edge", "--conference-at", conference_at, "--master-at",
                                "https://localhost:" + master.port("master"), "--upstream-ca-file", ca});
  const auto room = create_room(edge);
  const auto sound = make_sound(4, 4);
  write_wav(folder / "voice.wav", sound);
  Participant berta(edge, room.link, "Berta", {"--record", (folder / "out").string()});
  berta.joined();
  Participant anna(
      edge, room.link, "Anna",
      {"--send-audio", (folder / "voice.wav").string(), "--chat", "through three", "--until-sent"});
  EXPECT_EQ(berta.expect("chat")["text"], "through three");
  EXPECT_EQ(anna.wait(), 0) << anna.process().errors();
  // Master reaches the conference role to close the room.
  EXPECT_EQ(run_vistime({"room", "close", room.host_link, "--ca-file", edge.ca_file()}).code, 0);
  EXPECT_EQ(berta.expect("left")["code"], "room-closed");
  berta.wait();
  bool heard = false;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
    if (entry.path().extension() == ".wav")
      heard = heard || compare(sound, read_wav(entry.path())).correlation >= 0.9;
  }
  EXPECT_TRUE(heard);
}

TEST_F(Roles, the_ports_of_master_and_conference_serve_them_directly) {
  Server server(folder / "data");
  const auto room = create_room(server);
  const auto direct =
      "https://localhost:" + server.port("master") + "/m/" + room.id + room.link.substr(room.link.find('#'));
  Participant anna(server, room.link, "Anna");
  anna.joined();
  // The same API on 12000's stand-in, and health on each.
  for (const auto* listener : {"https", "master", "conference"}) {
    Process curl({"/usr/bin/curl", "-sS", "--cacert", server.ca_file(), "-o", "/dev/null", "-w",
                  "%{http_code}\n", "https://localhost:" + server.port(listener) + "/healthz"});
    EXPECT_EQ(curl.read_line(), "200") << listener << curl.errors();
  }
  Process room_by_master({"/usr/bin/curl", "-sS", "--cacert", server.ca_file(),
                          "https://localhost:" + server.port("master") + "/api/v1/rooms/" + room.id});
  EXPECT_EQ(json::parse(room_by_master.read_line().value())["room"], room.id);
  Process metrics({"/usr/bin/curl", "-sS", "--cacert", server.ca_file(), server.url() + "/metrics"});
  bool counted = false;
  while (const auto line = metrics.read_line())
    counted = counted || line->starts_with("vistime_conference_participants");
  EXPECT_TRUE(counted);
  EXPECT_EQ(anna.leave(), 0);
}

}  // namespace
}  // namespace vistime::system_tests
