#include "client/core/api_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vistime::client {
namespace {

using testing::HasSubstr;

TEST(ApiMessages, a_new_room_leaves_out_what_was_not_asked_for) {
  const auto body = nlohmann::json::parse(encode(NewRoom{.name = "Weekly", .key_check = "ab"}));
  EXPECT_EQ(body, nlohmann::json({{"name", "Weekly"}, {"lobby", false}, {"key_check", "ab"}}));
}

TEST(ApiMessages, a_join_request_carries_password_and_host_key_when_given) {
  const auto body = nlohmann::json::parse(
      encode(JoinRequest{.name = "Anna", .password = "p\"w", .host_key = "key", .device = "dev"}));
  EXPECT_EQ(body,
            nlohmann::json({{"name", "Anna"}, {"password", "p\"w"}, {"host_key", "key"}, {"device", "dev"}}));
}

TEST(ApiMessages, a_name_that_is_no_utf8_is_sent_with_its_broken_bytes_replaced) {
  EXPECT_THAT(encode(JoinRequest{.name = "A\xff", .device = "d"}), HasSubstr("A\xEF\xBF\xBD"));
}

TEST(ApiMessages, answers_are_read) {
  const auto created = parse_created_room(R"({"room":"abcdefgh23","host_key":"k","path":"/m/x","name":"N"})");
  ASSERT_TRUE(created);
  EXPECT_EQ(created->host_key, "k");
  const auto info =
      parse_room_info(R"({"room":"abcdefgh23","key_check":"ab","lobby":true,"password_required":true})");
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->lobby && info->password_required);
  const auto grant = parse_join_grant(R"({"token":"t","link":"/link/conference/abcdefgh23","role":"host"})");
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->role, "host");
}

TEST(ApiMessages, an_answer_that_breaks_its_promise_is_refused) {
  for (const char* body :
       {"", "[]", "{", "{}", R"({"room":7})", R"({"room":"abcdefgh23"})", R"({"room":"ABC"})"}) {
    EXPECT_FALSE(parse_created_room(body)) << body;
    EXPECT_FALSE(parse_room_info(body)) << body;
    EXPECT_FALSE(parse_join_grant(body)) << body;
  }
  EXPECT_FALSE(parse_join_grant(R"({"token":"t","link":"https://elsewhere/"})"));
  EXPECT_FALSE(parse_join_grant(R"({"token":"t","link":"/link/a\r\nHost: x"})"));
}

TEST(ApiMessages, a_problem_document_becomes_an_error_with_its_code) {
  const auto error = problem_to_error(403, R"({"code":"wrong-password","detail":"no"})", "");
  EXPECT_EQ(error.kind, base::ErrorKind::kRefused);
  EXPECT_EQ(error.code, "wrong-password");
  EXPECT_THAT(error.message, HasSubstr("password is wrong"));
}

TEST(ApiMessages, the_code_decides_the_kind_whatever_the_status) {
  EXPECT_EQ(problem_to_error(400, R"({"code":"room-closed"})", "").kind, base::ErrorKind::kClosed);
}

TEST(ApiMessages, a_wait_that_the_server_asks_for_is_said) {
  const auto error = problem_to_error(429, R"({"code":"too-many-attempts","detail":"Slow down."})", "30");
  EXPECT_EQ(error.kind, base::ErrorKind::kOverloaded);
  EXPECT_EQ(error.message, "Slow down. Try again in 30 s.");
  EXPECT_EQ(problem_to_error(507, R"({"detail":"no room"})", "9").message, "no room. Try again in 9 s.");
  EXPECT_EQ(problem_to_error(429, R"({"detail":"Slow down."})", "Tue, 1 Jan").message, "Slow down.");
}

TEST(ApiMessages, what_is_no_problem_document_is_described_by_its_status) {
  const auto error = problem_to_error(502, "<html>Bad Gateway</html>", "");
  EXPECT_EQ(error.kind, base::ErrorKind::kUnreachable);
  EXPECT_EQ(error.code, "unreachable");
  EXPECT_THAT(error.message, HasSubstr("502"));
}

TEST(ApiMessages, control_characters_in_the_servers_words_are_neutralised) {
  const auto error = problem_to_error(400, R"({"code":"x y","detail":"a\u001b[2Jb"})", "");
  EXPECT_EQ(error.code, "http-400");
  EXPECT_EQ(error.message, "a [2Jb");
}

}  // namespace
}  // namespace vistime::client
