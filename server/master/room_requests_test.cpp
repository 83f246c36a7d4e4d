#include "server/master/room_requests.hpp"

#include <gtest/gtest.h>

namespace vistime::server::master {
namespace {

constexpr const char* kCheck = "00112233445566778899aabbccddeeff";

std::string create_with(const std::string& members) {
  return std::string(R"({"name":"Weekly","key_check":")") + kCheck + "\"" + members + "}";
}
std::string code_of(const std::string& body) {
  auto parsed = parse_create(body, 100);
  return parsed ? "" : parsed.error().code;
}
std::string join_code_of(const std::string& body) {
  auto parsed = parse_join(body);
  return parsed ? "" : parsed.error().code;
}

TEST(CreateRoom, all_members_are_read_and_the_optional_ones_may_be_absent) {
  auto room = parse_create(create_with(R"(,"password":"p","lobby":true,"max_participants":7)"), 100);
  ASSERT_TRUE(room) << room.error().message;
  EXPECT_EQ(room->name, "Weekly");
  EXPECT_EQ(room->password, "p");
  EXPECT_TRUE(room->lobby);
  EXPECT_EQ(room->max_participants, 7U);
  EXPECT_EQ(code_of(create_with("")), "");
  EXPECT_EQ(code_of(create_with(R"(,"password":null,"lobby":null,"max_participants":null)")), "");
}

TEST(CreateRoom, each_wrong_member_has_its_code) {
  EXPECT_EQ(code_of("{"), "invalid-json");
  EXPECT_EQ(code_of("[]"), "invalid-json");
  EXPECT_EQ(code_of(R"({"name":7})"), "invalid-name");
  EXPECT_EQ(code_of(R"({"name":"x"})"), "invalid-key-check");
  EXPECT_EQ(code_of(R"({"name":"x","key_check":"00"})"), "invalid-key-check");
  EXPECT_EQ(code_of(create_with(R"(,"lobby":1)")), "invalid-request");
  EXPECT_EQ(code_of(create_with(R"(,"max_participants":1)")), "invalid-limit");
  EXPECT_EQ(code_of(create_with(R"(,"max_participants":101)")), "invalid-limit");
  EXPECT_EQ(code_of(create_with(R"(,"max_participants":-2)")), "invalid-limit");
  EXPECT_EQ(code_of(create_with(R"(,"max_participants":1e99)")), "invalid-limit");
  EXPECT_EQ(code_of(create_with(",\"password\":\"" + std::string(257, 'x') + "\"")), "invalid-password");
}

TEST(CreateRoom, a_room_without_a_name_is_a_meeting) {
  for (const char* name : {R"("name":"",)", R"("name":"  ",)", R"("name":null,)", ""}) {
    auto room = parse_create(std::string("{") + name + R"("key_check":")" + kCheck + "\"}", 100);
    ASSERT_TRUE(room) << name;
    EXPECT_EQ(room->name, "Meeting") << name;
  }
}

TEST(CreateRoom, a_rooms_name_has_up_to_80_characters) {
  const auto named = [](std::size_t size) {
    return "{\"name\":\"" + std::string(size, 'x') + R"(","key_check":")" + kCheck + "\"}";
  };
  EXPECT_EQ(code_of(named(80)), "");
  EXPECT_EQ(code_of(named(81)), "invalid-name");
}

TEST(CreateRoom, unknown_members_are_ignored) {
  EXPECT_EQ(code_of(create_with(R"(,"colour":"blue","later":{"a":[1,2]})")), "");
}

TEST(JoinRoom, name_and_device_are_needed) {
  EXPECT_EQ(join_code_of(R"({"name":"Ada","device":"abcdefghijklmnopqrstuv"})"), "");
  EXPECT_EQ(join_code_of(R"({"device":"abcdefghijklmnopqrstuv"})"), "invalid-name");
  EXPECT_EQ(join_code_of(R"({"name":"Ada"})"), "invalid-device");
  EXPECT_EQ(join_code_of(R"({"name":"Ada","device":"abcdefghijklmno pqrstuv"})"), "invalid-device");
  EXPECT_EQ(join_code_of(R"({"name":"Ada","device":["abcdefghijklmnopqrstuv"]})"), "invalid-device");
}

TEST(JoinRoom, a_device_has_16_to_64_characters) {
  const auto with_device = [](std::size_t size) {
    return R"({"name":"Ada","device":")" + std::string(size, 'd') + "\"}";
  };
  EXPECT_EQ(join_code_of(with_device(15)), "invalid-device");
  EXPECT_EQ(join_code_of(with_device(16)), "");
  EXPECT_EQ(join_code_of(with_device(64)), "");
  EXPECT_EQ(join_code_of(with_device(65)), "invalid-device");
}

TEST(JoinRoom, a_host_key_is_url_safe_text_of_limited_length) {
  const auto with_key = [](const std::string& key) {
    return R"({"name":"Ada","device":"abcdefghijklmnopqrstuv","host_key":)" + key + "}";
  };
  EXPECT_EQ(join_code_of(with_key("\"Ab-_9\"")), "");
  EXPECT_EQ(join_code_of(with_key("1")), "invalid-host-key");
  EXPECT_EQ(join_code_of(with_key("\"a b\"")), "invalid-host-key");
  EXPECT_EQ(join_code_of(with_key("\"" + std::string(129, 'a') + "\"")), "invalid-host-key");
}

TEST(CheckedName, names_of_the_world_pass_and_are_trimmed) {
  EXPECT_EQ(checked_name("  Zoë Ångström ").value(), "Zoë Ångström");
  EXPECT_EQ(checked_name("李小龍 👩‍💻").value(), "李小龍 👩‍💻");
  std::string longest;
  for (int at = 0; at < 64; ++at) longest += "ж";
  EXPECT_TRUE(checked_name(longest));
  EXPECT_FALSE(checked_name(longest + "ж"));
}

TEST(CheckedName, what_could_deceive_is_refused) {
  for (const char* name :
       {"", "   ", "a\nb", "a\x1b[2J",
        "a\xe2\x80\xae"
        "b",
        "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x80", "\xe0\x80\x80"}) {
    EXPECT_FALSE(checked_name(name)) << name;
  }
}

}  // namespace
}  // namespace vistime::server::master
