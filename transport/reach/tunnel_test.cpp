#include "transport/reach/tunnel.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "transport/reach/scripted_server_testing.hpp"

namespace vistime::transport::reach {
namespace {

using std::chrono::milliseconds;

constexpr const char* kOpen = "HTTP/1.1 200 Connection established\r\n\r\n";
constexpr const char* kAsk =
    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"office\"\r\n"
    "Content-Length: 0\r\n\r\n";

Task<void> tell(Task<base::Result<Socket>> opening, std::string& result) {
  const auto socket = co_await std::move(opening);
  result = socket ? "open" : socket.error().code;
}

// What came of a way through the proxy: "open", or the error's code.
std::string open(Tunnels& tunnels, const Proxy& proxy, milliseconds limit = milliseconds(3'000)) {
  asio::io_context context(1);
  std::string result;
  asio::co_spawn(context.get_executor(), tell(tunnels.open(proxy, "meet.example.org", 443, limit), result),
                 asio::detached);
  context.run();
  return result;
}
std::string open_once(const ScriptedServer& server, const std::string& user = "",
                      milliseconds limit = milliseconds(3'000)) {
  Tunnels tunnels("");
  return open(tunnels, Proxy::parse("http://" + user + "127.0.0.1:" + server.port_text()).value(), limit);
}
ScriptedServer::Script always(std::string text, bool close = false) {
  return [text = std::move(text), close](const std::string&, std::size_t) {
    return ScriptedAnswer{text, close};
  };
}

TEST(Tunnels, a_proxy_that_agrees_leads_to_the_server) {
  const ScriptedServer proxy(always(kOpen));
  EXPECT_EQ(open_once(proxy), "open");
  ASSERT_EQ(proxy.heads().size(), 1U);
  EXPECT_TRUE(proxy.heads()[0].starts_with("CONNECT meet.example.org:443 HTTP/1.1\r\n"));
}

TEST(Tunnels, a_refusal_is_told_from_a_failure_to_connect) {
  const ScriptedServer denies(always("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(open_once(denies), "proxy-denied");
  const ScriptedServer cannot(always("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(open_once(cannot), "tcp-unreachable");
}

TEST(Tunnels, name_and_password_are_given_when_they_are_asked_for) {
  const ScriptedServer proxy([](const std::string& head, std::size_t) {
    return ScriptedAnswer{
        head.find("Proxy-Authorization: Basic YW5uYTpzZWNyZXQ=") != std::string::npos ? kOpen : kAsk};
  });
  EXPECT_EQ(open_once(proxy, "anna:secret@"), "open");
  EXPECT_EQ(open_once(proxy), "proxy-auth");
}

// Accounts are locked after few failures.
TEST(Tunnels, a_password_that_was_refused_is_never_offered_again) {
  const ScriptedServer proxy(always(kAsk));
  Tunnels tunnels("");
  const Proxy wrong = Proxy::parse("http://anna:wrong@127.0.0.1:" + proxy.port_text()).value();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(open(tunnels, wrong), "proxy-auth");
  std::size_t offered = 0;
  for (const std::string& head : proxy.heads()) {
    if (head.find("Proxy-Authorization") != std::string::npos) ++offered;
  }
  EXPECT_EQ(offered, 1U);
}

TEST(Tunnels, stale_nonces_are_answered_and_do_not_go_on_for_ever) {
  const auto challenge = [](std::size_t number) {
    return "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"office\", "
           "qop=\"auth\", algorithm=MD5, nonce=\"n" +
           std::to_string(number) + "\", stale=true\r\nContent-Length: 0\r\n\r\n";
  };
  const ScriptedServer once([&](const std::string& head, std::size_t number) {
    return ScriptedAnswer{head.find("nonce=\"n1\"") != std::string::npos ? kOpen : challenge(number)};
  });
  EXPECT_EQ(open_once(once, "anna:secret@"), "open");
  const ScriptedServer always_stale(
      [&](const std::string&, std::size_t number) { return ScriptedAnswer{challenge(number)}; });
  EXPECT_NE(open_once(always_stale, "anna:secret@", milliseconds(2'000)), "open");
}

TEST(Tunnels, another_scheme_between_the_legs_is_a_refused_sign_in) {
  const ScriptedServer proxy([](const std::string&, std::size_t number) {
    return ScriptedAnswer{number == 0
                              ? "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\n"
                                "Content-Length: 0\r\n\r\n"
                              : kAsk};
  });
  EXPECT_EQ(open_once(proxy, "anna:secret@"), "proxy-auth");
}

TEST(Tunnels, a_proxy_that_closes_between_the_legs_is_a_refused_sign_in) {
  const ScriptedServer proxy(always(
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
      true));
  EXPECT_EQ(open_once(proxy, "anna:secret@"), "proxy-auth");
}

TEST(Tunnels, rubbish_floods_and_silence_end_in_an_error_of_their_own) {
  const ScriptedServer rubbish(always("this is no HTTP\r\n\r\n", true));
  EXPECT_EQ(open_once(rubbish), "proxy-garbage");
  const ScriptedServer large_header(
      always("HTTP/1.1 200 OK\r\nX-Filler: " + std::string(64 * 1024, 'x') + "\r\n\r\n", true));
  EXPECT_EQ(open_once(large_header), "proxy-garbage");
  const ScriptedServer silent(always(""));
  EXPECT_EQ(open_once(silent, "", milliseconds(500)), "proxy-timeout");
  const ScriptedServer drips(
      [](const std::string&, std::size_t) { return ScriptedAnswer{kOpen, false, milliseconds(200)}; });
  EXPECT_EQ(open_once(drips, "", milliseconds(1'000)), "proxy-timeout");
}

TEST(Tunnels, nobody_at_the_proxys_address_is_said) {
  std::string port;
  {
    const ScriptedServer gone(always(""));
    port = gone.port_text();
  }
  Tunnels tunnels("");
  EXPECT_EQ(open(tunnels, Proxy::parse("http://127.0.0.1:" + port).value()), "proxy-unreachable");
  EXPECT_EQ(open(tunnels, Proxy::parse("http://name.invalid:3128").value()), "proxy-unreachable");
}

TEST(Tunnels, what_is_under_way_is_given_up_with_the_object) {
  const ScriptedServer silent(always(""));
  asio::io_context context(1);
  auto tunnels = std::make_unique<Tunnels>("");
  std::string result;
  const Proxy proxy = Proxy::parse("http://127.0.0.1:" + silent.port_text()).value();
  asio::co_spawn(context.get_executor(),
                 tell(tunnels->open(proxy, "meet.example.org", 443, milliseconds(60'000)), result),
                 asio::detached);
  context.poll();
  tunnels.reset();
  context.run();
  EXPECT_EQ(result, "cancelled");
}

}  // namespace
}  // namespace vistime::transport::reach
