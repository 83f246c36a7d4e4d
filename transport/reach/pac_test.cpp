#include "transport/reach/pac.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vistime::transport::reach {
namespace {

std::vector<std::string> printed(const std::vector<Proxy>& proxies) {
  std::vector<std::string> out;
  for (const Proxy& proxy : proxies) out.push_back(proxy.print());
  return out;
}

using Texts = std::vector<std::string>;

TEST(PacAnswer, names_proxies_of_every_kind_in_order) {
  EXPECT_EQ(printed(proxies_of_answer(
                "PROXY a:3128; SOCKS b:1; SOCKS5 c:2;SOCKS4 d:3 ; HTTPS e:4;HTTP f:5; DIRECT")),
            (Texts{"http://a:3128", "socks5h://b:1", "socks5h://c:2", "socks4a://d:3", "https://e:4",
                   "http://f:5"}));
  EXPECT_EQ(printed(proxies_of_answer("\tPROXY  [2001:db8::1]:8080 \r\n")),
            Texts{"http://[2001:db8::1]:8080"});
}

TEST(PacAnswer, what_means_nothing_is_skipped) {
  for (const char* text : {"", "DIRECT", ";;;", "PROXY", "PROXY ", "QUIC a:1", "PROXY :99", "proxy a:1"}) {
    EXPECT_TRUE(proxies_of_answer(text).empty()) << text;
  }
  EXPECT_EQ(printed(proxies_of_answer("NONSENSE; PROXY a:1; PROXY a:99999")), Texts{"http://a:1"});
}

class PacTest : public testing::Test {
 protected:
  ~PacTest() override { std::filesystem::remove(file_); }
  base::Result<std::vector<Proxy>> run(const std::string& script) {
    std::ofstream(file_) << script;
    return proxies_of_pac(file_.string(), "meet.example.org", 443);
  }
  std::string message(const std::string& script) {
    const auto result = run(script);
    EXPECT_FALSE(result);
    if (result) return {};
    EXPECT_EQ(result.error().code, "bad-pac");
    return result.error().message;
  }
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("vistime-pac-test-" + std::to_string(::getpid()));
};

TEST_F(PacTest, a_script_decides_by_address_and_host) {
  const auto proxies = run(R"(function FindProxyForURL(url, host) {
    if (url == "https://meet.example.org/" && dnsDomainIs(host, ".example.org")) return "PROXY good:3128; DIRECT";
    return "PROXY wrong:1";
  })");
  ASSERT_TRUE(proxies) << proxies.error().message;
  EXPECT_EQ(printed(*proxies), Texts{"http://good:3128"});
}

TEST_F(PacTest, rubbish_says_what_it_is) {
  EXPECT_NE(message("<html>Sign in</html>").find("FindProxyForURL"), std::string::npos);
  EXPECT_NE(message("").find("FindProxyForURL"), std::string::npos);
  EXPECT_NE(message("function FindProxyForURL() { nonsense(); }").find("FindProxyForURL"), std::string::npos);
}

TEST_F(PacTest, ten_megabytes_are_not_read) {
  EXPECT_NE(message(std::string(10 << 20, ' ')).find("1 MiB"), std::string::npos);
}

TEST_F(PacTest, a_script_without_an_end_is_ended) {
  const std::string why = message("function FindProxyForURL() { while (1) {} }");
  EXPECT_TRUE(why.find("end") != std::string::npos || why.find("time") != std::string::npos) << why;
}

TEST_F(PacTest, a_script_that_wants_all_memory_does_not_get_it) {
  message(
      "function FindProxyForURL() { var a = []; while (1) a.push(new Array(100000).join('x') + a.length); }");
}

TEST_F(PacTest, a_file_that_is_missing_is_named) {
  const auto result = proxies_of_pac("/nonexistent/proxy.pac", "meet.example.org", 443);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("/nonexistent/proxy.pac"), std::string::npos);
  EXPECT_EQ(proxies_of_pac("http://127.0.0.1:1/proxy.pac", "meet.example.org", 443).error().code, "bad-pac");
}

}  // namespace
}  // namespace vistime::transport::reach
