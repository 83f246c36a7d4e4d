// The doctor against a real server.
#include <gtest/gtest.h>

#include "material.hpp"
#include "programs.hpp"
#include "relay.hpp"

namespace vistime::system_tests {
namespace {

struct Doctor : testing::Test {
  json examine(std::vector<std::string> flags, int code, const std::string& url = {}) const {
    std::vector<std::string> all = {
        "doctor", url.empty() ? server.url() : url, "--json", "--ca-file", server.ca_file(), "--idle", "0"};
    all.insert(all.end(), flags.begin(), flags.end());
    const Outcome outcome = run_vistime(all);
    EXPECT_EQ(outcome.code, code) << outcome.errors;
    std::string text;
    for (const std::string& line : outcome.lines) text += line;
    return json::parse(text);
  }

  Folder folder;
  Server server{folder / "data", {"--host-name", "localhost"}};
};

TEST_F(Doctor, a_server_that_is_reached_is_measured) {
  const json report = examine({"--html", (folder / "report.html").string()}, 0);
  EXPECT_EQ(report["verdict"], "good");
  EXPECT_EQ(report["best"], "wss-" + server.port("https"));
  const json measured = report["measured"];
  EXPECT_GT(measured["round_trip_ms"], 0);
  EXPECT_GT(measured["down_mbit_s"], 1);
  EXPECT_GT(measured["up_mbit_s"], 1);
  EXPECT_EQ(measured["holds_answers_back"], false);
  EXPECT_EQ(measured["inspected_by"], nullptr);
  EXPECT_EQ(measured["seen"]["address"], "127.0.0.1");
  EXPECT_EQ(measured["seen"]["added"], json::array());
  EXPECT_GT(std::filesystem::file_size(folder / "report.html"), 1'000U);
}

TEST_F(Doctor, a_test_call_says_the_voice_back_and_rates_it) {
  const Samples voice = make_sound(4, 3);
  write_wav(folder / "voice.wav", voice);
  const json report = examine(
      {"--call", "--audio", (folder / "voice.wav").string(), "--record", (folder / "back.wav").string()}, 0);
  const json call = report["call"];
  ASSERT_TRUE(call.contains("rating")) << call;
  EXPECT_EQ(call["route"], "wss-" + server.port("https"));
  EXPECT_GE(call["expected"], 150);
  EXPECT_GT(call["delay_median_ms"], 0);
  EXPECT_GT(compare(voice, read_wav(folder / "back.wav")).correlation, 0.9);
}

TEST_F(Doctor, where_only_a_proxy_leads_there_the_firewalls_rule_is_written_out) {
  const Relay proxy({.to = server.port("https"), .connect = true});
  const std::string url = "https://localhost:" + std::to_string(Relay::free_port());
  const json report = examine({"--proxy", "http://127.0.0.1:" + std::to_string(proxy.port())}, 0, url);
  EXPECT_EQ(report["routes"][0]["code"], "tcp-refused");
  EXPECT_TRUE(report["best"].get<std::string>().ends_with("-proxy"));
  const json closed = examine({"--proxy", "none"}, 2, url);
  EXPECT_EQ(closed["verdict"], "nothing");
  EXPECT_NE(closed["rules"]["nftables"].get<std::string>().find("127.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace vistime::system_tests
