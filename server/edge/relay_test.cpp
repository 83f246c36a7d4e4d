#include "server/edge/relay.hpp"

#include <gtest/gtest.h>

#include <array>

#include "server/common/http_testing.hpp"

namespace vistime::server::edge {
namespace {

// What runs behind the edge: says who asked, and echoes on its links until it reads "bye".
class Relay : public testing::Test {
 protected:
  Relay() {
    behind_.on(http::verb::post, "/who", [](Request request, Target, Peer peer) -> Task<Response> {
      co_return json_response(request, http::status::created, peer.address + " " + request.body());
    });
    behind_.on_upgrade(
        "/link/*", [](transport::Stream stream, Request request, Target, Peer peer) -> Task<void> {
          std::string hello =
              "hello " + peer.address + " " + std::string(request[http::field::upgrade]) + "\n";
          co_await asio::async_write(stream, asio::buffer(hello), transport::use_task);
          std::array<char, 64> block{};
          std::string seen;
          while (seen.find("bye") == std::string::npos) {
            const std::size_t size =
                co_await stream.async_read_some(asio::buffer(block), transport::use_task);
            seen.append(block.data(), size);
            co_await asio::async_write(stream, asio::buffer(block, size), transport::use_task);
          }
          stream.shutdown_send();
        });
  }
  void connect_to(const TestListener& behind) {
    auto client = std::make_shared<const HttpClient>(behind.client());
    front_.on(http::verb::post, "/who", relay_requests(client));
    front_.on_upgrade("/link/*", relay_upgrades(client));
  }
  static constexpr auto kUpgrade =
      "GET /link/7 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  static constexpr auto kPost =
      "POST /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\nContent-Length: "
      "4\r\n\r\nbody";
  Router behind_, front_;
};

TEST_F(Relay, a_request_goes_through_and_the_client_stays_known) {
  const TestListener behind(behind_, {.tls = true, .trusted = {"127.0.0.1"}});
  connect_to(behind);
  const TestListener front(front_, {});
  RawClient client(front.port());
  client.send(kPost);
  const std::string answer = client.rest();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 ")) << answer;
  EXPECT_TRUE(answer.ends_with("127.0.0.1 body")) << answer;
}

TEST_F(Relay, what_the_client_claims_to_be_is_not_passed_on_unless_it_is_trusted) {
  const TestListener behind(behind_, {.tls = true, .trusted = {"127.0.0.1"}});
  connect_to(behind);
  const TestListener front(front_, {.trusted = {"127.0.0.1"}});
  RawClient client(front.port());
  client.send(kPost);
  EXPECT_TRUE(client.rest().ends_with("6.6.6.6 body"));
}

TEST_F(Relay, an_upgrade_becomes_a_tunnel_both_ways_until_an_end_closes) {
  const TestListener behind(behind_, {.tls = true, .trusted = {"127.0.0.1"}});
  connect_to(behind);
  const TestListener front(front_, {});
  RawClient client(front.port());
  client.send(kUpgrade);
  EXPECT_EQ(client.until("\n"), "hello 127.0.0.1 websocket\n");
  client.send("ping");
  EXPECT_NE(client.until("ping").find("ping"), std::string::npos);
  client.send("bye");
  EXPECT_TRUE(client.rest().ends_with("bye"));
}

TEST_F(Relay, nobody_behind_is_a_problem_document) {
  {
    const TestListener behind(behind_, {.tls = true});
    connect_to(behind);
  }
  const TestListener front(front_, {});
  for (const char* request : {kPost, kUpgrade}) {
    RawClient client(front.port());
    client.send(request);
    const std::string answer = client.rest();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 502 ")) << answer;
    EXPECT_NE(answer.find("\"code\":\"upstream\""), std::string::npos);
  }
}

}  // namespace
}  // namespace vistime::server::edge
