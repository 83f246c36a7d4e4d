#include "server/edge/network_probe.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/common/http_testing.hpp"
#include "site/network_record.hpp"

namespace vistime::server::edge {
namespace {

ProbeLimits quick() {
  ProbeLimits limits;
  limits.pause = std::chrono::milliseconds(5);
  limits.lines = 3;
  limits.messages = 2;
  limits.at_once_per_address = 1;
  limits.silence = std::chrono::milliseconds(2000);
  return limits;
}

class Probes : public testing::Test {
 protected:
  Probes() { register_probes(router_, registry_, quick()); }
  prometheus::Registry registry_;
  Router router_;
};

std::string upgrade(const std::string& path) {
  return "GET " + path +
         " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

// A masked text frame with the mask 0 (RFC 6455, section 5.2).
std::string frame(const std::string& text) {
  return std::string{'\x81', static_cast<char>(0x80 | text.size()), 0, 0, 0, 0} + text;
}

TEST_F(Probes, whoever_asks_from_another_port_may_read_the_answer) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send("GET /network/reach HTTP/1.0\r\n\r\n");
  const std::string answer = client.rest();
  EXPECT_NE(answer.find("Access-Control-Allow-Origin: *"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\nvistime reach\n")) << answer;
}

TEST_F(Probes, the_stream_comes_in_chunks_and_ends) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send("GET /network/stream HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = client.rest();
  EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("7\r\nline 0\n\r\n7\r\nline 1\n\r\n7\r\nline 2\n\r\n0\r\n\r\n")) << answer;
}

TEST_F(Probes, an_old_proxy_gets_the_stream_without_chunks) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send("GET /network/stream HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.rest().ends_with("\r\n\r\nline 0\nline 1\nline 2\n"));
}

TEST_F(Probes, the_echo_gives_back_a_few_messages_and_closes) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send(upgrade("/network/echo"));
  client.until("\r\n\r\n");
  client.send(frame("one"));
  EXPECT_TRUE(client.until("\x81\x03one").ends_with("\x81\x03one"));
  client.send(frame("two"));
  client.until(std::string("two\x88\x02\x03\xe8", 7));
  client.end_sending();
  client.rest();
}

TEST_F(Probes, a_long_message_ends_the_echo) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send(upgrade("/network/echo"));
  client.until("\r\n\r\n");
  std::string large{'\x81', static_cast<char>(0x80 | 126), 4, 0, 0, 0, 0, 0};  // 1024 bytes
  large.append(1024, 'x');
  client.send(large);
  EXPECT_EQ(client.rest().find("xxx"), std::string::npos);
}

TEST_F(Probes, an_address_has_so_many_at_once) {
  TestListener listener(router_, {});
  RawClient first(listener.port()), second(listener.port());
  first.send(upgrade("/network/echo"));
  first.until("\r\n\r\n");
  second.send("GET /network/stream HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string refused = second.rest();
  EXPECT_NE(refused.find("503"), std::string::npos);
  EXPECT_NE(refused.find("too-many-checks"), std::string::npos);
}

TEST_F(Probes, the_view_shows_the_request_as_it_arrived_and_nothing_secret) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send(
      "GET /network/view HTTP/1.0\r\nVia: 1.1 gateway\r\nCookie: sweet\r\nAuthorization: Bearer key\r\n\r\n");
  const std::string answer = client.rest();
  EXPECT_EQ(answer.find("sweet"), std::string::npos);
  EXPECT_EQ(answer.find("key"), std::string::npos);
  const auto view = nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n")));
  EXPECT_EQ(view["address"], "127.0.0.1");
  EXPECT_EQ(view["http"], "1.0");
  EXPECT_EQ(view["headers"][0], (nlohmann::json{"Via", "1.1 gateway"}));
  EXPECT_TRUE(site::from_rfc3339(view["time"]));
}

TEST_F(Probes, bulk_gives_as_much_as_it_says_and_takes_what_it_is_given) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send("GET /network/bulk HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = client.rest();
  EXPECT_NE(answer.find("Content-Length: 1048576\r\n"), std::string::npos);
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 1'048'576U);
  RawClient giver(listener.port());
  giver.send("POST /network/bulk HTTP/1.0\r\nContent-Length: 60000\r\n\r\n" + std::string(60'000, 'x'));
  EXPECT_NE(giver.rest().find(" 204 "), std::string::npos);
}

TEST(ProbeSlots, they_are_given_back) {
  prometheus::Registry registry;
  ProbeLimits limits;
  limits.at_once = 2;
  limits.at_once_per_address = 1;
  const auto slots = std::make_shared<ProbeSlots>(limits, registry);
  {
    const auto one = slots->take("192.0.2.1");
    EXPECT_TRUE(one);
    EXPECT_FALSE(slots->take("192.0.2.1"));
    const auto two = slots->take("2001:db8::1");
    EXPECT_TRUE(two);
    EXPECT_FALSE(slots->take("2001:db8:0:1::1"));
  }
  EXPECT_TRUE(slots->take("192.0.2.1"));
}

TEST_F(Probes, a_plain_request_for_the_echo_is_told_so) {
  TestListener listener(router_, {});
  RawClient client(listener.port());
  client.send("GET /network/echo HTTP/1.0\r\n\r\n");
  EXPECT_NE(client.rest().find("426 Upgrade Required"), std::string::npos);
}

}  // namespace
}  // namespace vistime::server::edge
