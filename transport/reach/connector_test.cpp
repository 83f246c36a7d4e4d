#include "transport/reach/connector.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "transport/reach/scripted_server_testing.hpp"

namespace vistime::transport::reach {
namespace {

Task<void> open(Connector& connector, Route route, std::string& code) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  const auto stream = co_await connector.open_stream(std::move(route), deadline);
  code = stream ? "open" : stream.error().code;
}

// What comes of a way through a proxy that answers so.
std::string through(ScriptedAnswer answer) {
  const ScriptedServer proxy([&](const std::string&, std::size_t) { return answer; });
  asio::io_context context(1);  // outlives the connector, whose threads answer on it
  const auto connector = Connector::create("").value();
  const Route route{.host = "meet.example.org",
                    .proxy = Proxy::parse("127.0.0.1:" + proxy.port_text()).value()};
  std::string code;
  asio::co_spawn(context.get_executor(), open(*connector, route, code), asio::detached);
  context.run();
  return code;
}

TEST(Connector, a_page_in_answer_to_connect_is_no_way_to_the_server) {
  EXPECT_EQ(through({"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Please sign in</html>"}),
            "proxy-garbage");
}

TEST(Connector, a_proxy_that_agrees_and_then_closes_or_is_silent_is_told_from_one_that_answers_itself) {
  EXPECT_EQ(through({"HTTP/1.1 200 OK\r\n\r\n", true}), "tls-failed");
  EXPECT_EQ(through({"HTTP/1.1 200 OK\r\n\r\n"}), "tls-timeout");
}

TEST(Connector, a_ca_file_that_cannot_be_read_is_named) {
  const auto connector = Connector::create("/nonexistent/ca.pem");
  ASSERT_FALSE(connector);
  EXPECT_EQ(connector.error().code, "ca-file");
}

}  // namespace
}  // namespace vistime::transport::reach
