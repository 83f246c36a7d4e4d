#include "client/core/https_network.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "client/core/tls_server_testing.hpp"

namespace vistime::client {
namespace {

TEST(HttpsNetwork, answers_come_on_the_executor_and_not_from_within_the_call) {
  const TlsServerForTest server(http_answer("200 OK", R"({"room":"abcdefgh23","key_check":"ab"})"));
  boost::asio::io_context context(1);
  const auto guard = boost::asio::make_work_guard(context);
  auto network = HttpsNetwork::create(context.get_executor(), {.server = {"localhost", server.port()},
                                                               .ca_file = server.certificate_file()})
                     .value();
  bool answered = false;
  network->room_info("abcdefgh23", [&](const base::Result<RoomInfo>& info) {
    EXPECT_TRUE(info);
    answered = true;
    context.stop();
  });
  EXPECT_FALSE(answered);
  context.run();
  EXPECT_TRUE(answered);
}

TEST(HttpsNetwork, a_link_that_cannot_be_made_is_an_error_with_our_code) {
  const TlsServerForTest server(http_answer("404 Not Found", ""));
  boost::asio::io_context context(1);
  auto trusting = HttpsNetwork::create(context.get_executor(), {.server = {"localhost", server.port()},
                                                                .ca_file = server.certificate_file()})
                      .value();
  auto doubting =
      HttpsNetwork::create(context.get_executor(), {.server = {"localhost", server.port()}}).value();
  std::vector<std::string> codes;
  for (auto* network : {trusting.get(), doubting.get()}) {
    network->connect("/link/conference/abcdefgh23", [&](const auto& carrier) {
      codes.push_back(carrier ? "connected" : carrier.error().code);
    });
    context.run();
    context.restart();
  }
  EXPECT_EQ(codes, (std::vector<std::string>{"unreachable", "tls-not-trusted"}));
}

TEST(HttpsNetwork, an_unreadable_ca_file_is_said_before_anything_is_tried) {
  boost::asio::io_context context(1);
  const auto network = HttpsNetwork::create(context.get_executor(),
                                            {.server = {"localhost", 1}, .ca_file = "/nonexistent/ca.pem"});
  ASSERT_FALSE(network);
  EXPECT_EQ(network.error().code, "ca-file");
}

}  // namespace
}  // namespace vistime::client
