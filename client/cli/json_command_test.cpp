#include "client/cli/json_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vistime::cli {
namespace {

using testing::HasSubstr;

TEST(JsonCommand, every_command_is_read) {
  const char* lines[] = {
      R"({"do":"chat","text":"hi","to":"x"})",
      R"({"do":"mute","kind":"microphone"})",
      R"({"do":"unmute","kind":"camera"})",
      R"({"do":"unpublish","kind":"camera"})",
      R"({"do":"hand","raised":true})",
      R"({"do":"react","reaction":"+"})",
      R"({"do":"leave"})",
      R"({"do":"get_chat","after":3})",
      R"({"do":"subscribe","microphones":true,"tracks":[{"track":1,"max_spatial":2}]})",
      R"({"do":"keyframe","track":5,"spatial":0})",
      R"({"do":"reconnect"})",
      R"({"do":"state"})",
      R"({"do":"mute_participant","participant":"","kind":"microphone"})",
      R"({"do":"ask_to_unmute","participant":"p","kind":"microphone"})",
      R"({"do":"stop_track","track":5})",
      R"({"do":"remove","participant":"p","ban":true})",
      R"({"do":"lock","locked":true})",
      R"({"do":"lobby","on":false})",
      R"({"do":"admit","participants":["a","b"],"admit":false})",
      R"({"do":"role","participant":"p","role":"host"})",
      R"({"do":"lower_hand","participant":"p"})",
      R"({"do":"close_room"})",
  };
  std::vector<std::string> names;
  for (const char* line : lines) {
    const auto command = parse_command(line);
    ASSERT_TRUE(command) << line << ": " << command.error().message;
    names.push_back(command->name);
    EXPECT_EQ(static_cast<bool>(command->run), command->name != "state");
  }
  const auto all = command_names();
  EXPECT_EQ(names, std::vector<std::string>(all.begin(), all.end()));
}

TEST(JsonCommand, the_reference_comes_along_also_with_an_error) {
  EXPECT_EQ(parse_command(R"({"do":"leave","ref":"r"})").value().reference, "r");
  const auto wrong = parse_command(R"({"do":"hand","ref":"r"})");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "r");
  EXPECT_THAT(wrong.error().message, HasSubstr("\"raised\" must be true or false"));
}

TEST(JsonCommand, what_is_wrong_is_said) {
  const std::pair<const char*, const char*> table[] = {
      {"", "no JSON object"},
      {"[]", "no JSON object"},
      {R"({})", "\"do\" must be a text"},
      {R"({"do":"fly"})", "no command"},
      {R"({"do":"mute","kind":"nose"})", "microphone, camera"},
      {R"({"do":"stop_track","track":-1})", "a number"},
      {R"({"do":"stop_track","track":4294967296})", "below"},
      {R"({"do":"admit","participants":[1]})", "list of texts"},
      {R"({"do":"subscribe","microphones":true,"tracks":[{}]})", "max_spatial"},
      {R"({"do":"role","participant":"p","role":"king"})", "guest, moderator or host"},
      {R"({"do":"chat","text":"x","ref":7})", "\"ref\" must be a text"},
  };
  for (const auto& [line, says] : table) {
    const auto command = parse_command(line);
    ASSERT_FALSE(command) << line;
    EXPECT_THAT(command.error().message, HasSubstr(says)) << line;
  }
  EXPECT_FALSE(parse_command(std::string(kMaxCommandLine + 1, ' ')));
}

}  // namespace
}  // namespace vistime::cli
