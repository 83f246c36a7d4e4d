#include "server/edge/help_library.hpp"

#include <gtest/gtest.h>

#include "testing/temporary_folder_testing.hpp"

#ifndef VISTIME_ARTICLES
#error "the build names the folder of the articles"
#endif

namespace vistime::server::edge {
namespace {

class Library : public testing::Test {
 protected:
  Library() {
    std::filesystem::create_directories(folder_.path() / "en");
    std::filesystem::create_directories(folder_.path() / "de");
  }
  void write(const std::string& language, int number, const std::string& title, const std::string& body,
             const std::string& codes = "") {
    const std::string text = "---\nnumber: " + std::to_string(number) + "\ntitle: " + title +
                             "\ncreated: 2026-01-31\nmodified: 2026-01-31\nsummary: s\n" +
                             (codes.empty() ? "" : "codes: " + codes + "\n") + "---\n" + body;
    folder_.write(language + "/" + std::to_string(number) + "-a.md", text);
  }
  std::vector<int> numbers(const HelpLibrary& library, const std::string& query,
                           Language language = Language::kEnglish) {
    std::vector<int> out;
    for (const HelpHit& hit : library.search(language, query)) out.push_back(hit.article->number);
    return out;
  }
  TemporaryFolder folder_;
};

TEST_F(Library, a_title_weighs_more_than_text_and_every_word_is_wanted) {
  write("en", 1001, "Firewall", "A proxy is mentioned, a proxy again.");
  write("en", 1002, "Proxy servers", "Nothing else.");
  write("de", 1001, "Brandmauer", "x");
  write("de", 1002, "Öffnung", "x");
  const auto library = HelpLibrary::load(folder_.path());
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_EQ(numbers(**library, "PROXY"), (std::vector<int>{1002, 1001}));
  EXPECT_EQ(numbers(**library, "prox"), (std::vector<int>{1002, 1001}));
  EXPECT_EQ(numbers(**library, "proxy firewall"), (std::vector<int>{1001}));
  EXPECT_EQ(numbers(**library, "proxy unicorn").size(), 2U);
  EXPECT_EQ(numbers(**library, "1001"), (std::vector<int>{1001}));
  EXPECT_EQ(numbers(**library, "öffnung", Language::kGerman), (std::vector<int>{1002}));
  EXPECT_EQ(numbers(**library, "ÖFF", Language::kGerman), (std::vector<int>{1002}));
  for (const char* nothing : {"", " ", "<>&\"'", "--", "unicorn"})
    EXPECT_TRUE(numbers(**library, nothing).empty()) << nothing;
}

TEST_F(Library, a_code_leads_to_its_section) {
  for (const char* language : {"en", "de"})
    write(language, 1004, "Errors", "## `tcp-timeout`: no answer\n", "tcp-timeout");
  const auto library = HelpLibrary::load(folder_.path());
  ASSERT_TRUE(library);
  const auto hits = (*library)->search(Language::kEnglish, "tcp-timeout");
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].anchor, "tcp-timeout");
}

TEST_F(Library, an_article_in_one_language_only_is_an_error) {
  EXPECT_FALSE(HelpLibrary::load(folder_.path()));
  EXPECT_FALSE(HelpLibrary::load(folder_.path() / "nowhere"));
  write("en", 1001, "Firewall", "x");
  const auto library = HelpLibrary::load(folder_.path());
  ASSERT_FALSE(library);
  EXPECT_NE(library.error().message.find("same articles"), std::string::npos);
}

TEST(SearchWords, they_are_small_letters_without_marks) {
  EXPECT_EQ(search_words("What, “is” TCP-Timeout? — Größe/Ärger", 9),
            (std::vector<std::string>{"what", "is", "tcp-timeout", "größe", "ärger"}));
  EXPECT_EQ(search_words("a b c", 2).size(), 2U);
  EXPECT_EQ(search_words("\xE2", 2).size(), 0U);
  EXPECT_EQ(search_words("a\xC3", 2).size(), 1U);
}

// The articles as they are shipped.
TEST(Articles, they_load_explain_every_code_and_lead_nowhere_else) {
  const auto library = HelpLibrary::load(VISTIME_ARTICLES);
  ASSERT_TRUE(library) << library.error().message;
  for (const Language language : {Language::kEnglish, Language::kGerman}) {
    const HelpArticle* errors = (*library)->find(language, 1004);
    ASSERT_NE(errors, nullptr);
    EXPECT_EQ(errors->codes.size(), 21U);
    for (const std::string& code : errors->codes) {
      EXPECT_TRUE(std::ranges::any_of(errors->headings, [&](const HelpHeading& each) {
        return each.anchor == code;
      })) << code;
    }
    for (const HelpArticle* article : (*library)->all(language)) {
      for (std::size_t at = 0; (at = article->html.find("href=\"", at)) != std::string::npos;) {
        at += 6;
        const std::string link = article->html.substr(at, article->html.find('"', at) - at);
        EXPECT_TRUE(link.starts_with("/network") || link.starts_with("#") || link.starts_with("/help/"))
            << link;
        if (!link.starts_with("/help/")) continue;
        const HelpArticle* target = (*library)->find(language, std::stoi(link.substr(6, 4)));
        ASSERT_NE(target, nullptr) << link;
        const auto hash = link.find('#');
        if (hash == std::string::npos) continue;
        EXPECT_NE(target->html.find("id=\"" + link.substr(hash + 1) + "\""), std::string::npos) << link;
      }
    }
  }
}

}  // namespace
}  // namespace vistime::server::edge
