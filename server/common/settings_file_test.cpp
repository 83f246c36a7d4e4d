#include <gtest/gtest.h>

#include "server/common/settings.hpp"

namespace vistime::server {
namespace {

std::vector<std::string> errors_of(const std::string& text) {
  Settings settings;
  return read_toml(settings, text, "vistimed.toml").lines;
}

TEST(SettingsFile, every_kind_of_value_is_read) {
  Settings settings;
  const auto errors = read_toml(settings,
                                "https-port = 8443\nlog-format = 'json'\nproxy-protocol = true\n"
                                "trusted-proxies = ['10.0.0.0/8', '::1']\nhost-name = 'meet.example.org'\n",
                                "x");
  EXPECT_TRUE(errors.lines.empty());
  EXPECT_EQ(settings.https_port, 8443U);
  EXPECT_EQ(settings.log_format, "json");
  EXPECT_TRUE(settings.proxy_protocol);
  EXPECT_EQ(settings.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  EXPECT_EQ(settings.host_names, (std::vector<std::string>{"meet.example.org"}));
}

TEST(SettingsFile, an_error_names_file_line_value_and_remedy) {
  const auto errors = errors_of("# comment\n\nhttps-port = 70000\n");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0],
            "vistimed.toml:3: https-port = 70000: a port lies between 1 and 65535 (0 takes a free one)");
}

TEST(SettingsFile, an_unknown_key_suggests_the_nearest) {
  const auto errors = errors_of("htps-port = 1\nquantum-flux = 2\n");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0], "vistimed.toml:1: there is no setting htps-port; do you mean https-port?");
  EXPECT_EQ(errors[1],
            "vistimed.toml:2: there is no setting quantum-flux; 'vistimed --help' lists the settings");
}

TEST(SettingsFile, all_errors_are_told_in_the_order_of_the_lines) {
  const auto errors = errors_of("workers = -1\nlog-level = 'loud'\nbind = 'here'\nroles = ['king']\n");
  ASSERT_EQ(errors.size(), 4U);
  for (std::size_t at = 0; at < 4; ++at) {
    EXPECT_TRUE(errors[at].starts_with(fmt::format("vistimed.toml:{}: ", at + 1))) << errors[at];
  }
}

TEST(SettingsFile, a_value_of_the_wrong_type_is_an_error) {
  for (const char* text :
       {"https-port = '443'", "https-port = 443.0", "data = 7", "proxy-protocol = 'yes'", "roles = [1]",
        "data = { a = 1 }", "[data]\na = 1", "data = 1979-05-27", "trusted-proxies = ['a,b']"}) {
    EXPECT_EQ(errors_of(text).size(), 1U) << text;
  }
}

TEST(SettingsFile, what_is_no_toml_names_its_line) {
  const auto errors = errors_of("data = 'x'\nhttps-port = = 3\n");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(errors[0].starts_with("vistimed.toml:2: ")) << errors[0];
}

}  // namespace
}  // namespace vistime::server
