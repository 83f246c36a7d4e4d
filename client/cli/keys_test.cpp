#include "client/cli/keys.hpp"

#include <gtest/gtest.h>

namespace vistime::cli {
namespace {

Key character(const char* text) { return {KeyKind::kCharacter, text}; }

TEST(Keys, characters_come_one_by_one_whatever_their_length) {
  EXPECT_EQ(KeyParser().read("mü👍"), (std::vector{character("m"), character("ü"), character("👍")}));
}

TEST(Keys, a_character_that_was_cut_waits_for_its_rest) {
  KeyParser parser;
  EXPECT_TRUE(parser.read("\xC3").empty());
  EXPECT_EQ(parser.read("\xBC"), std::vector{character("ü")});
}

TEST(Keys, arrows_enter_backspace_and_escape) {
  EXPECT_EQ(KeyParser().read("\x1b[A\x1bOB\r\x7f\x15"), (std::vector<Key>{{KeyKind::kUp, ""},
                                                                          {KeyKind::kDown, ""},
                                                                          {KeyKind::kEnter, ""},
                                                                          {KeyKind::kBackspace, ""},
                                                                          {KeyKind::kClearLine, ""}}));
  EXPECT_EQ(KeyParser().read("\x1b"), (std::vector<Key>{{KeyKind::kEscape, ""}}));
}

TEST(Keys, a_sequence_that_was_cut_waits_and_an_unknown_one_is_swallowed) {
  KeyParser parser;
  EXPECT_TRUE(parser.read("\x1b[").empty());
  EXPECT_EQ(parser.read("Cx"), (std::vector<Key>{{KeyKind::kRight, ""}, character("x")}));
  EXPECT_EQ(parser.read("\x1b[15;2~y"), std::vector{character("y")});
}

TEST(Keys, broken_bytes_are_left_out) {
  EXPECT_EQ(KeyParser().read("a\xFF\x80z"), (std::vector{character("a"), character("z")}));
}

}  // namespace
}  // namespace vistime::cli
