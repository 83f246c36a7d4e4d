#include "transport/reach/proxy.hpp"

#include <gtest/gtest.h>

#include <map>

namespace vistime::transport::reach {
namespace {

Environment of(std::map<std::string, std::string> values) {
  return [values](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(Proxy, is_read_in_all_the_ways_people_write_it) {
  struct Case {
    const char* text;
    Proxy expected;
  };
  using Kind = Proxy::Kind;
  const Case cases[] = {
      {"proxy.example.org:3128", {Kind::kHttp, "proxy.example.org", 3128, "", ""}},
      {"http://Proxy.Example.ORG", {Kind::kHttp, "proxy.example.org", 80, "", ""}},
      {"https://proxy.example.org", {Kind::kHttps, "proxy.example.org", 443, "", ""}},
      {"http://anna:p%40ss%3A@192.0.2.1:8080", {Kind::kHttp, "192.0.2.1", 8080, "anna", "p@ss:"}},
      {"http://[2001:db8::1]:3128/", {Kind::kHttp, "2001:db8::1", 3128, "", ""}},
      {"socks5://10.0.0.1", {Kind::kSocks5, "10.0.0.1", 1080, "", ""}},
      {"socks5h://u:@10.0.0.1:9", {Kind::kSocks5, "10.0.0.1", 9, "u", ""}},
      {"socks4a://10.0.0.1", {Kind::kSocks4a, "10.0.0.1", 1080, "", ""}},
  };
  for (const Case& each : cases) {
    const auto proxy = Proxy::parse(each.text);
    ASSERT_TRUE(proxy) << each.text;
    EXPECT_EQ(*proxy, each.expected) << each.text;
  }
}

TEST(Proxy, what_is_none_is_refused_without_repeating_a_password) {
  for (const char* text : {"", "http://", "ftp://proxy:21", "http://anna:secret@:99", "http://host:secret",
                           "http://host:70000", "http://host:0", "://host"}) {
    const auto proxy = Proxy::parse(text);
    ASSERT_FALSE(proxy) << text;
    EXPECT_EQ(proxy.error().code, "bad-proxy") << text;
    EXPECT_EQ(proxy.error().message.find("secret"), std::string::npos);
  }
}

TEST(Proxy, is_printed_without_credentials) {
  EXPECT_EQ(Proxy::parse("http://anna:secret@proxy:3128")->print(), "http://proxy:3128");
  EXPECT_EQ(Proxy::parse("socks5://[::1]:1")->print(), "socks5h://[::1]:1");
}

TEST(ProxyEnvironment, the_first_variable_that_is_set_counts) {
  const auto host_of = [](std::map<std::string, std::string> values) {
    const auto proxies = proxies_of_environment(of(std::move(values)), "meet.example.org", 443);
    return !proxies ? "error: " + proxies.error().code : proxies->empty() ? "" : proxies->front().host;
  };
  EXPECT_EQ(host_of({}), "");
  EXPECT_EQ(host_of({{"https_proxy", "a:1"}, {"HTTPS_PROXY", "b:1"}, {"all_proxy", "c:1"}}), "a");
  EXPECT_EQ(host_of({{"HTTPS_PROXY", "b:1"}, {"all_proxy", "c:1"}}), "b");
  EXPECT_EQ(host_of({{"all_proxy", "socks5://c:1"}}), "c");
  EXPECT_EQ(host_of({{"ALL_PROXY", "d:1"}}), "d");
  EXPECT_EQ(host_of({{"http_proxy", "e:1"}}), "");  // for http addresses only
  EXPECT_EQ(host_of({{"https_proxy", "a:1"}, {"no_proxy", "example.org"}}), "");
  EXPECT_EQ(host_of({{"https_proxy", "a:1"}, {"NO_PROXY", "other.org"}}), "a");
  EXPECT_EQ(host_of({{"https_proxy", "ftp://a:1"}}), "error: bad-proxy");
}

TEST(NoProxy, names_hosts_domains_addresses_networks_and_ports) {
  EXPECT_TRUE(is_exempt("*", "meet.example.org", 443));
  EXPECT_TRUE(is_exempt("localhost, .Example.org", "MEET.example.org", 443));
  EXPECT_TRUE(is_exempt("example.org", "example.org", 443));
  EXPECT_TRUE(is_exempt("*.example.org", "meet.example.org", 443));
  EXPECT_FALSE(is_exempt("ample.org", "example.org", 443));
  EXPECT_FALSE(is_exempt("meet.example.org", "example.org", 443));
  EXPECT_TRUE(is_exempt("meet.example.org:8443", "meet.example.org", 8443));
  EXPECT_FALSE(is_exempt("meet.example.org:8443", "meet.example.org", 443));
  EXPECT_TRUE(is_exempt("10.0.0.0/8", "10.1.2.3", 443));
  EXPECT_FALSE(is_exempt("10.0.0.0/8", "11.1.2.3", 443));
  EXPECT_TRUE(is_exempt("2001:db8::/32", "2001:db8::7", 443));
  EXPECT_TRUE(is_exempt("::1", "::1", 443));
  EXPECT_FALSE(is_exempt("10.0.0.0/8", "meet.example.org", 443));
  EXPECT_FALSE(is_exempt("", "meet.example.org", 443));
  EXPECT_FALSE(is_exempt(" ,., ", "meet.example.org", 443));
}

}  // namespace
}  // namespace vistime::transport::reach
