// The meeting itself: what is recorded is what was sent.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "material.hpp"
#include "programs.hpp"

namespace vistime::system_tests {
namespace {

json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return json::parse(file);
}

std::vector<json> files_of(const json& recording, const std::string& name, const std::string& kind) {
  std::vector<json> found;
  for (const auto& file : recording["files"]) {
    if (file["name"] == name && file["kind"] == kind) found.push_back(file);
  }
  return found;
}

struct Meeting : testing::Test {
  Folder folder;
  Server server{folder / "data"};
  Room room = create_room(server, {"--name", "Board"});
};

void expect_in_order(const std::vector<NumberedFrame>& frames, int sent) {
  ASSERT_FALSE(frames.empty());
  std::set<int> seen;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    seen.insert(frames[i].number);
    if (i > 0) {
      EXPECT_GT(frames[i].number, frames[i - 1].number);
      EXPECT_GE(frames[i].time_ms, frames[i - 1].time_ms);
    }
  }
  std::string missing;
  for (int number = 0; number < sent; ++number) {
    if (!seen.contains(number)) missing += " " + std::to_string(number);
  }
  EXPECT_GE(static_cast<double>(seen.size()), 0.99 * sent) << "missing:" << missing;
}

TEST_F(Meeting, what_is_recorded_is_what_was_sent) {
  const auto sound = make_sound(8, 1);
  write_wav(folder / "voice.wav", sound);
  constexpr int kFrameRate = 10, kFrames = 80;
  write_numbered_y4m(folder / "camera.y4m", 320, 180, kFrameRate, kFrames);
  Participant recorder(server, room.link, "Berta", {"--record", (folder / "out").string()});
  recorder.joined();
  Participant sender(
      server, room.link, "Anna",
      {"--send-audio", (folder / "voice.wav").string(), "--send-video", (folder / "camera.y4m").string(),
       "--layers", "1", "--bitrate", "2000", "--until-sent"});
  sender.joined();
  EXPECT_EQ(sender.wait(), 0) << sender.process().errors();
  recorder.expect("participant_left", [&](const json& event) { return event["name"] == "Anna"; });
  EXPECT_EQ(recorder.leave(), 0) << recorder.process().errors();

  const auto recording = read_json(folder / "out/recording.json");
  const auto voices = files_of(recording, "Anna", "microphone");
  const auto cameras = files_of(recording, "Anna", "camera");
  ASSERT_EQ(voices.size(), 1u) << recording.dump(1);
  ASSERT_EQ(cameras.size(), 1u) << recording.dump(1);
  const auto likeness = compare(sound, read_wav(folder / ("out/" + voices[0]["file"].get<std::string>())));
  EXPECT_GE(likeness.correlation, 0.9);
  const auto frames = read_numbered_ivf(folder / ("out/" + cameras[0]["file"].get<std::string>()));
  expect_in_order(frames, kFrames);
  // In step: both files began with the sender's clock, so picture n lies n / rate after the sound's beginning, give or take
  // the time that the first of either needed to start and the encoder's look at it.
  const double sound_ms = static_cast<double>(likeness.offset) / 48;
  const double picture_ms = static_cast<double>(frames[0].time_ms) - 1000.0 * frames[0].number / kFrameRate;
  EXPECT_NEAR(sound_ms, picture_ms, 1000.0 / kFrameRate);
}

