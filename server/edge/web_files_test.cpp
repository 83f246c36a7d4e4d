#include "server/edge/web_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "server/common/run_testing.hpp"
#include "server/edge/edge_role.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server::edge {
namespace {

class WebFilesTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) {
    const auto file = folder.path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }
  Response get(const std::string& path, const std::string& encoding = "", const std::string& known = "") {
    Target target = parse_target(path).value();
    Request request(http::verb::get, path, 11);
    if (!encoding.empty()) request.set(http::field::accept_encoding, encoding);
    if (!known.empty()) request.set(http::field::if_none_match, known);
    const auto match = router.find(http::verb::get, target);
    if (match.handler == nullptr) return Response(http::status::not_implemented, 11);
    return run_to_end((*match.handler)(std::move(request), std::move(target), Peer{}));
  }
  void load() {
    auto files = WebFiles::load(folder.path());
    ASSERT_TRUE(files) << files.error().message;
    register_pages(router, std::move(*files));
  }

  TemporaryFolder folder;
  Router router;
};

TEST_F(WebFilesTest, every_meeting_has_the_same_page_which_is_asked_for_each_time) {
  write("index.html", "<!doctype html>");
  write("assets/app-1a2b.js", "export{}");
  load();
  const Response page = get("/m/abcdefghij");
  EXPECT_EQ(page.result_int(), 200U);
  EXPECT_EQ(page.body(), "<!doctype html>");
  EXPECT_EQ(page[http::field::cache_control], "no-cache");
  EXPECT_EQ(page[http::field::content_type], "text/html; charset=utf-8");
  const std::string policy = page["Content-Security-Policy"];
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'")) << policy;
  EXPECT_EQ(policy.find("unsafe-inline"), std::string::npos);
  EXPECT_EQ(page["Referrer-Policy"], "no-referrer");
  EXPECT_EQ(get("/m/abcdefghij", "", page[http::field::etag]).result_int(), 304U);
  EXPECT_EQ(get("/m/nonsense").result_int(), 404U);
}

TEST_F(WebFilesTest, its_files_are_kept_forever_and_come_compressed_where_that_is_understood) {
  write("index.html", "page");
  write("assets/app-1a2b.js", "plain");
  write("assets/app-1a2b.js.gz", "gzipped");
  write("assets/app-1a2b.js.br", "brotlied");
  write("assets/font-3c4d.woff2", "font");
  load();
  const Response plain = get("/assets/app-1a2b.js");
  EXPECT_EQ(plain.body(), "plain");
  EXPECT_EQ(plain[http::field::cache_control], "public, max-age=31536000, immutable");
  EXPECT_EQ(plain[http::field::content_type], "text/javascript; charset=utf-8");
  EXPECT_EQ(plain[http::field::vary], "Accept-Encoding");
  EXPECT_EQ(get("/assets/app-1a2b.js", "gzip, deflate, br").body(), "brotlied");
  const Response gzip = get("/assets/app-1a2b.js", "gzip, br;q=0");
  EXPECT_EQ(gzip.body(), "gzipped");
  EXPECT_EQ(gzip[http::field::content_encoding], "gzip");
  EXPECT_EQ(get("/assets/font-3c4d.woff2", "br")[http::field::content_type], "font/woff2");
  EXPECT_EQ(get("/assets/app-1a2b.js.br").result_int(), 404U);
  EXPECT_EQ(get("/assets/nothing").result_int(), 404U);
}

TEST_F(WebFilesTest, a_folder_without_a_web_client_is_refused_with_the_remedy) {
  const auto files = WebFiles::load(folder.path());
  ASSERT_FALSE(files);
  EXPECT_NE(files.error().message.find("--web-dir"), std::string::npos);
}

}  // namespace
}  // namespace vistime::server::edge
