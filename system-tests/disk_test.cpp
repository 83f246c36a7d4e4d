// A disk that is full, and data of another version: said with the remedy, and nothing that was accepted is lost.
#include <gtest/gtest.h>

#include <fstream>

#include "programs.hpp"

namespace vistime::system_tests {
namespace {

// A command that runs another with a disk of this size at `path`, seen by nobody else; works for users as for root.
std::vector<std::string> with_small_disk(const std::filesystem::path& path, int kib) {
  std::filesystem::create_directory(path);
  return {"/usr/bin/unshare",
          "--map-root-user",
          "--mount",
          "/bin/sh",
          "-c",
          "mount -t tmpfs -o size=" + std::to_string(kib) + "k tmpfs " + path.string() + " && exec \"$@\"",
          "sh"};
}

void fill(const std::filesystem::path& file) {
  std::ofstream filler(file, std::ios::binary);
  const std::string block(512, 'x');
  while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

TEST(Disk, a_full_one_refuses_and_the_meeting_goes_on) {
  const Folder folder;
  Server server(folder / "small", {}, with_small_disk(folder / "small", 600));
  const auto room = create_room(server);
  Participant anna(server, room.link, "Anna"), berta(server, room.link, "Berta");
  anna.joined();
  berta.joined();
  EXPECT_EQ(anna.ask({{"do", "chat"}, {"text", "before"}})["ok"], true);
  fill(server.data() / "filler");
  const auto refused = anna.ask({{"do", "chat"}, {"text", "lost"}});
  EXPECT_EQ(refused["code"], "disk-full");
  EXPECT_NE(refused["message"].get<std::string>().find("make room"), std::string::npos);
  const auto create =
      run_vistime({"room", "create", "--server", server.url(), "--ca-file", server.ca_file()});
  EXPECT_EQ(create.code, 15) << create.errors;
  EXPECT_NE(create.errors.find("make room"), std::string::npos) << create.errors;
  // What needs no disk goes on.
  EXPECT_EQ(berta.ask({{"do", "hand"}, {"raised", true}})["ok"], true);
  anna.expect("hands", [&](const json& event) { return event["participants"] == json::array({berta.id}); });
  std::filesystem::remove(server.data() / "filler");
  EXPECT_EQ(anna.ask({{"do", "chat"}, {"text", "after"}})["ok"], true);
  Participant clara(server, room.link, "Clara");
  clara.joined();
  clara.expect("chat", [](const json& event) { return event["text"] == "after"; });
  for (auto* participant : {&anna, &berta, &clara}) {
    EXPECT_EQ(participant->leave(), 0);
    std::vector<std::string> texts;
    for (const auto& event : participant->all("chat")) texts.push_back(event["text"]);
    EXPECT_EQ(texts, (std::vector<std::string>{"before", "after"}));
  }
}

TEST(Disk, a_full_one_at_the_first_start_is_named) {
  const Folder folder;
  auto command = with_small_disk(folder / "small", 4);
  command.insert(command.end(), {VISTIMED_PROGRAM, "--data", (folder / "small/data").string(), "--https-port",
                                 "0", "--http-port", "0", "--master-port", "0", "--conference-port", "0"});
  Process process(command);
  EXPECT_EQ(process.wait(), 74) << process.errors();
  EXPECT_NE(process.errors().find("full"), std::string::npos) << process.errors();
}

TEST(Disk, data_of_a_newer_version_is_left_alone) {
  const Folder folder;
  std::filesystem::create_directory(folder / "data");
  std::ofstream(folder / "data/version") << "99\n";
  Process process({VISTIMED_PROGRAM, "--data", (folder / "data").string(), "--https-port", "0", "--http-port",
                   "0", "--master-port", "0", "--conference-port", "0"});
  EXPECT_EQ(process.wait(), 65) << process.errors();
  EXPECT_NE(process.errors().find("newer"), std::string::npos) << process.errors();
  EXPECT_FALSE(std::filesystem::exists(folder / "data/master.db")) << "nothing is begun";
}

}  // namespace
}  // namespace vistime::system_tests
