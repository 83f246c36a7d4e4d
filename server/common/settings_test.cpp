#include "server/common/settings.hpp"

#include <gtest/gtest.h>

#include <set>

namespace vistime::server {
namespace {

base::Result<void> set(Settings& settings, std::string_view name, const std::string& text) {
  const Setting* setting = find_setting(name);
  if (setting == nullptr) return base::fail(base::ErrorKind::kInternal, "no such row");
  return assign(settings, *setting, text);
}

TEST(Settings, every_default_is_valid_and_stays_what_it_is) {
  for (const Setting& setting : setting_table()) {
    if (setting.kind == Setting::Kind::kNetworks && default_of(setting).empty()) continue;
    Settings settings;
    EXPECT_TRUE(assign(settings, setting, default_of(setting))) << setting.name;
  }
}

TEST(Settings, every_row_has_a_name_of_its_own_a_help_and_a_remedy) {
  std::set<std::string_view> names;
  for (const Setting& setting : setting_table()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_FALSE(setting.help.empty()) << setting.name;
    EXPECT_FALSE(setting.remedy.empty()) << setting.name;
  }
}

TEST(Settings, a_wrong_value_changes_nothing_and_says_what_is_right) {
  Settings settings;
  auto done = set(settings, "https-port", "70000");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "https-port = 70000: a port lies between 1 and 65535 (0 takes a free one)");
  EXPECT_EQ(settings.https_port, 443U);
  for (const auto& [name, text] : {std::pair{"max-rooms", "0"},
                                   {"max-rooms", "x"},
                                   {"max-rooms", "1x"},
                                   {"roles", ""},
                                   {"roles", "edge,king"},
                                   {"bind", "localhost"},
                                   {"data", ""},
                                   {"master-at", "http://a"},
                                   {"host-name", "a/b"},
                                   {"public-address", "meet.example.org"},
                                   {"public-address", "192.0.2.0/24"},
                                   {"trusted-proxies", "10.0.0.0/99"},
                                   {"proxy-protocol", "1"}}) {
    EXPECT_FALSE(set(settings, name, text)) << name << " " << text;
  }
}

TEST(Settings, lists_are_separated_by_commas) {
  Settings settings;
  ASSERT_TRUE(set(settings, "roles", "edge, master"));
  EXPECT_TRUE(settings.has_role("master"));
  EXPECT_FALSE(settings.has_role("conference"));
}

TEST(Settings, the_nearest_name_is_suggested_and_a_distant_one_is_not) {
  EXPECT_EQ(nearest_setting("https_port"), "https-port");
  EXPECT_EQ(nearest_setting("log-fromat"), "log-format");
  EXPECT_EQ(nearest_setting("elephants"), "");
  EXPECT_EQ(nearest_setting(std::string(1'000'000, 'x')), "");
}

TEST(Settings, the_defaults_do_not_contradict_themselves) { EXPECT_TRUE(contradictions({}).empty()); }

TEST(Settings, what_belongs_together_is_asked_for) {
  Settings settings;
  settings.tls_cert = "a";
  settings.proxy_protocol = true;
  settings.http_port = settings.https_port;
  EXPECT_EQ(contradictions(settings).size(), 3U);
  settings = {};
  settings.roles = {"edge"};
  EXPECT_EQ(contradictions(settings).size(), 2U);
  settings.master_at = settings.conference_at = "https://a";
  EXPECT_TRUE(contradictions(settings).empty());
  settings.roles = {"conference"};
  settings.master_at = settings.conference_at = "";
  EXPECT_EQ(contradictions(settings).size(), 1U);
}

}  // namespace
}  // namespace vistime::server
