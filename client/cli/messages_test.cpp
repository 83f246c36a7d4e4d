#include "client/cli/messages.hpp"

#include <gtest/gtest.h>

namespace vistime::cli {
namespace {

TEST(Catalogue, no_text_is_missing_in_any_language) {
  for (int i = 0; i < static_cast<int>(Text::kCount); ++i) {
    for (const Language language : {Language::kEnglish, Language::kGerman}) {
      EXPECT_FALSE(Catalogue(language).get(static_cast<Text>(i)).empty()) << "text " << i;
    }
    const auto english = Catalogue(Language::kEnglish).get(static_cast<Text>(i));
    const auto german = Catalogue(Language::kGerman).get(static_cast<Text>(i));
    EXPECT_EQ(english.find("{}") == std::string_view::npos, german.find("{}") == std::string_view::npos)
        << english;
    EXPECT_EQ(english.find('!'), std::string_view::npos);
  }
}

TEST(Catalogue, the_language_follows_the_locale) {
  EXPECT_EQ(Catalogue::language_of("de_AT.UTF-8"), Language::kGerman);
  EXPECT_EQ(Catalogue::language_of("de"), Language::kGerman);
  EXPECT_EQ(Catalogue::language_of("den"), Language::kEnglish);
  EXPECT_EQ(Catalogue::language_of("C"), Language::kEnglish);
}

TEST(Catalogue, what_is_put_in_is_neutralised) {
  EXPECT_EQ(Catalogue(Language::kEnglish).get(Text::kJoined, "A\x1b"), "A\uFFFD has joined.");
}

TEST(Describe, says_what_people_care_about_and_is_silent_otherwise) {
  const client::MeetingState state([](base::BytesView) { return std::nullopt; });
  const Catalogue words(Language::kEnglish);
  EXPECT_EQ(describe(client::event::ParticipantLeft{{.name = "Ben"}, "banned"}, state, words),
            "Ben has been removed.");
  EXPECT_EQ(describe(client::event::ParticipantLeft{{.name = "Ben"}, "left"}, state, words), "Ben has left.");
  EXPECT_EQ(describe(client::event::Answered{"", "lock", "not-allowed", "Only hosts may."}, state, words),
            "That was not done: Only hosts may.");
  EXPECT_EQ(describe(client::event::Answered{"", "lock", "", ""}, state, words), "");
  EXPECT_EQ(describe(client::event::Speakers{}, state, words), "");
}

TEST(Describe, says_who_records_and_who_reacts_to_what) {
  const client::MeetingState state([](base::BytesView) { return std::nullopt; });
  const Catalogue words(Language::kEnglish);
  EXPECT_EQ(describe(client::event::Recording{{.name = "Ben", .recording = true}}, state, words),
            "Ben is recording this meeting.");
  EXPECT_EQ(describe(client::event::Recording{{.name = "Ben"}}, state, words), "Ben has stopped recording.");
  const client::ChatEntry line{.text = "Shall we begin with the plan for the summer?"};
  const client::ChatReaction reaction{"b", "Ben", "👍"};
  EXPECT_EQ(describe(client::event::ChatReacted{line, reaction, false}, state, words),
            "Ben: 👍 to “Shall we begin with the…”");
  EXPECT_EQ(describe(client::event::ChatReacted{line, reaction, true}, state, words), "");
}

TEST(ChatLine, says_what_it_answers) {
  const client::MeetingState state([](base::BytesView) { return std::nullopt; });
  const Catalogue words(Language::kEnglish);
  EXPECT_EQ(chat_line({.from_name = "Ben", .text = "Yes"}, state, words), "Ben: Yes");
  EXPECT_EQ(chat_line({.from_name = "Ben", .to = "a", .text = "Yes"}, state, words), "Ben (private): Yes");
  EXPECT_EQ(chat_line({.from_name = "Ben", .text = "Yes", .reply_to = "ab"}, state, words),
            "Ben to “…”: Yes");
}

}  // namespace
}  // namespace vistime::cli
