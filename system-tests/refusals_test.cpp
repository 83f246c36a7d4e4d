// Every refusal: one line with the remedy, and an exit code of its own.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "material.hpp"
#include "programs.hpp"

namespace vistime::system_tests {
namespace {

struct Refusals : testing::Test {
  Outcome join(const std::string& link, std::vector<std::string> flags = {}) {
    std::vector<std::string> arguments{"join",           link,     "--name",     "Anna", "--ca-file",
                                       server.ca_file(), "--json", "--duration", "1"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return run_vistime(arguments);
  }
  void expect_refused(const Outcome& outcome, int code, const std::string& words) {
    EXPECT_EQ(outcome.code, code) << outcome.errors;
    EXPECT_NE(outcome.errors.find(words), std::string::npos) << outcome.errors;
    EXPECT_EQ(std::ranges::count(outcome.errors, '\n'), 1) << outcome.errors;
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
  Folder folder;
  Server server{folder / "data"};
};

TEST_F(Refusals, a_room_that_nobody_made) {
  const auto room = create_room(server);
  expect_refused(join(server.url() + "/m/aaaaaaaaaa" + room.link.substr(room.link.find('#'))), 5, "room");
}

TEST_F(Refusals, a_link_that_is_none) {
  for (const std::string link :
       {"", "hello", "http://localhost/m/aaaaaaaaaa#AAAAAAAAAAAAAAAAAAAAAA", "https://localhost/m/"}) {
    EXPECT_EQ(join(link).code, 2) << link;
  }
}

TEST_F(Refusals, a_link_of_another_room_s_key) {
  const auto one = create_room(server), two = create_room(server);
  const auto mixed = one.link.substr(0, one.link.find('#')) + two.link.substr(two.link.find('#'));
  expect_refused(join(mixed), 12, "key does not match");
}

TEST_F(Refusals, a_wrong_and_a_missing_password) {
  const auto right = write("right", "correct horse\n"), wrong = write("wrong", "guess\n");
  const auto room = create_room(server, {"--password-file", right});
  expect_refused(join(room.link, {"--password-file", wrong}), 7, "password");
  EXPECT_EQ(join(room.link).code, 7);
  EXPECT_EQ(join(room.link, {"--password-file", right}).code, 0);
}

TEST_F(Refusals, a_full_room) {
  const auto room = create_room(server, {"--max", "2"});
  Participant one(server, room.link, "One"), two(server, room.link, "Two");
  one.joined();
  two.joined();
  expect_refused(join(room.link), 8, "full");
}

TEST_F(Refusals, a_closed_room) {
  const auto room = create_room(server);
  EXPECT_EQ(run_vistime({"room", "close", room.host_link, "--ca-file", server.ca_file()}).code, 0);
  expect_refused(join(room.link), 6, "closed");
}

TEST_F(Refusals, somebody_who_was_banned) {
  const auto room = create_room(server);
  const Folder state;
  const std::map<std::string, std::string> same_device{{"XDG_STATE_HOME", state.string()}};
  Participant host(server, room.host_link, "Host");
  host.joined();
  Process guest(
      {VISTIME_PROGRAM, "join", room.link, "--json", "--name", "Guest", "--ca-file", server.ca_file()},
      same_device);
  const auto id = host.expect("participant_joined")["participant"]["id"];
  EXPECT_EQ(host.ask({{"do", "remove"}, {"participant", id}, {"ban", true}})["ok"], true);
  EXPECT_EQ(guest.wait(), 9);
  const auto again = run_vistime(
      {"join", room.link, "--name", "Guest", "--ca-file", server.ca_file(), "--json"}, same_device);
  expect_refused(again, 9, "banned");
}

TEST_F(Refusals, a_certificate_that_is_not_trusted) {
  const auto room = create_room(server);
  const auto outcome = run_vistime({"join", room.link, "--name", "Anna", "--json"});
  expect_refused(outcome, 4, "--ca-file");
}

TEST_F(Refusals, nobody_there) {
  expect_refused(run_vistime({"room", "create", "--server", "https://localhost:1"}), 3, "localhost:1");
}

TEST_F(Refusals, files_that_are_not_what_they_should_be) {
  const auto room = create_room(server);
  const auto text =
      write("notes.txt", "these are notes, and no sound or picture at all, however long one looks at them\n");
  expect_refused(join(room.link, {"--send-audio", text}), 13, "notes.txt");
  expect_refused(join(room.link, {"--send-video", text}), 13, "notes.txt");
  expect_refused(join(room.link, {"--send-audio", (folder / "missing.wav").string()}), 13, "missing.wav");
}

TEST_F(Refusals, a_recording_that_cannot_be_written) {
  const auto room = create_room(server);
  const auto file = write("a-file", "");
  expect_refused(join(room.link, {"--record", file + "/below"}), 14, "a-file");
}

TEST_F(Refusals, a_port_that_is_taken_names_the_port_and_the_flag) {
  Process second({VISTIMED_PROGRAM, "--data", (folder / "other").string(), "--bind", "127.0.0.1",
                  "--https-port", server.port("https"), "--http-port", "0", "--master-port", "0",
                  "--conference-port", "0"});
  EXPECT_EQ(second.wait(), 69) << second.errors();
  EXPECT_NE(second.errors().find(server.port("https")), std::string::npos) << second.errors();
}

TEST_F(Refusals, a_data_folder_that_another_server_uses) {
  Process second({VISTIMED_PROGRAM, "--data", (folder / "data").string(), "--bind", "127.0.0.1",
                  "--https-port", "0", "--http-port", "0", "--master-port", "0", "--conference-port", "0"});
  EXPECT_NE(second.wait(), 0);
  EXPECT_NE(second.errors().find("data"), std::string::npos) << second.errors();
}

TEST_F(Refusals, an_unreadable_certificate) {
  Process second({VISTIMED_PROGRAM, "--data", (folder / "other").string(), "--tls-cert", "/nowhere/cert.pem",
                  "--tls-key", "/nowhere/key.pem", "--https-port", "0", "--http-port", "0", "--master-port",
                  "0", "--conference-port", "0"});
  EXPECT_EQ(second.wait(), 78) << second.errors();
  EXPECT_NE(second.errors().find("/nowhere/cert.pem"), std::string::npos) << second.errors();
}

TEST_F(Refusals, a_configuration_that_is_wrong_is_named_by_file_and_line) {
  const auto file = write("vistimed.toml", "# comment\nhttps-port = 70000\n");
  Process check({VISTIMED_PROGRAM, "check-config", "--config", file});
  EXPECT_EQ(check.wait(), 78);
  EXPECT_NE(check.errors().find("vistimed.toml:2"), std::string::npos) << check.errors();
  const auto fine = write("fine.toml", "https-port = 8443\n");
  Process again({VISTIMED_PROGRAM, "check-config", "--config", fine});
  EXPECT_EQ(again.wait(), 0) << again.errors();
}

}  // namespace
}  // namespace vistime::system_tests
