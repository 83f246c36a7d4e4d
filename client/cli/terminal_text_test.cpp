#include "client/cli/terminal_text.hpp"

#include <gtest/gtest.h>

namespace vistime::cli {
namespace {

TEST(TerminalText, what_could_command_the_terminal_is_neutralised) {
  EXPECT_EQ(neutralised("a\x1b[2Jb"), "a\uFFFD[2Jb");
  EXPECT_EQ(neutralised("two\nlines\tand"), "two lines and");
  EXPECT_EQ(neutralised("\u202Eevil\u2066"), "\uFFFDevil\uFFFD");
  EXPECT_EQ(neutralised("\xC2\x9B"
                        "31m"),
            "\uFFFD31m");
  EXPECT_EQ(neutralised("\xFFok\xE2\x82"), "\uFFFDok\uFFFD\uFFFD");
  EXPECT_EQ(neutralised("Grüße 👋"), "Grüße 👋");
}

TEST(TerminalText, width_is_counted_in_columns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("Grüße"), 5U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("👋"), 2U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
}

TEST(TerminalText, what_is_too_long_is_cut_at_a_character_with_an_ellipsis) {
  EXPECT_EQ(fitted("abcdef", 4), "abc…");
  EXPECT_EQ(fitted("日本語", 4), "日…");
  EXPECT_EQ(fitted("abc", 3), "abc");
  EXPECT_EQ(fitted("abc", 0), "");
  EXPECT_EQ(padded("日", 4), "日  ");
}

TEST(TerminalText, lines_break_at_blanks_where_they_can) {
  EXPECT_EQ(wrapped("the quick brown fox", 10), (std::vector<std::string>{"the quick", "brown fox"}));
  EXPECT_EQ(wrapped("abcdefghij", 4), (std::vector<std::string>{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrapped("", 4), std::vector<std::string>{""});
}

}  // namespace
}  // namespace vistime::cli
