// Ways to a meeting come and go; nobody in it notices.
#include <gtest/gtest.h>

#include <algorithm>

#include "material.hpp"
#include "programs.hpp"
#include "relay.hpp"

namespace vistime::system_tests {
namespace {

using std::chrono::seconds;

struct Routes : testing::Test {
  // The room's link, by another port than the server's.
  std::string link_by(std::uint16_t port) const {
    std::string link = room.link;
    const std::string own = ":" + server.port("https");
    return link.replace(link.find(own), own.size(), ":" + std::to_string(port));
  }
  // How what Berta recorded, around the time of the move, resembles what Anna said. Of all of it the comparison would take
  // minutes under a sanitizer.
  Likeness heard(const Samples& sent) const {
    for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
      if (entry.path().extension() != ".wav") continue;
      const Samples recorded = read_wav(entry.path());
      const auto begin = compare(part(sent, 0, 3), part(recorded, 0, 10)).offset;
      return compare(part(sent, 12 * kRate, 6), part(recorded, begin + 11 * kRate, 8));
    }
    throw std::runtime_error("nothing was recorded");
  }
  static constexpr std::ptrdiff_t kRate = 48'000;
  static Samples part(const Samples& of, std::ptrdiff_t from, std::ptrdiff_t seconds) {
    const auto begin = std::clamp<std::ptrdiff_t>(from, 0, std::ssize(of));
    const auto end = std::min(begin + seconds * kRate, std::ssize(of));
    return {of.begin() + begin, of.begin() + end};
  }
  static std::vector<std::string> taken(const Participant& who) {
    std::vector<std::string> routes;
    for (const json& event : who.all("route")) {
      if (event["channel"] == "conference") routes.push_back(event["route"]);
    }
    return routes;
  }

  Folder folder;
  Server server{folder / "data"};
  Room room = create_room(server);
};

// First only a proxy leads there; then the direct way returns. The voice goes on without a gap.
TEST_F(Routes, a_better_way_that_returns_is_moved_to_without_a_gap) {
  const Relay proxy({.to = server.port("https"), .connect = true});
  const std::uint16_t direct = Relay::free_port();
  const std::string name = "wss-" + std::to_string(direct);
  const Samples sound = make_sound(20, 7);
  write_wav(folder / "voice.wav", sound);
  Participant berta(server, room.link, "Berta", {"--record", (folder / "out").string()});
  berta.joined();
  Participant anna(server, link_by(direct), "Anna",
                   {"--proxy", "http://127.0.0.1:" + std::to_string(proxy.port()), "--send-audio",
                    (folder / "voice.wav").string(), "--until-sent"});
  anna.joined();
  const Relay returned({.port = direct, .to = server.port("https")});
  anna.expect("route", [&](const json& event) { return event["route"] == name; });
  EXPECT_EQ(anna.wait(), 0) << anna.process().errors();
  EXPECT_EQ(berta.leave(), 0);
  EXPECT_EQ(taken(anna), (std::vector<std::string>{name + "-proxy", name}));
  EXPECT_TRUE(anna.all("reconnecting").empty());
  for (const json& event : berta.all("participant_changed")) EXPECT_TRUE(event["participant"]["connected"]);
  EXPECT_GT(heard(sound).correlation, 0.95);
}

// A network that ends every connection after 16 s: learnt from the first two, and left in time from then on; the next
// meeting knows it from its beginning.
TEST_F(Routes, before_a_network_ends_connections_the_meeting_moves_on) {
  const Relay firewall({.to = server.port("https"), .longest_session = seconds(16)});
  const Folder state;
  const std::map<std::string, std::string> home = {{"XDG_STATE_HOME", state.string()}};
  const std::string link = link_by(firewall.port());
  const auto counted = [&](const char* duration_s) {
    const Outcome outcome = run_vistime(
        {"join", link, "--json", "--name", "Anna", "--ca-file", server.ca_file(), "--duration", duration_s},
        home);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    int lost = 0;
    for (const std::string& line : outcome.lines) {
      if (json::parse(line)["event"] == "reconnecting") ++lost;
    }
    return lost;
  };
  EXPECT_EQ(counted("36"), 2);
  EXPECT_EQ(counted("20"), 0);
}

}  // namespace
}  // namespace vistime::system_tests
