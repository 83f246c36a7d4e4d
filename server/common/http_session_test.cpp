#include "server/common/http_session.hpp"

#include <gtest/gtest.h>

#include "server/common/http_testing.hpp"

namespace vistime::server {
namespace {

class HttpSession : public testing::Test {
 protected:
  HttpSession() {
    router_.on(http::verb::get, "/hello", [](Request request, Target, Peer peer) -> Task<Response> {
      co_return json_response(request, http::status::ok, "\"" + peer.address + "\"");
    });
    router_.on(http::verb::post, "/echo", [](Request request, Target, Peer) -> Task<Response> {
      co_return json_response(request, http::status::ok, request.body());
    });
    router_.on(http::verb::get, "/broken", [](Request, Target, Peer) -> Task<Response> {
      throw std::runtime_error("on purpose");
      co_return Response();
    });
    router_.on_upgrade("/link/*", [](transport::Stream stream, Request, Target target, Peer) -> Task<void> {
      const std::string text = "link " + target.segments.back();
      co_await asio::async_write(stream, asio::buffer(text), transport::use_task);
      stream.shutdown_send();
    });
  }
  static std::string get(const std::string& target, const std::string& more = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
  }
  std::string answer_to(const std::string& bytes, const TestListener::Options& options = {}) {
    TestListener listener(router_, options);
    RawClient client(listener.port());
    client.send(bytes);
    return client.rest();
  }
  Router router_;
};

constexpr auto kClose = "Connection: close\r\n";

TEST_F(HttpSession, a_request_is_routed_and_answered) {
  const std::string answer = answer_to(get("/hello", kClose));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("nosniff"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\"127.0.0.1\""));
}

// A client compares it with what it was shown (see client/core/inspection.hpp).
TEST_F(HttpSession, over_tls_an_answer_says_which_certificate_is_the_servers_own) {
  TestListener listener(router_, {.tls = true});
  const auto answer = run_to_end(listener.client().ask(Request(http::verb::get, "/hello", 11)));
  ASSERT_TRUE(answer);
  const auto facts = certificate_facts(listener.certificates->files().certificate);
  std::string expected;
  for (const char each : facts->fingerprint) {
    if (each != ':') expected += static_cast<char>(std::tolower(each));
  }
  EXPECT_EQ((*answer)["Vistime-Certificate"], "sha256=" + expected);
  EXPECT_EQ(answer_to(get("/hello", kClose)).find("Vistime-Certificate"), std::string::npos);
}

TEST_F(HttpSession, behind_a_proxy_of_our_own_nothing_is_said_of_certificates) {
  TestListener listener(router_, {.tls = true, .trusted = {"127.0.0.1"}});
  const auto answer = run_to_end(listener.client().ask(Request(http::verb::get, "/hello", 11)));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->count("Vistime-Certificate"), 0U);
}

TEST_F(HttpSession, several_requests_share_a_connection_also_when_sent_at_once) {
  const std::string body = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nfirst";
  const std::string answer = answer_to(body + get("/hello") + get("/hello", kClose));
  EXPECT_NE(answer.find("first"), std::string::npos);
  const auto first = answer.find("127.0.0.1");
  EXPECT_NE(answer.find("127.0.0.1", first + 1), std::string::npos);
}

TEST_F(HttpSession, what_is_not_there_is_a_problem_document) {
  EXPECT_NE(answer_to(get("/nothing", kClose)).find("\"code\":\"not-found\""), std::string::npos);
  EXPECT_NE(answer_to("DELETE /hello HTTP/1.1\r\nHost: x\r\n" + std::string(kClose) + "\r\n").find(" 405 "),
            std::string::npos);
  EXPECT_NE(answer_to(get("/../etc", kClose)).find(" 400 "), std::string::npos);
}

TEST_F(HttpSession, head_is_get_without_its_body) {
  const std::string answer = answer_to("HEAD /hello HTTP/1.1\r\nHost: x\r\n" + std::string(kClose) + "\r\n");
  EXPECT_NE(answer.find("Content-Length: 11"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpSession, a_handler_that_throws_costs_one_answer_and_nothing_else) {
  const std::string answer = answer_to(get("/broken") + get("/hello", kClose));
  EXPECT_NE(answer.find(" 500 "), std::string::npos);
  EXPECT_EQ(answer.find("on purpose"), std::string::npos);
  EXPECT_NE(answer.find(" 200 "), std::string::npos);
}

TEST_F(HttpSession, what_is_too_large_or_no_http_is_refused) {
  EXPECT_NE(answer_to(get("/hello", "X: " + std::string(20'000, 'x') + "\r\n")).find(" 431 "),
            std::string::npos);
  const std::string length = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 140000\r\n\r\n";
  EXPECT_NE(answer_to(length).find(" 413 "), std::string::npos);
  EXPECT_NE(answer_to("nonsense\r\n\r\n").find(" 400 "), std::string::npos);
}

TEST_F(HttpSession, a_body_that_waits_for_leave_gets_it) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n" +
              std::string(kClose) + "\r\n");
  EXPECT_TRUE(client.until("\r\n\r\n").starts_with("HTTP/1.1 100"));
  client.send("body");
  EXPECT_TRUE(client.rest().ends_with("body"));
}

TEST_F(HttpSession, an_upgrade_that_a_route_knows_takes_the_connection) {
  EXPECT_EQ(answer_to(get("/link/7", "Connection: Upgrade\r\nUpgrade: websocket\r\n")), "link 7");
  EXPECT_NE(answer_to(get("/other", "Connection: Upgrade, close\r\nUpgrade: websocket\r\n")).find(" 404 "),
            std::string::npos);
  EXPECT_NE(answer_to(get("/link/7", kClose)).find(" 404 "), std::string::npos);
}

TEST_F(HttpSession, only_a_trusted_proxys_word_on_the_client_counts) {
  const std::string request = get("/hello", "X-Forwarded-For: 192.0.2.9\r\nConnection: close\r\n");
  EXPECT_TRUE(answer_to(request).ends_with("\"127.0.0.1\""));
  EXPECT_TRUE(answer_to(request, {.trusted = {"127.0.0.1"}}).ends_with("\"192.0.2.9\""));
}

TEST_F(HttpSession, whoever_is_too_slow_is_cut_off) {
  TestListener::Options options;
  options.limits.header = std::chrono::milliseconds(20);
  EXPECT_EQ(answer_to("GET /hello HTTP/1.1\r\n", options), "");
  options.limits.header = std::chrono::seconds(60);
  options.limits.idle = std::chrono::milliseconds(20);
  EXPECT_NE(answer_to(get("/hello"), options).find(" 200 "), std::string::npos);
  options.limits.transfer = std::chrono::milliseconds(20);
  EXPECT_EQ(answer_to("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo", options), "");
}

}  // namespace
}  // namespace vistime::server
