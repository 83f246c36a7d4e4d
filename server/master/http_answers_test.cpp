#include "server/master/http_answers.hpp"

#include <gtest/gtest.h>

namespace vistime::server::master {
namespace {

using base::Error;
using base::ErrorKind;

Request with(http::field field, const char* value) {
  Request request(http::verb::post, "/", 11);
  request.set(field, value);
  return request;
}

TEST(HttpAnswers, only_the_media_type_itself_is_json) {
  for (const char* type :
       {"application/json", "APPLICATION/json", "application/json;charset=utf-8", "application/json ; x"}) {
    EXPECT_TRUE(is_json(with(http::field::content_type, type))) << type;
  }
  for (const char* type : {"", "text/plain", "application/jsonp", "text/plain; application/json", "json"}) {
    EXPECT_FALSE(is_json(with(http::field::content_type, type))) << type;
  }
  EXPECT_FALSE(is_json(Request(http::verb::post, "/", 11)));
}

TEST(HttpAnswers, a_bearer_token_is_taken_from_its_header) {
  EXPECT_EQ(bearer_of(with(http::field::authorization, "Bearer abc")), "abc");
  EXPECT_EQ(bearer_of(with(http::field::authorization, "bearer abc")), "abc");
  for (const char* value : {"", "Bearer", "Basic abc", "Bearerabc"}) {
    EXPECT_EQ(bearer_of(with(http::field::authorization, value)), "") << value;
  }
}

TEST(HttpAnswers, times_are_spelled_in_utc) {
  EXPECT_EQ(spelled(base::WallTime()), "1970-01-01T00:00:00Z");
  EXPECT_EQ(spelled(base::WallTime(std::chrono::milliseconds(1'709'210'096'999))), "2024-02-29T12:34:56Z");
}

TEST(HttpAnswers, each_kind_of_error_has_its_status) {
  const Request request(http::verb::get, "/", 11);
  const auto status = [&](ErrorKind kind, const char* code) {
    return refusal(request, Error{kind, code, "why"}).result_int();
  };
  EXPECT_EQ(status(ErrorKind::kInvalid, "invalid-name"), 400U);
  EXPECT_EQ(status(ErrorKind::kRefused, "password-required"), 401U);
  EXPECT_EQ(status(ErrorKind::kRefused, "wrong-password"), 403U);
  EXPECT_EQ(status(ErrorKind::kNotFound, "room-unknown"), 404U);
  EXPECT_EQ(status(ErrorKind::kUnreachable, "upstream"), 502U);
  EXPECT_EQ(refusal(request, Error{ErrorKind::kOverloaded, "disk-full", "why"})[http::field::retry_after],
            "10");
}

TEST(HttpAnswers, our_own_failures_are_not_described) {
  const auto response =
      refusal(Request(http::verb::get, "/", 11), Error{ErrorKind::kInternal, "database", "/srv/data"});
  EXPECT_EQ(response.result_int(), 500U);
  EXPECT_EQ(response.body().find("/srv"), std::string::npos);
  EXPECT_NE(response.body().find("\"database\""), std::string::npos);
}

TEST(HttpAnswers, a_wait_is_rounded_up_to_whole_seconds) {
  const auto response = too_many(Request(http::verb::get, "/", 11), std::chrono::milliseconds(1001));
  EXPECT_EQ(response.result_int(), 429U);
  EXPECT_EQ(response[http::field::retry_after], "2");
}

}  // namespace
}  // namespace vistime::server::master
