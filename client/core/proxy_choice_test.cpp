#include "client/core/proxy_choice.hpp"

#include <gtest/gtest.h>

#include <map>

#include "testing/temporary_folder_testing.hpp"

namespace vistime::client {
namespace {

Environment of(std::map<std::string, std::string> values) {
  return [values](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}
const Server kServer{"meet.example.org", 443};

TEST(ProxyChoice, what_was_said_comes_before_what_the_system_says) {
  const auto proxies =
      find_proxies({.proxy = "http://a:1"}, kServer, of({{"https_proxy", "http://b:2"}})).value().proxies;
  ASSERT_EQ(proxies.size(), 2U);
  EXPECT_EQ(proxies[0].host, "a");
  EXPECT_EQ(proxies[1].host, "b");
}

TEST(ProxyChoice, the_same_proxy_is_tried_once_and_none_means_none) {
  const auto environment = of({{"https_proxy", "http://a:1"}});
  EXPECT_EQ(find_proxies({.proxy = "http://a:1"}, kServer, environment)->proxies.size(), 1U);
  EXPECT_TRUE(find_proxies({.proxy = "none"}, kServer, environment)->proxies.empty());
  EXPECT_TRUE(find_proxies({}, kServer, of({}))->proxies.empty());
}

TEST(ProxyChoice, the_desktops_come_before_the_environments) {
  const TemporaryFolder folder;
  folder.write("kioslaverc", "[Proxy Settings]\nProxyType=1\nhttpProxy=http://desktop 3128\n");
  const auto proxies = find_proxies({}, kServer,
                                    of({{"https_proxy", "http://b:2"},
                                        {"XDG_CURRENT_DESKTOP", "KDE"},
                                        {"XDG_CONFIG_HOME", folder.path().string()}}))
                           ->proxies;
  ASSERT_EQ(proxies.size(), 2U);
  EXPECT_EQ(proxies[0].host, "desktop");
  EXPECT_EQ(proxies[1].host, "b");
}

TEST(ProxyChoice, credentials_are_added_where_the_address_has_none) {
  const auto environment = of({{"https_proxy", "http://ben:b@b:2"}, {"VISTIME_PROXY_PASSWORD", "secret"}});
  const auto proxies = find_proxies({.proxy = "a:1", .user = "anna"}, kServer, environment).value().proxies;
  EXPECT_EQ(proxies[0].user, "anna");
  EXPECT_EQ(proxies[0].password, "secret");
  EXPECT_EQ(proxies[1].user, "ben");
  EXPECT_EQ(proxies[1].password, "b");
}

TEST(ProxyChoice, what_cannot_be_read_is_said) {
  const auto bad = find_proxies({.proxy = "ftp://a"}, kServer, of({}));
  EXPECT_EQ(bad.error().code, "bad-proxy");
  EXPECT_NE(bad.error().message.find("--proxy"), std::string::npos);
}

TEST(ProxyChoice, what_cannot_be_used_is_told_and_the_rest_is_tried) {
  const auto found = find_proxies({.proxy = "a:1", .pac = "/nonexistent/proxy.pac"}, kServer,
                                  of({{"https_proxy", "ftp://b"}}))
                         .value();
  EXPECT_EQ(found.proxies.size(), 1U);
  ASSERT_EQ(found.problems.size(), 2U);
  EXPECT_EQ(found.problems[0].code, "bad-pac");
  EXPECT_EQ(found.problems[1].code, "bad-proxy");
}

}  // namespace
}  // namespace vistime::client
