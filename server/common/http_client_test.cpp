#include "server/common/http_client.hpp"

#include <gtest/gtest.h>

#include "server/common/http_testing.hpp"

namespace vistime::server {
namespace {

TEST(HttpClient, request_and_answer_go_through) {
  Router router;
  router.on(http::verb::post, "/echo", [](Request request, Target, Peer) -> Task<Response> {
    co_return json_response(request, http::status::created,
                            std::string(request[http::field::host]) + request.body());
  });
  TestListener listener(router, {.tls = true});
  Request request(http::verb::post, "/echo", 11);
  request.body() = " body";
  auto answer = run_to_end(listener.client().ask(std::move(request)));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->result_int(), 201U);
  EXPECT_EQ(answer->body(), fmt::format("localhost:{} body", listener.port()));
}

TEST(HttpClient, nobody_there_is_unreachable) {
  std::uint16_t port = 0;
  {
    const Router router;
    const TestListener gone(router, {});
    port = gone.port();
  }
  const HttpClient client(Origin{"localhost", std::to_string(port)}, transport::make_client_tls("").value());
  auto answer = run_to_end(client.ask(Request(http::verb::get, "/", 11)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, base::ErrorKind::kUnreachable);
  EXPECT_EQ(answer.error().code, "upstream");
}

}  // namespace
}  // namespace vistime::server
