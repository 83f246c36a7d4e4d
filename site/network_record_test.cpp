#include "site/network_record.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vistime::site {
namespace {

const base::WallTime kNow{std::chrono::seconds(1'700'000'000)};

NetworkContent content() {
  return {{"meet.example.org"},
          {"192.0.2.10"},
          {"2001:db8::10"},
          {{443, false, PortPurpose::kEverything, true, true},
           {12002, false, PortPurpose::kFiles, false, false}}};
}

TEST(NetworkRecord, the_version_rises_when_something_changes_and_only_then) {
  const NetworkRecord first = updated({}, content(), kNow);
  EXPECT_EQ(first.version, 1U);
  EXPECT_EQ(first.changes.at(0).added, (std::vector<std::string>{"ipv4:192.0.2.10", "ipv6:2001:db8::10",
                                                                 "name:meet.example.org", "port:443/tcp"}));
  EXPECT_EQ(updated(first, content(), kNow + std::chrono::hours(1)).changed, kNow);
  NetworkContent moved = content();
  moved.ipv4 = {"192.0.2.11"};
  moved.ports[1].offered = true;
  const NetworkRecord second = updated(first, moved, kNow + std::chrono::hours(1));
  EXPECT_EQ(second.version, 2U);
  EXPECT_EQ(second.changes.at(1).added, (std::vector<std::string>{"ipv4:192.0.2.11", "port:12002/tcp"}));
  EXPECT_EQ(second.changes.at(1).removed, (std::vector<std::string>{"ipv4:192.0.2.10"}));
}

TEST(NetworkRecord, what_was_shown_before_anything_was_known_is_all_new) {
  NetworkRecord provisional;
  provisional.content = content();
  EXPECT_EQ(updated(provisional, content(), kNow).changes.at(0).added.size(), 4U);
}

TEST(NetworkRecord, it_comes_back_from_its_text) {
  const NetworkRecord record = updated({}, content(), kNow);
  const auto back = record_from_json(to_json(record));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->content, record.content);
  EXPECT_EQ(to_json(*back), to_json(record));
}

TEST(NetworkRecord, the_text_has_the_documented_form) {
  const auto json = nlohmann::json::parse(to_json(updated({}, content(), kNow)));
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["changed"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(json["addresses"]["ipv6"][0], "2001:db8::10");
  EXPECT_EQ(json["ports"][0], (nlohmann::json{{"port", 443},
                                              {"transport", "tcp"},
                                              {"purpose", "everything"},
                                              {"required", true},
                                              {"offered", true}}));
}

TEST(NetworkRecord, only_later_changes_are_told_and_old_ones_forgotten) {
  NetworkRecord record;
  for (int round = 0; round < 150; ++round) {
    NetworkContent next = content();
    next.ipv4 = {"192.0.2." + std::to_string(round)};
    record = updated(std::move(record), next, kNow);
  }
  EXPECT_EQ(record.version, 150U);
  EXPECT_EQ(record.changes.size(), kMaxChanges);
  const auto json = nlohmann::json::parse(to_json(record, 148));
  ASSERT_EQ(json["changes"].size(), 2U);
  EXPECT_EQ(json["changes"][0]["version"], 149);
}

TEST(NetworkRecord, a_damaged_text_is_refused) {
  const std::string good = to_json(updated({}, content(), kNow));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), good.substr(0, good.size() / 2),
        with("everything", "nothing"), with("2023-11-14T22:13:20Z", "yesterday"), with("443", "99999999")}) {
    EXPECT_FALSE(record_from_json(text)) << text;
  }
}

TEST(NetworkRecord, times_are_rfc_3339) {
  EXPECT_EQ(from_rfc3339(rfc3339(kNow)), kNow);
  EXPECT_FALSE(from_rfc3339("2026-01-31T08:00:00"));
  EXPECT_FALSE(from_rfc3339("2026-01-31T08:00:00Zx"));
}

}  // namespace
}  // namespace vistime::site
