#include "client/cli/screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/terminal_text.hpp"
#include "client/core/state_testing.hpp"

namespace vistime::cli {
namespace {

using client::Role;

class ScreenTest : public testing::Test {
 protected:
  std::vector<std::string> draw(std::size_t width = 80, std::size_t height = 24) {
    return render(meeting_.state, ui_, words_, width, height);
  }
  std::string text(std::size_t width = 80, std::size_t height = 24) {
    std::string all;
    for (const auto& line : draw(width, height)) all += line + "\n";
    return all;
  }
  Action key(const char* character) { return press({KeyKind::kCharacter, character}, ui_, meeting_.state); }
  Action key(KeyKind kind) { return press({kind, {}}, ui_, meeting_.state); }

  client::StateForTest meeting_ = client::StateForTest::weekly();
  UiState ui_{.clock = "14:05"};
  Catalogue words_{Language::kEnglish};
};

TEST_F(ScreenTest, a_meeting_at_80_by_24_looks_like_this) {
  const auto lines = draw();
  ASSERT_EQ(lines.size(), 24U);
  EXPECT_EQ(lines[0], padded("Weekly", 57) + " connection good  14:05");
  EXPECT_EQ(lines[2], padded("People (3)", 36) + " │ Chat");
  EXPECT_EQ(lines[3], padded("  Anna (you, host)     ||||.", 36) + " │ Ben: hello");
  EXPECT_EQ(lines[4], padded("  Ben                  muted hand 1", 36) + " │ Ben (private): psst");
  EXPECT_THAT(lines[5], testing::StartsWith("  Cora                 away"));
  EXPECT_EQ(lines[22], "Enter or C to write");
  EXPECT_EQ(lines[23], "M mute  H hand  C chat  P people  ? help  L leave");
}

TEST_F(ScreenTest, no_line_is_wider_than_the_window_and_their_number_is_its_height) {
  ui_.notice = std::string(300, 'x');
  ui_.input = std::string(300, 'y');
  ui_.typing = true;
  for (const bool help : {false, true}) {
    ui_.help = help;
    for (std::size_t width = 1; width < 130; width += 3) {
      for (const std::size_t height : {1U, 7U, 8U, 24U, 50U}) {
        const auto lines = draw(width, height);
        ASSERT_EQ(lines.size(), height);
        for (const auto& line : lines)
          ASSERT_LE(display_width(line), width) << width << "x" << height << ": " << line;
      }
    }
  }
}

TEST_F(ScreenTest, without_colour_there_is_no_escape_and_with_it_the_words_are_the_same) {
  const std::string plain = text();
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  ui_.colour = true;
  std::string stripped;
  const std::string coloured = text();
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b')
      i = coloured.find('m', i);
    else
      stripped += coloured[i];
  }
  EXPECT_NE(coloured, plain);
  EXPECT_EQ(stripped, plain);
}

TEST_F(ScreenTest, the_states_of_the_connection_are_words) {
  meeting_.state.round_trip = std::chrono::milliseconds(400);
  EXPECT_THAT(text(), testing::HasSubstr("connection weak"));
  meeting_.state.phase = client::Phase::kReconnecting;
  EXPECT_THAT(text(), testing::HasSubstr("reconnecting"));
  EXPECT_THAT(text(30, 5), testing::HasSubstr("Make this window"));
}

TEST_F(ScreenTest, names_and_chat_cannot_command_the_terminal) {
  meeting_.add("dora", 4, "D\x1b[2J\nora");
  meeting_.say("dora", "D\x1b]0;x", "\x1b[31mred");
  EXPECT_EQ(text().find('\x1b'), std::string::npos);
}

TEST_F(ScreenTest, plain_keys_are_commands) {
  EXPECT_TRUE(std::holds_alternative<action::ToggleMute>(key("m")));
  EXPECT_TRUE(std::holds_alternative<action::ToggleHand>(key("H")));
  EXPECT_TRUE(std::holds_alternative<action::Leave>(key("l")));
  (void)key("?");
  EXPECT_TRUE(ui_.help);
  EXPECT_THAT(text(), testing::HasSubstr("raise or lower your hand"));
  (void)key(KeyKind::kEscape);
  EXPECT_FALSE(ui_.help);
}

TEST_F(ScreenTest, while_typing_letters_are_letters) {
  (void)key("c");
  for (const char* letter : {"m", "ü", "x"}) EXPECT_TRUE(std::holds_alternative<std::monostate>(key(letter)));
  (void)key(KeyKind::kBackspace);
  EXPECT_THAT(draw()[22], testing::StrEq("> mü_"));
  (void)key(KeyKind::kBackspace);
  (void)key("!");
  const Action sent = key(KeyKind::kEnter);
  EXPECT_EQ(std::get<action::SendChat>(sent).text, "m!");
  EXPECT_FALSE(ui_.typing);
  EXPECT_TRUE(ui_.input.empty());
}

TEST_F(ScreenTest, a_host_acts_on_the_person_that_was_chosen) {
  (void)key("p");
  (void)key(KeyKind::kDown);
  EXPECT_THAT(draw()[4], testing::StartsWith("> Ben"));
  EXPECT_EQ(std::get<action::MuteOther>(key("s")).participant, "ben");
  EXPECT_EQ(std::get<action::RemoveOther>(key("x")).participant, "ben");
  EXPECT_TRUE(std::get<action::AdmitAll>(key("a")).admit);
  EXPECT_FALSE(std::get<action::AdmitAll>(key("r")).admit);
  EXPECT_TRUE(std::holds_alternative<action::ToggleLock>(key("k")));
  (void)key(KeyKind::kUp);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(key("x"))) << "nobody removes themselves";
}

TEST_F(ScreenTest, a_guest_has_no_hosts_keys) {
  meeting_.set_role("anna", Role::kGuest);
  (void)key("p");
  (void)key(KeyKind::kDown);
  for (const char* letter : {"s", "x", "a", "r", "k"}) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(key(letter))) << letter;
  }
  EXPECT_THAT(text(), testing::Not(testing::HasSubstr("remove")));
}

TEST_F(ScreenTest, german_fits_as_well) {
  words_ = Catalogue(Language::kGerman);
  ui_.people = true;
  for (const auto& line : draw()) EXPECT_LE(display_width(line), 80U);
  EXPECT_THAT(text(), testing::HasSubstr("Verbindung gut"));
}

}  // namespace
}  // namespace vistime::cli
