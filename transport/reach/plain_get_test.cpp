#include "transport/reach/plain_get.hpp"

#include <gtest/gtest.h>

#include "transport/reach/scripted_server_testing.hpp"

namespace vistime::transport::reach {
namespace {

using std::chrono::milliseconds;

ScriptedServer::Script always(std::string text) {
  return [text = std::move(text)](const std::string&, std::size_t) { return ScriptedAnswer{text, true}; };
}
std::string at(const ScriptedServer& server) { return "http://127.0.0.1:" + server.port_text() + "/x"; }

TEST(PlainGet, an_answer_is_given_as_it_came_and_no_redirect_is_followed) {
  const ScriptedServer server(
      always("HTTP/1.1 308 Permanent Redirect\r\nLocation: https://meet.example.org/x\r\nContent-Type: "
             "text/plain\r\n"
             "Content-Length: 3\r\n\r\nabc"));
  const auto answer = plain_get(at(server), std::nullopt, milliseconds(5'000));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 308);
  EXPECT_EQ(answer->location, "https://meet.example.org/x");
  EXPECT_EQ(answer->type, "text/plain");
  EXPECT_EQ(answer->body, "abc");
  EXPECT_EQ(server.heads().size(), 1U);
}

TEST(PlainGet, a_proxy_is_asked_as_browsers_ask_it) {
  const ScriptedServer proxy(always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const auto answer = plain_get("http://meet.example.org/u",
                                Proxy::parse("127.0.0.1:" + proxy.port_text()).value(), milliseconds(5'000));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(proxy.heads().at(0).starts_with("GET http://meet.example.org/u HTTP/1.1\r\n"));
}

TEST(PlainGet, what_goes_wrong_has_a_code) {
  const auto code_of = [](const std::string& url, std::optional<Proxy> proxy = {}) {
    const auto answer = plain_get(url, proxy, milliseconds(1'000));
    return answer ? "answered" : answer.error().code;
  };
  std::uint16_t closed = 0;
  {
    const ScriptedServer gone(always(""));
    closed = gone.port();
  }
  EXPECT_EQ(code_of("http://127.0.0.1:" + std::to_string(closed) + "/"), "tcp-refused");
  EXPECT_EQ(code_of("http://name.invalid/"), "dns");
  EXPECT_EQ(code_of("http://meet.example.org/", Proxy::parse("127.0.0.1:" + std::to_string(closed)).value()),
            "proxy-unreachable");
  const ScriptedServer rubbish(always("\x16\x03\x01 this is no HTTP\r\n"));
  EXPECT_EQ(code_of(at(rubbish)), "http-failed");
  const ScriptedServer flood(always("HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x')));
  EXPECT_EQ(code_of(at(flood)), "bad-answer");
  const ScriptedServer silent([](const std::string&, std::size_t) {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"};
  });
  EXPECT_EQ(code_of(at(silent)), "http-timeout");
}

}  // namespace
}  // namespace vistime::transport::reach
