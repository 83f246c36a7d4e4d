#include "server/edge/network_routes.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/common/run_testing.hpp"
#include "server/edge/network_words.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server::edge {
namespace {

class NetworkRoutes : public testing::Test {
 protected:
  NetworkRoutes() {
    NetworkFacts facts{{"meet.example.org"},
                       {"192.0.2.10"},
                       "::",
                       {{443, false, site::PortPurpose::kEverything, true},
                        {80, false, site::PortPurpose::kRedirect},
                        {12001, false, site::PortPurpose::kConference},
                        {443, true, site::PortPurpose::kMedia, false, false}}};
    watch_ = std::make_shared<NetworkWatch>(std::move(facts), folder_.path() / "network.json", clock_);
    register_network(router_, watch_);
  }
  Response get(const std::string& path, const std::string& tag = "", const std::string& language = "") const {
    Target target = parse_target(path).value();
    Request request(http::verb::get, path, 11);
    request.set(http::field::host, "meet.example.org");
    if (!tag.empty()) request.set(http::field::if_none_match, tag);
    if (!language.empty()) request.set(http::field::accept_language, language);
    const auto match = router_.find(http::verb::get, target);
    if (match.handler == nullptr) return Response(http::status::not_found, 11);
    return run_to_end((*match.handler)(std::move(request), std::move(target), Peer{}));
  }
  TemporaryFolder folder_;
  base::ManualClock clock_;
  std::shared_ptr<NetworkWatch> watch_;
  Router router_;
};

TEST_F(NetworkRoutes, data_have_a_tag_that_saves_sending_them_again) {
  const Response data = get("/network.json");
  EXPECT_EQ(nlohmann::json::parse(data.body())["addresses"]["ipv4"][0], "192.0.2.10");
  EXPECT_EQ(data[http::field::cache_control], "public, max-age=60");
  const std::string tag(data[http::field::etag]);
  const Response again = get("/network.json", tag);
  EXPECT_EQ(again.result_int(), 304U);
  EXPECT_TRUE(again.body().empty());
  EXPECT_NE(get("/network.json?since=1")[http::field::etag], tag);
}

TEST_F(NetworkRoutes, since_gives_later_changes) {
  EXPECT_EQ(nlohmann::json::parse(get("/network.json?since=0").body())["changes"].size(), 1U);
  EXPECT_TRUE(nlohmann::json::parse(get("/network.json?since=1").body())["changes"].empty());
  for (const char* wrong : {"x", "-1", "1x", ""})
    EXPECT_EQ(get(std::string("/network.json?since=") + wrong).result_int(), 400U) << wrong;
}

TEST_F(NetworkRoutes, lists_are_plain_lines) {
  EXPECT_EQ(get("/network/ipv4.txt").body(), "192.0.2.10\n");
  EXPECT_EQ(get("/network/ipv6.txt").body(), "");
  EXPECT_EQ(get("/network/domains.txt").body(), "meet.example.org\n");
  EXPECT_EQ(get("/network/ipv4.txt")[http::field::content_type], "text/plain; charset=utf-8");
  EXPECT_EQ(get("/network/ipv5.txt").result_int(), 404U);
}

TEST_F(NetworkRoutes, rules_are_text) {
  EXPECT_NE(get("/network/rules/nftables").body().find("192.0.2.10"), std::string::npos);
  EXPECT_EQ(get("/network/rules/cisco").result_int(), 404U);
}

TEST_F(NetworkRoutes, the_page_comes_in_both_languages_under_a_strict_policy) {
  const Response page = get("/network", "", "de-DE");
  EXPECT_NE(page.body().find("<html lang=\"de\">"), std::string::npos);
  EXPECT_NE(get("/network?lang=en", "", "de-DE").body().find("<html lang=\"en\">"), std::string::npos);
  const std::string policy(page["Content-Security-Policy"]);
  EXPECT_NE(policy.find("connect-src 'self' https://meet.example.org:12001;"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.body().find("<style"), std::string::npos);
}

TEST_F(NetworkRoutes, the_page_shows_every_rule_and_the_data) {
  const std::string page = get("/network").body();
  for (const char* part : {"meet.example.org", "192.0.2.10", "id=\"rules-nftables\"", "id=\"rules-fortinet\"",
                           "/network/ipv4.txt", "Not offered by this server yet"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

TEST(CheckOrigins, an_ipv6_host_has_no_spelling_in_a_policy) {
  const site::NetworkContent content{{}, {}, {}, {{12000, false, site::PortPurpose::kMaster}}};
  EXPECT_EQ(check_origins(content, "[2001:db8::1]"), "https://*:12000");
  EXPECT_EQ(check_origins(content, "meet.example.org"), "https://meet.example.org:12000");
}

TEST(NetworkWords, every_word_of_the_check_is_there_in_both_languages) {
  for (const CheckWord& word : check_words()) {
    EXPECT_FALSE(word.english.empty()) << word.key;
    EXPECT_FALSE(word.german.empty()) << word.key;
    for (const char* hole : {"{port}", "{n}", "{what}", "{when}", "{host}"}) {
      EXPECT_EQ(word.english.find(hole) == std::string_view::npos,
                word.german.find(hole) == std::string_view::npos)
          << word.key;
    }
  }
}

}  // namespace
}  // namespace vistime::server::edge
