#include "server/edge/edge_role.hpp"

#include <gtest/gtest.h>

#include "server/common/run_testing.hpp"

namespace vistime::server::edge {
namespace {

Response get(const Router& router, const std::string& path, const std::string& language = "") {
  Target target = parse_target(path).value();
  Request request(http::verb::get, path, 11);
  if (!language.empty()) request.set(http::field::accept_language, language);
  const auto match = router.find(http::verb::get, target);
  if (match.handler == nullptr) return Response(http::status::not_found, 11);
  return run_to_end((*match.handler)(std::move(request), std::move(target), Peer{}));
}

TEST(EdgePages, they_come_in_the_readers_language_and_under_a_strict_policy) {
  Router router;
  register_pages(router);
  const Response page = get(router, "/m/abcdefghij", "de-DE,de;q=0.9");
  EXPECT_EQ(page.result_int(), 200U);
  EXPECT_NE(page.body().find("lang=\"de\""), std::string::npos);
  EXPECT_TRUE(std::string(page["Content-Security-Policy"]).starts_with("default-src 'none'"));
  EXPECT_EQ(page["Referrer-Policy"], "no-referrer");
  EXPECT_NE(get(router, "/").body().find("lang=\"en\""), std::string::npos);
}

TEST(EdgePages, what_cannot_be_a_room_is_not_found) {
  Router router;
  register_pages(router);
  EXPECT_EQ(get(router, "/m/<script>").result_int(), 404U);
  EXPECT_EQ(get(router, "/m/").result_int(), 404U);
}

Response redirected(const std::string& host, std::uint16_t port) {
  Request request(http::verb::get, "/m/abcdefghij?a=b", 11);
  request.set(http::field::host, host);
  return redirect(request, port);
}

TEST(Redirect, the_same_address_over_https_is_named) {
  const Response response = redirected("meet.example.org:80", 443);
  EXPECT_EQ(response.result_int(), 308U);
  EXPECT_EQ(response[http::field::location], "https://meet.example.org/m/abcdefghij?a=b");
  EXPECT_EQ(redirected("[::1]", 8443)[http::field::location], "https://[::1]:8443/m/abcdefghij?a=b");
}

TEST(Redirect, a_host_that_could_not_stand_in_an_address_is_refused) {
  for (const char* host : {"", "a b", "a/../b", "evil.example\\x"}) {
    EXPECT_EQ(redirected(host, 443).result_int(), 400U) << host;
  }
}

TEST(Redirect, every_path_is_redirected) {
  Router router;
  register_redirect(router, 443);
  for (const char* path : {"/", "/a", "/a/b/c", "/1/2/3/4/5/6/7/8"}) {
    EXPECT_NE(router.find(http::verb::get, parse_target(path).value()).handler, nullptr) << path;
  }
}

}  // namespace
}  // namespace vistime::server::edge
