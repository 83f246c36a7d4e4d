#include "server/common/http_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "server/common/deadline.hpp"
#include "transport/websocket.hpp"

namespace vistime::server {

using base::ErrorKind;
using base::fail_as;
using base::Result;

namespace {

constexpr auto kConnectTime = std::chrono::seconds(5);
constexpr auto kAnswerTime = std::chrono::seconds(30);
constexpr std::size_t kMaxAnswer = 1 << 20;

}  // namespace

Task<Result<transport::Stream>> HttpClient::connect() const {
  auto stream = co_await transport::connect_stream(origin_.host, origin_.port, tls_, kConnectTime);
  if (!stream) {
    co_return fail_as(ErrorKind::kUnreachable, "upstream", "the server behind this one is not there: {}",
                      stream.error().message);
  }
  co_return stream;
}

Task<Result<Response>> HttpClient::ask(Request request) const {
  auto stream = co_await connect();
  if (!stream) co_return std::unexpected(std::move(stream).error());
  request.set(http::field::host, origin_.authority());
  request.set(http::field::connection, "close");
  const bool head_only = request.method() == http::verb::head;
  request.prepare_payload();
  const Deadline deadline(*stream, kAnswerTime);
  const auto token = asio::as_tuple(transport::use_task);
  auto [error, written] = co_await http::async_write(*stream, request, token);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxAnswer);
  parser.skip(head_only);
  if (!error) {
    auto [read_error, read] = co_await http::async_read(*stream, buffer, parser, token);
    error = read_error;
  }
  if (error) {
    co_return fail_as(ErrorKind::kUnreachable, "upstream", "{} does not answer: {}", origin_.authority(),
                      deadline.passed() ? "too slow" : error.message());
  }
  co_return parser.release();
}

}  // namespace vistime::server
