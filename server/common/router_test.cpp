#include "server/common/router.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vistime::server {
namespace {

Target target_of(std::string_view text) { return parse_target(text).value(); }

TEST(Router, a_path_is_cut_decoded_and_its_query_taken_off) {
  const auto target = target_of("/api/v1/rooms/a%20b?x=1&y=/2");
  EXPECT_EQ(target.segments, (std::vector<std::string>{"api", "v1", "rooms", "a b"}));
  EXPECT_EQ(target.query, "x=1&y=/2");
  EXPECT_TRUE(target_of("/").segments.empty());
  EXPECT_TRUE(target_of("/?q").segments.empty());
}

TEST(Router, paths_that_lead_elsewhere_are_refused) {
  for (const auto* path : {"", "api", "http://host/", "*", "/a/../b", "/a/./b", "/%2e%2e/b", "/a%2fb",
                           "/a%00b", "/a%", "/a%zz", "/a%2"}) {
    EXPECT_FALSE(parse_target(path)) << path;
  }
  EXPECT_FALSE(parse_target("/" + std::string(5000, 'a')));
}

TEST(Router, the_first_matching_route_answers_and_a_star_is_one_segment) {
  Router router;
  router.on(http::verb::get, "/rooms/*", {});
  router.on(http::verb::post, "/rooms/*/join", {});
  EXPECT_NE(router.find(http::verb::get, target_of("/rooms/abc")).handler, nullptr);
  EXPECT_NE(router.find(http::verb::head, target_of("/rooms/abc")).handler, nullptr);
  EXPECT_EQ(router.find(http::verb::get, target_of("/rooms")).handler, nullptr);
  EXPECT_FALSE(router.find(http::verb::get, target_of("/rooms")).path_known);
  EXPECT_NE(router.find(http::verb::post, target_of("/rooms/abc/join")).handler, nullptr);
}

TEST(Router, another_method_on_a_known_path_is_told_apart_from_an_unknown_path) {
  Router router;
  router.on(http::verb::get, "/rooms", {});
  const auto match = router.find(http::verb::delete_, target_of("/rooms"));
  EXPECT_EQ(match.handler, nullptr);
  EXPECT_TRUE(match.path_known);
}

TEST(Router, an_upgrade_has_routes_of_its_own) {
  Router router;
  router.on_upgrade("/link/conference/*", {});
  router.on_connection("/network/stream", {});
  EXPECT_NE(router.find_connection(http::verb::get, target_of("/network/stream")), nullptr);
  EXPECT_EQ(router.find_connection(http::verb::post, target_of("/network/stream")), nullptr);
  EXPECT_EQ(router.find_connection(http::verb::get, target_of("/link/conference/a")), nullptr);
  EXPECT_NE(router.find_upgrade(target_of("/link/conference/abc")), nullptr);
  EXPECT_EQ(router.find_upgrade(target_of("/link/master")), nullptr);
}

TEST(Problem, it_names_status_code_and_detail_and_must_not_be_cached) {
  const Request request(http::verb::get, "/", 11);
  const auto response = problem(request, http::status::not_found, "room-unknown", "there is no such room");
  EXPECT_EQ(response.result(), http::status::not_found);
  EXPECT_EQ(response[http::field::content_type], "application/problem+json");
  EXPECT_EQ(response[http::field::cache_control], "no-store");
  const auto document = nlohmann::json::parse(response.body());
  EXPECT_EQ(document["code"].get<std::string>(), "room-unknown");
  EXPECT_EQ(document["status"].get<int>(), 404);
}

TEST(Problem, an_errors_kind_chooses_the_status) {
  const Request request(http::verb::get, "/", 11);
  EXPECT_EQ(problem(request, {base::ErrorKind::kOverloaded, "disk-full", "x"}).result(),
            http::status::service_unavailable);
  EXPECT_EQ(nlohmann::json::parse(problem(request, {base::ErrorKind::kInvalid, "", "x"}).body())["code"]
                .get<std::string>(),
            "invalid");
}

}  // namespace
}  // namespace vistime::server