TEST_F(Meeting, two_talk_to_one_another_with_vp9_and_simulcast) {
  const auto one = make_sound(5, 2), two = make_sound(5, 3);
  write_wav(folder / "one.wav", one);
  write_wav(folder / "two.wav", two);
  write_numbered_y4m(folder / "one.y4m", 640, 360, 8, 40);
  write_numbered_y4m(folder / "two.y4m", 320, 180, 8, 40);
  const auto flags = [&](const std::string& name, const std::string& codec) {
    return std::vector<std::string>{"--send-audio", (folder / (name + ".wav")).string(),
                                    "--send-video", (folder / (name + ".y4m")).string(),
                                    "--record",     (folder / ("by-" + name)).string(),
                                    "--codec",      codec};
  };
  Participant anna(server, room.link, "Anna", flags("one", "vp8"));
  anna.joined();
  Participant berta(server, room.link, "Berta", flags("two", "vp9"));
  berta.joined();
  berta.expect("sent_ended", [](const json& event) { return event["kind"] == "camera"; });
  EXPECT_EQ(anna.leave(), 0) << anna.process().errors();
  EXPECT_EQ(berta.leave(), 0) << berta.process().errors();

  const auto by_anna = read_json(folder / "by-one/recording.json");
  const auto voices = files_of(by_anna, "Berta", "microphone");
  ASSERT_EQ(voices.size(), 1u) << by_anna.dump(1);
  EXPECT_GE(compare(two, read_wav(folder / ("by-one/" + voices[0]["file"].get<std::string>()))).correlation,
            0.9);
  const auto cameras = files_of(by_anna, "Berta", "camera");
  ASSERT_EQ(cameras.size(), 1u) << by_anna.dump(1);
  EXPECT_EQ(cameras[0]["codec"], "vp9");
  EXPECT_GE(read_numbered_ivf(folder / ("by-one/" + cameras[0]["file"].get<std::string>())).size(), 20u);
  const auto by_berta = read_json(folder / "by-two/recording.json");
  const auto large = files_of(by_berta, "Anna", "camera");
  ASSERT_EQ(large.size(), 1u) << by_berta.dump(1);
  const auto frames = read_numbered_ivf(folder / ("by-two/" + large[0]["file"].get<std::string>()));
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames.back().width, 640) << "a recorder gets the largest layer";
}

TEST_F(Meeting, chat_reaches_everybody_once_and_those_who_come_later) {
  Participant anna(server, room.link, "Anna"), berta(server, room.link, "Berta");
  anna.joined();
  berta.joined();
  anna.tell({{"do", "chat"}, {"text", "Grüße an alle"}});
  EXPECT_EQ(anna.expect("chat")["mine"], true);
  EXPECT_EQ(berta.expect("chat")["text"], "Grüße an alle");
  berta.tell({{"do", "chat"}, {"text", "for you"}, {"to", anna.id}});
  EXPECT_EQ(anna.expect("chat")["text"], "for you");
  Participant clara(server, room.link, "Clara");
  clara.joined();
  EXPECT_EQ(clara.expect("chat")["text"], "Grüße an alle");
  anna.tell({{"do", "chat"}, {"text", "last"}});
  EXPECT_EQ(clara.expect("chat")["text"], "last") << "the private one is not hers to read";
  for (auto* participant : {&anna, &berta, &clara}) EXPECT_EQ(participant->leave(), 0);
  EXPECT_EQ(berta.all("chat").size(), 3u);
}

TEST_F(Meeting, the_server_never_sees_what_is_said) {
  Participant anna(server, room.link, "Anna");
  anna.joined();
  const std::string words = "the quarterly figures are confidential";
  anna.tell({{"do", "chat"}, {"text", words}});
  anna.expect("chat");
  EXPECT_EQ(anna.leave(), 0);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  const std::string secret = room.link.substr(room.link.find('#') + 1);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "data")) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(content.find(words), std::string::npos) << entry.path();
    EXPECT_EQ(content.find(secret), std::string::npos) << entry.path();
  }
  EXPECT_GE(files, 3u);
  EXPECT_EQ(server.process().errors().find(secret), std::string::npos);
}

TEST_F(Meeting, statistics_tell_route_and_streams) {
  write_wav(folder / "voice.wav", make_sound(4, 5));
  Participant berta(server, room.link, "Berta",
                    {"--stats", (folder / "stats.jsonl").string(), "--record", (folder / "out").string()});
  berta.joined();
  Participant anna(server, room.link, "Anna",
                   {"--send-audio", (folder / "voice.wav").string(), "--until-sent"});
  EXPECT_EQ(anna.wait(), 0);
  EXPECT_EQ(berta.leave(), 0);
  std::ifstream file(folder / "stats.jsonl");
  std::string line;
  bool heard = false;
  while (std::getline(file, line)) {
    const auto second = json::parse(line);
    if (second["route"].is_null()) continue;  // nothing carried yet
    EXPECT_EQ(second["route"], "wss-" + server.port("https"));
    for (const auto& track : second["received"]) heard = heard || track["frames"].get<int>() > 40;
  }
  EXPECT_TRUE(heard);
}

}  // namespace
}  // namespace vistime::system_tests
