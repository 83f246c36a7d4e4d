#include "server/master/remote_conference.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "server/common/certificates.hpp"
#include "server/master/http_answers.hpp"
#include "server/master/master_testing.hpp"

namespace vistime::server::master {
namespace {

using base::ErrorKind;
using transport::tcp;

// The other host: answers one request, on this machine's loopback.
struct RemoteConferenceTest : testing::Test {
  void SetUp() override {
    // TLS compares certificates with the system's time.
    ASSERT_TRUE(ensure_certificates(folder.path(), {"localhost"}, base::SystemClock().wall()));
  }
  Task<void> serve_one(Response answer) {
    const auto token = asio::as_tuple(transport::use_task);
    auto [accept_error, socket] = co_await acceptor.async_accept(token);
    if (accept_error) co_return;
    transport::Stream stream(std::move(socket));
    const auto files = certificate_files(folder.path());
    if (!stream.start_tls_server(transport::make_server_tls(files.certificate, files.key).value())) co_return;
    const auto [error] = co_await stream.handshake(token);
    if (error) co_return;
    boost::beast::flat_buffer buffer;
    const auto [read_error, read] = co_await http::async_read(stream, buffer, request, token);
    if (read_error) co_return;
    answer.prepare_payload();
    std::ignore = co_await http::async_write(stream, answer, token);
    stream.shutdown_send();
  }
  RemoteConference remote() {
    auto tls = transport::make_client_tls(certificate_files(folder.path()).ca.string()).value();
    const std::string port = std::to_string(acceptor.local_endpoint().port());
    return RemoteConference(HttpClient(Origin{"127.0.0.1", port}, std::move(tls)), signer, clock);
  }
  // Asks while the other host gives this answer.
  template <typename T>
  T asking(Task<T> task, http::status status, const std::string& body) {
    Response answer(status, 11);
    answer.body() = body;
    std::optional<T> result;
    asio::co_spawn(context.get_executor(), serve_one(std::move(answer)), [](const std::exception_ptr&) {});
    asio::co_spawn(context.get_executor(), std::move(task), [&](const std::exception_ptr&, T value) {
      result.emplace(std::move(value));
      acceptor.cancel();
    });
    context.run();
    return std::move(*result);
  }
  ControlGrant grant() {
    const auto verifier = TokenVerifier::from_key_set(signer.key_set()).value();
    return verifier.verify_control(bearer_of(request), clock.wall()).value();
  }

  const TemporaryFolder folder;
  base::ManualClock clock;
  const TokenSigner signer{base::Bytes(32, 7)};
  asio::io_context context{1};
  asio::basic_socket_acceptor<tcp, transport::Executor> acceptor{
      context.get_executor(), tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  Request request;
};

TEST_F(RemoteConferenceTest, a_room_is_closed_with_a_token_for_just_that) {
  auto conference = remote();
  EXPECT_TRUE(asking(conference.close_room("abcdefghij"), http::status::no_content, ""));
  EXPECT_EQ(request.method(), http::verb::post);
  EXPECT_EQ(request.target(), "/conference/control/close");
  EXPECT_EQ(grant().room, "abcdefghij");
  EXPECT_EQ(grant().action, "close");
  clock.advance(std::chrono::seconds(31));
  const auto verifier = TokenVerifier::from_key_set(signer.key_set()).value();
  EXPECT_EQ(verifier.verify_control(bearer_of(request), clock.wall()).error().code, "token-expired");
}

TEST_F(RemoteConferenceTest, a_rooms_status_is_asked_and_read) {
  auto conference = remote();
  const auto status = asking(conference.room_status("abcdefghij"), http::status::ok,
                             R"({"participants":3,"waiting":1,"locked":true,"closed":false})");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->participants, 3U);
  EXPECT_EQ(status->waiting, 1U);
  EXPECT_TRUE(status->locked);
  EXPECT_FALSE(status->closed);
  EXPECT_EQ(request.method(), http::verb::get);
  EXPECT_EQ(request.target(), "/conference/control/status");
  EXPECT_EQ(grant().action, "status");
}

TEST_F(RemoteConferenceTest, a_refusal_there_is_our_problem_and_not_the_clients) {
  auto conference = remote();
  const auto closed =
      asking(conference.close_room("abcdefghij"), http::status::forbidden, R"({"code":"token-invalid"})");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::kUnreachable);
  EXPECT_EQ(closed.error().code, "upstream");
  EXPECT_NE(closed.error().message.find("403"), std::string::npos);
}

TEST_F(RemoteConferenceTest, a_server_that_is_away_is_unreachable) {
  auto conference = remote();
  acceptor.close();
  const auto status = run(conference.room_status("abcdefghij"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kUnreachable);
}

TEST_F(RemoteConferenceTest, a_certificate_of_somebody_else_is_not_trusted) {
  const TemporaryFolder other;
  ASSERT_TRUE(ensure_certificates(other.path(), {"localhost"}, base::SystemClock().wall()));
  auto tls = transport::make_client_tls(certificate_files(other.path()).ca.string()).value();
  const std::string port = std::to_string(acceptor.local_endpoint().port());
  RemoteConference conference(HttpClient(Origin{"127.0.0.1", port}, std::move(tls)), signer, clock);
  EXPECT_FALSE(asking(conference.close_room("abcdefghij"), http::status::no_content, ""));
  EXPECT_EQ(request.target(), "");
}

TEST(ParseRoomStatus, what_is_not_one_is_refused) {
  EXPECT_TRUE(parse_room_status(R"({"participants":0,"waiting":0,"locked":false,"closed":true,"later":1})"));
  for (const char* body :
       {"", "{", "[]", "7", "{}", R"({"participants":-1,"waiting":0,"locked":false,"closed":false})",
        R"({"participants":4294967296,"waiting":0,"locked":false,"closed":false})",
        R"({"participants":1,"waiting":0,"locked":0,"closed":false})",
        R"({"participants":1,"locked":true,"closed":false})",
        R"({"participants":1,"waiting":0,"locked":true})",
        R"({"participants":1.5,"waiting":0,"locked":true,"closed":false})"}) {
    EXPECT_FALSE(parse_room_status(body)) << body;
  }
}

}  // namespace
}  // namespace vistime::server::master
