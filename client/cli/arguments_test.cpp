#include "client/cli/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vistime::cli {
namespace {

using testing::HasSubstr;

std::variant<Arguments, Finished> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "vistime");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}
template <typename Command>
Command command(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  return std::get<Command>(std::get<Arguments>(parsed).command);
}

TEST(Arguments, a_join_with_everything) {
  const auto join = command<JoinArguments>(
      {"join",   "LINK",    "--name",   "Anna",      "--send-audio", "a.wav",       "--send-video",
       "v.y4m",  "--loop",  "--record", "dir",       "--duration",   "2.5",         "--layers",
       "3",      "--codec", "vp9",      "--bitrate", "900",          "--subscribe", "none",
       "--chat", "one",     "--chat",   "two",       "--host"});
  EXPECT_EQ(join.link, "LINK");
  EXPECT_TRUE(join.loop && join.host);
  EXPECT_EQ(join.duration_s, 2.5);
  EXPECT_EQ(join.layers, 3);
  EXPECT_EQ(join.codec, "vp9");
  EXPECT_EQ(join.chat, (std::vector<std::string>{"one", "two"}));
  EXPECT_FALSE(command<JoinArguments>({"join", "LINK", "--no-loop"}).loop);
}

TEST(Arguments, room_commands) {
  const auto create =
      command<RoomCreateArguments>({"room", "create", "--server", "https://h", "--lobby", "--max", "5"});
  EXPECT_TRUE(create.lobby);
  EXPECT_EQ(create.max_participants, 5U);
  EXPECT_EQ(command<RoomCloseArguments>({"room", "close", "abcdefgh23"}).room, "abcdefgh23");
  EXPECT_TRUE(std::get<Arguments>(parse({"room", "list", "--json"})).json);
  EXPECT_EQ(command<CompletionArguments>({"completion", "fish"}).shell, "fish");
}

TEST(Arguments, help_and_version_go_to_stdout_and_succeed) {
  const auto help = std::get<Finished>(parse({"--help"}));
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("Examples"));
  EXPECT_THAT(std::get<Finished>(parse({"--version"})).out, HasSubstr("vistime "));
}

TEST(Arguments, wrong_use_is_one_line_and_its_own_exit_code) {
  for (std::vector<const char*> words :
       std::vector<std::vector<const char*>>{{},
                                             {"fly"},
                                             {"join"},
                                             {"join", "LINK", "--layers", "9"},
                                             {"join", "LINK", "--codec", "h264"},
                                             {"room", "create"},
                                             {"join", "LINK", "--duration", "-1"},
                                             {"completion", "csh"}}) {
    const auto finished = std::get<Finished>(parse(words));
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_TRUE(finished.out.empty());
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  }
}

}  // namespace
}  // namespace vistime::cli
