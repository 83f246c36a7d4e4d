#include "client/core/master_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/core/tls_server_testing.hpp"

namespace vistime::client {
namespace {

using testing::HasSubstr;

constexpr const char* kInfo = R"({"room":"abcdefgh23","name":"Weekly","key_check":"ab"})";

MasterApi master_at(const TlsServerForTest& server, bool trusting = true) {
  return MasterApi({.server = {"localhost", server.port()}}, trusting ? server.certificate_file() : "");
}

TEST(MasterApi, an_answer_over_trusted_tls_is_read) {
  const TlsServerForTest server(http_answer("200 OK", kInfo));
  MasterApi master = master_at(server);
  const auto info = master.room_info("abcdefgh23");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->name, "Weekly");
  EXPECT_THAT(server.request(), testing::StartsWith("GET /api/v1/rooms/abcdefgh23 HTTP/1.1\r\n"));
}

TEST(MasterApi, an_untrusted_certificate_is_refused_with_its_issuer_and_the_remedy) {
  const TlsServerForTest server(http_answer("200 OK", kInfo));
  MasterApi master = master_at(server, false);
  const auto info = master.room_info("abcdefgh23");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, "tls-not-trusted");
  EXPECT_THAT(info.error().message, testing::AllOf(HasSubstr("Test authority"), HasSubstr("--ca-file")));
}

TEST(MasterApi, a_certificate_for_another_name_is_refused) {
  const TlsServerForTest server(http_answer("200 OK", kInfo));
  MasterApi master({.server = {"127.0.0.1", server.port()}}, server.certificate_file());
  const auto info = master.room_info("abcdefgh23");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, "tls-not-trusted");
  EXPECT_THAT(info.error().message, HasSubstr("it is for localhost"));
}

TEST(MasterApi, a_certificate_that_is_not_valid_now_is_refused_with_its_date_and_the_clocks) {
  constexpr long kDay = 24 * 3600;
  const TlsServerForTest old(http_answer("200 OK", kInfo), -10 * kDay, -5 * kDay);
  MasterApi late = master_at(old);
  const auto expired = late.room_info("abcdefgh23");
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, "tls-not-trusted");
  EXPECT_THAT(expired.error().message, testing::AllOf(HasSubstr("expired on 20"), HasSubstr("clock"),
                                                      testing::Not(HasSubstr("--ca-file"))));
  const TlsServerForTest future(http_answer("200 OK", kInfo), 5 * kDay, 10 * kDay);
  MasterApi early = master_at(future);
  const auto not_yet = early.room_info("abcdefgh23");
  ASSERT_FALSE(not_yet);
  EXPECT_EQ(not_yet.error().code, "tls-not-trusted");
  EXPECT_THAT(not_yet.error().message, testing::AllOf(HasSubstr("valid from 20"), HasSubstr("clock")));
}

TEST(MasterApi, a_problem_document_becomes_its_error) {
  const TlsServerForTest server(http_answer(
      "429 Too Many Requests", R"({"code":"too-many-attempts","detail":"Slow."})", "Retry-After: 7\r\n"));
  MasterApi master = master_at(server);
  const auto grant = master.join("abcdefgh23", {.name = "Anna", .device = "d"});
  ASSERT_FALSE(grant);
  EXPECT_EQ(grant.error().code, "too-many-attempts");
  EXPECT_THAT(grant.error().message, HasSubstr("7 s"));
  EXPECT_THAT(server.request(), HasSubstr(R"("name":"Anna")"));
}

TEST(MasterApi, redirects_are_not_followed) {
  const TlsServerForTest server(http_answer("302 Found", "", "Location: https://elsewhere.invalid/\r\n"));
  MasterApi master = master_at(server);
  EXPECT_EQ(master.room_info("abcdefgh23").error().code, "http-302");
}

TEST(MasterApi, an_endless_answer_is_cut_off) {
  const TlsServerForTest server(http_answer("200 OK", std::string((1 << 20) + 1, 'x')));
  MasterApi master = master_at(server);
  EXPECT_EQ(master.room_info("abcdefgh23").error().code, "bad-answer");
}

TEST(MasterApi, closing_a_room_carries_the_hosts_key) {
  const TlsServerForTest server(http_answer("204 No Content", ""));
  MasterApi master = master_at(server);
  EXPECT_TRUE(master.close_room("abcdefgh23", "the-key"));
  EXPECT_THAT(server.request(), testing::AllOf(testing::StartsWith("DELETE "), HasSubstr("Bearer the-key")));
}

TEST(MasterApi, where_nothing_listens_it_is_unreachable_and_a_bad_ca_file_is_named) {
  std::uint16_t port = 0;
  {
    const TlsServerForTest server("");
    port = server.port();
  }
  MasterApi nobody({.server = {"localhost", port}}, "");
  EXPECT_EQ(nobody.room_info("abcdefgh23").error().code, "unreachable");
  const TlsServerForTest server("");
  MasterApi bad({.server = {"localhost", server.port()}}, "/nonexistent/ca.pem");
  const auto info = bad.room_info("abcdefgh23");
  EXPECT_EQ(info.error().code, "ca-file");
  EXPECT_THAT(info.error().message, HasSubstr("/nonexistent/ca.pem"));
}

}  // namespace
}  // namespace vistime::client
