#include "server/common/listener.hpp"

#include <gtest/gtest.h>

#include "server/common/http_testing.hpp"
#include "server/common/proxy_protocol.hpp"

namespace vistime::server {
namespace {

class Listeners : public testing::Test {
 protected:
  Listeners() {
    router_.on(http::verb::get, "/who", [](Request request, Target, Peer peer) -> Task<Response> {
      co_return json_response(request, http::status::ok, peer.address + (peer.tls ? " tls" : " plain"));
    });
  }
  static constexpr auto kWho = "GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  Router router_;
};

TEST_F(Listeners, requests_are_served_over_tls) {
  TestListener listener(router_, {.tls = true});
  auto answer = run_to_end(listener.client().ask(Request(http::verb::get, "/who", 11)));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body(), "127.0.0.1 tls");
}

TEST_F(Listeners, a_client_that_does_not_trust_the_ca_is_told) {
  TestListener listener(router_, {.tls = true});
  const HttpClient stranger(Origin{"localhost", std::to_string(listener.port())},
                            transport::make_client_tls("").value());
  auto answer = run_to_end(stranger.ask(Request(http::verb::get, "/who", 11)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "upstream");
}

TEST_F(Listeners, a_new_certificate_serves_new_connections) {
  TestListener listener(router_, {.tls = true});
  std::filesystem::remove_all(listener.folder.path() / "tls");
  make_test_certificates(listener.folder);
  ASSERT_TRUE(listener.certificates->check(true).value());
  auto answer = run_to_end(listener.client().ask(Request(http::verb::get, "/who", 11)));
  EXPECT_TRUE(answer) << answer.error().message;
}

TEST_F(Listeners, a_trusted_balancer_names_the_client_in_both_versions) {
  TestListener listener(router_, {.proxy_protocol = true, .trusted = {"127.0.0.1"}});
  const base::Bytes header = encode_proxy_header("192.0.2.7", 1234);
  for (const std::string& first :
       {std::string("PROXY TCP4 192.0.2.7 192.0.2.1 1234 443\r\n"), std::string(base::as_text(header))}) {
    RawClient client(listener.port());
    client.send(first + kWho);
    EXPECT_TRUE(client.rest().ends_with("192.0.2.7 plain"));
  }
}

TEST_F(Listeners, a_header_may_come_byte_by_byte) {
  TestListener listener(router_, {.proxy_protocol = true, .trusted = {"127.0.0.1"}});
  RawClient client(listener.port());
  for (const char byte : std::string("PROXY TCP4 192.0.2.7 192.0.2.1 1234 443\r\n"))
    client.send(std::string(1, byte));
  client.send(kWho);
  EXPECT_TRUE(client.rest().ends_with("192.0.2.7 plain"));
}

TEST_F(Listeners, a_trusted_balancer_that_names_nobody_is_cut_off) {
  TestListener listener(router_, {.proxy_protocol = true, .trusted = {"127.0.0.1"}});
  RawClient client(listener.port());
  client.send(kWho);
  EXPECT_EQ(client.rest(), "");
}

TEST_F(Listeners, a_trusted_server_that_speaks_tls_at_once_is_its_own_client) {
  TestListener listener(router_, {.tls = true, .proxy_protocol = true, .trusted = {"127.0.0.1"}});
  auto answer = run_to_end(listener.client().ask(Request(http::verb::get, "/who", 11)));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body(), "127.0.0.1 tls");
}

TEST_F(Listeners, a_strangers_proxy_header_is_no_request) {
  TestListener listener(router_, {.proxy_protocol = true, .trusted = {"10.0.0.0/8"}});
  RawClient client(listener.port());
  client.send(std::string("PROXY TCP4 192.0.2.7 192.0.2.1 1234 443\r\n") + kWho);
  EXPECT_NE(client.rest().find(" 400 "), std::string::npos);
}

TEST_F(Listeners, connections_beyond_the_limit_are_closed_and_counted) {
  TestListener listener(router_, {.connections = {1, 9, 9}});
  RawClient first(listener.port());
  first.send("GET /who HTTP/1.1\r\nHost: x\r\n\r\n");
  first.until("plain");
  RawClient second(listener.port());
  EXPECT_EQ(second.rest(), "");
  EXPECT_EQ(listener.limits->connections(), 1U);
}

TEST_F(Listeners, an_address_has_its_share_but_a_trusted_proxy_speaks_for_many) {
  for (const bool trusted : {false, true}) {
    TestListener::Options options{.connections = {9, 1, 9}};
    if (trusted) options.trusted = {"127.0.0.1"};
    TestListener listener(router_, options);
    RawClient first(listener.port());
    first.send("GET /who HTTP/1.1\r\nHost: x\r\n\r\n");
    first.until("plain");
    RawClient second(listener.port());
    second.send(kWho);
    EXPECT_EQ(second.rest().empty(), !trusted);
  }
}

TEST_F(Listeners, a_handshake_that_never_comes_ends) {
  TestListener::Options options{.tls = true};
  options.limits.handshake = std::chrono::milliseconds(20);
  TestListener listener(router_, options);
  RawClient silent(listener.port());
  EXPECT_EQ(silent.rest(), "");
}

TEST_F(Listeners, a_port_that_is_taken_is_told_with_the_flag_that_mends_it) {
  TestListener listener(router_, {});
  ListenerSettings same{"https", "--https-port", "127.0.0.1", listener.port(), false};
  auto second = Listener::open(listener.workers, same, listener.limits, nullptr);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "port-taken");
  EXPECT_NE(second.error().message.find("--https-port"), std::string::npos);
}

TEST_F(Listeners, an_address_that_is_not_ours_is_told) {
  TestListener listener(router_, {});
  ListenerSettings elsewhere{"https", "--https-port", "192.0.2.1", 0, false};
  auto opened = Listener::open(listener.workers, elsewhere, listener.limits, nullptr);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "bind");
}

TEST_F(Listeners, nobody_is_accepted_after_stop_and_nothing_hangs) {
  TestListener listener(router_, {});
  listener.listener->stop();
  EXPECT_GT(listener.port(), 0);
}

}  // namespace
}  // namespace vistime::server
