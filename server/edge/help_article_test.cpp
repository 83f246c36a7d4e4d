#include "server/edge/help_article.hpp"

#include <gtest/gtest.h>

namespace vistime::server::edge {
namespace {

std::string article(const std::string& body, const std::string& extra = "") {
  return "---\nnumber: 1004\ntitle: Errors: by code\ncreated: 2026-01-31\nmodified: 2026-02-01\nsummary: All "
         "of them.\n" +
         extra + "---\n" + body;
}

TEST(HelpArticle, its_front_matter_says_what_it_is) {
  const auto read = parse_article("1004-errors-by-code.md", article("Text.\n", "codes: dns, tcp-timeout\n"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->number, 1004);
  EXPECT_EQ(read->slug, "errors-by-code");
  EXPECT_EQ(read->title, "Errors: by code");
  EXPECT_EQ(read->modified, "2026-02-01");
  EXPECT_EQ(read->codes, (std::vector<std::string>{"dns", "tcp-timeout"}));
  EXPECT_EQ(read->html, "<p>Text.</p>\n");
}

TEST(HelpArticle, headings_are_anchors_and_code_names_them) {
  const auto read = parse_article(
      "1004-errors.md",
      article(
          "## `tcp-timeout`: not answered\n\n## What you can do\n\n### What you can do\n\n## Über & mehr\n"));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->headings.size(), 4U);
  EXPECT_EQ(read->headings[0].anchor, "tcp-timeout");
  EXPECT_EQ(read->headings[0].text, "tcp-timeout: not answered");
  EXPECT_EQ(read->headings[1].anchor, "what-you-can-do");
  EXPECT_EQ(read->headings[2].anchor, "what-you-can-do-2");
  EXPECT_NE(read->html.find("<h2 id=\"tcp-timeout\"><code>tcp-timeout</code>"), std::string::npos);
  EXPECT_NE(read->html.find("<h3 id=\"what-you-can-do-2\">"), std::string::npos);
}

TEST(HelpArticle, html_and_script_addresses_are_left_out) {
  const auto read = parse_article(
      "1004-errors.md", article("<script>alert(1)</script>\n\n[a](javascript:alert(1)) <b onclick=x>\n\n"
                                "`<h2>` &lt;script>\n\n## True\n"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->html.find("<script"), std::string::npos);
  EXPECT_EQ(read->html.find("javascript:"), std::string::npos);
  EXPECT_EQ(read->html.find("onclick"), std::string::npos);
  EXPECT_NE(read->html.find("<h2 id=\"true\">True</h2>"), std::string::npos);
}

TEST(HelpArticle, what_is_wrong_is_named) {
  struct Wrong {
    std::string name, text, said;
  };
  for (const Wrong& wrong :
       {Wrong{"1004.md", article(""), "1001-firewall.md"},
        Wrong{"0004-x.md", article(""), "1001-firewall.md"},
        Wrong{"1004-X.md", article(""), "1001-firewall.md"}, Wrong{"", article(""), "1001-firewall.md"},
        Wrong{"1005-x.md", article(""), "number"}, Wrong{"1004-x.md", "Text", "front matter"},
        Wrong{"1004-x.md", "---\nnumber: 1004\n", "does not end"},
        Wrong{"1004-x.md", "---\nnumber 1004\n---\n", "number 1004"},
        Wrong{"1004-x.md", "---\nnumber: 1004\n---\n", "title"},
        Wrong{"1004-x.md", "---\nnumber: 1004\ntitle: a\nsummary: b\ncreated: x\n---\n", "dates"},
        Wrong{"1004-x.md", article("", "codes: A B\n"), "codes"},
        Wrong{"1004-x.md", std::string(kMaxArticleBytes + 1, 'x'), "too long"}}) {
    const auto read = parse_article(wrong.name, wrong.text);
    ASSERT_FALSE(read) << wrong.said;
    EXPECT_NE(read.error().message.find(wrong.said), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace vistime::server::edge
