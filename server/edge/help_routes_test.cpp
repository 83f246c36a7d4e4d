#include "server/edge/help_routes.hpp"

#include <gtest/gtest.h>

#include "server/common/run_testing.hpp"

namespace vistime::server::edge {
namespace {

class HelpRoutes : public testing::Test {
 protected:
  HelpRoutes() { register_help(router_, HelpLibrary::load(VISTIME_ARTICLES).value()); }
  Response get(const std::string& path, const std::string& language = "") const {
    Target target = parse_target(path).value();
    Request request(http::verb::get, path, 11);
    if (!language.empty()) request.set(http::field::accept_language, language);
    const auto match = router_.find(http::verb::get, target);
    if (match.handler == nullptr) return Response(http::status::not_found, 11);
    return run_to_end((*match.handler)(std::move(request), std::move(target), Peer{}));
  }
  static bool holds(const Response& response, std::string_view part) {
    return response.body().find(part) != std::string::npos;
  }
  Router router_;
};

TEST_F(HelpRoutes, the_index_lists_all_articles_in_the_readers_language) {
  EXPECT_TRUE(holds(get("/help"), "<a href=\"/help/1001\">Firewall: what to open</a>"));
  EXPECT_TRUE(holds(get("/help", "de"), "<a href=\"/help/1001\">Firewall: was zu öffnen ist</a>"));
  EXPECT_TRUE(holds(get("/help?lang=de"), "<a href=\"/help/1001?lang=de\">"));
}

TEST_F(HelpRoutes, an_article_has_its_number_and_dates_and_keeps_a_chosen_language) {
  const Response page = get("/help/1004?lang=de");
  EXPECT_EQ(page.result_int(), 200U);
  for (const char* part : {"Artikel 1004", "<time>2026-", "id=\"tcp-timeout\"", "href=\"/help/1003?lang=de\"",
                           "href=\"/help/1004?lang=en\"", "href=\"#starved\""})
    EXPECT_TRUE(holds(page, part)) << part;
  EXPECT_TRUE(holds(get("/help/1003?lang=de"), "href=\"/help/1004?lang=de#starved\""));
}

TEST_F(HelpRoutes, a_number_with_words_behind_it_leads_to_the_article) {
  const Response moved = get("/help/1004-connection-errors?lang=de");
  EXPECT_EQ(moved.result_int(), 301U);
  EXPECT_EQ(moved[http::field::location], "/help/1004?lang=de");
}

TEST_F(HelpRoutes, what_is_not_there_offers_the_search) {
  for (const char* path : {"/help/4711", "/help/x", "/help/1004x", "/help/4711-x", "/help/99999999999999"}) {
    const Response page = get(path);
    EXPECT_EQ(page.result_int(), 404U) << path;
    EXPECT_TRUE(holds(page, "role=\"search\"")) << path;
  }
}

TEST_F(HelpRoutes, what_was_searched_for_comes_back_escaped) {
  const Response page = get("/help?q=%3Cscript%3E%22%27&lang=en");
  EXPECT_FALSE(holds(page, "<script>\""));
  EXPECT_TRUE(holds(page, "value=\"&lt;script&gt;&quot;&#39;\""));
  EXPECT_TRUE(holds(page, "href=\"/help?lang=de&amp;q=%3Cscript%3E%22%27\""));
}

TEST_F(HelpRoutes, a_code_is_found_and_linked_to_its_section) {
  EXPECT_TRUE(holds(get("/help?q=proxy-auth"), "href=\"/help/1004#proxy-auth\""));
}

TEST(HelpWithoutArticles, it_says_so) {
  Router router;
  register_help(router);
  Target target = parse_target("/help").value();
  const auto match = router.find(http::verb::get, target);
  const Response page = run_to_end((*match.handler)(Request(http::verb::get, "/help", 11), target, Peer{}));
  EXPECT_NE(page.body().find("No articles are installed"), std::string::npos);
}

TEST(WithLanguage, pages_keep_it_and_files_do_not_need_it) {
  PageView view;
  view.language = Language::kGerman;
  EXPECT_EQ(with_language(view, "<a href=\"/help/1\">"), "<a href=\"/help/1\">");
  view.chosen = true;
  EXPECT_EQ(
      with_language(view,
                    "<a href=\"/help/1#x\"><a href=\"#y\"><a href=\"/network.json\"><a href=\"/network\">"),
      "<a href=\"/help/1?lang=de#x\"><a href=\"#y\"><a href=\"/network.json\"><a href=\"/network?lang=de\">");
}

}  // namespace
}  // namespace vistime::server::edge
