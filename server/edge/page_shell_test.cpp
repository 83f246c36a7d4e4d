#include "server/edge/page_shell.hpp"

#include <gtest/gtest.h>

#include "server/common/run_testing.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server::edge {
namespace {

std::string attribute(const std::string& page, const std::string& before) {
  const auto start = page.find(before) + before.size();
  return page.substr(start, page.find('"', start) - start);
}

Response get(const Router& router, const std::string& path) {
  Target target = parse_target(path).value();
  const auto match = router.find(http::verb::get, target);
  return run_to_end((*match.handler)(Request(http::verb::get, path, 11), target, Peer{}));
}

TEST(PageShell, style_and_scripts_come_under_names_that_are_kept_forever) {
  Router router;
  register_static_files(router);
  const std::string page = framed_page({}, {"Title", "<p>Body</p>", "help", true});
  for (const char* before :
       {"rel=\"stylesheet\" href=\"", "<script src=\"", "\" defer></script>\n<script src=\""}) {
    const Response file = get(router, attribute(page, before));
    EXPECT_EQ(file.result_int(), 200U) << before;
    EXPECT_EQ(file[http::field::cache_control], "public, max-age=31536000, immutable");
    EXPECT_GT(file.body().size(), 500U);
  }
  EXPECT_EQ(get(router, "/static/page.css").result_int(), 404U);
  EXPECT_EQ(get(router, "/static/inter.woff2").result_int(), 404U);
}

TEST(PageShell, the_face_is_the_web_clients) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "assets");
  folder.write("index.html", "<!doctype html>");
  folder.write("assets/inter-latin-ext-wght-normal-a.woff2", "extended");
  folder.write("assets/inter-latin-wght-normal-b.woff2", "face");
  Router router;
  register_static_files(router, WebFiles::load(folder.path()).value());
  const Response face = get(router, "/static/inter.woff2");
  EXPECT_EQ(face.body(), "face");
  EXPECT_EQ(face[http::field::content_type], "font/woff2");
}

TEST(PageShell, the_colours_are_those_of_every_client) {
  Router router;
  register_static_files(router);
  const std::string page = framed_page({}, {"Title", "", "help", false});
  const Response style = get(router, attribute(page, "rel=\"stylesheet\" href=\""));
  EXPECT_NE(style.body().find("--accent:#2F6FEB;"), std::string::npos);
  EXPECT_NE(style.body().find("--accent:#6EA0FF;"), std::string::npos);
}

TEST(PageShell, the_policy_lets_nothing_in_but_this_sites_own) {
  const Response page =
      page_response(Request(http::verb::get, "/", 11), http::status::ok, "", "https://a:12000");
  EXPECT_EQ(page["Content-Security-Policy"],
            "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src data:; "
            "connect-src 'self' "
            "https://a:12000; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  EXPECT_EQ(page["Referrer-Policy"], "no-referrer");
}

TEST(PageShell, the_language_asked_for_comes_before_the_browsers) {
  Request request(http::verb::get, "/help", 11);
  request.set(http::field::accept_language, "de");
  EXPECT_EQ(view_of(request, parse_target("/help").value(), "/help").language, Language::kGerman);
  EXPECT_EQ(view_of(request, parse_target("/help").value(), "/help").suffix(), "");
  const PageView asked = view_of(request, parse_target("/help?lang=en").value(), "/help");
  EXPECT_EQ(asked.language, Language::kEnglish);
  EXPECT_EQ(asked.suffix(), "?lang=en");
}

TEST(PageShell, text_is_escaped) {
  EXPECT_EQ(escape_html("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  EXPECT_NE(framed_page({}, {"<b>", "", "help", false}).find("<title>&lt;b&gt; · Vistime</title>"),
            std::string::npos);
}

}  // namespace
}  // namespace vistime::server::edge
