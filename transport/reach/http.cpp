#include "transport/reach/http.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "transport/time_limit.hpp"

namespace vistime::transport::reach {

Task<base::Result<HttpAnswer>> HttpConnection::ask(HttpRequest request, std::size_t max_bytes,
                                                   Deadline deadline) {
  request.version(11);
  request.set(http::field::host, authority_);
  request.prepare_payload();
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_bytes);
  reusable_ = false;  // until all has gone well
  const TimeLimit limit(stream_, deadline);
  const auto token = asio::as_tuple(use_task);
  auto [error, size] = co_await http::async_write(stream_, request, token);
  if (!error) std::tie(error, size) = co_await http::async_read(stream_, buffer_, parser, token);
  if (error == http::error::body_limit) {
    co_return base::fail_as(base::ErrorKind::kInternal, "bad-answer", "{} answered with more than {} KiB",
                            authority_, max_bytes >> 10);
  }
  if (limit.passed()) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "http-timeout", "{} did not answer in time",
                            authority_);
  }
  if (error) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "http-failed",
                            "{} did not answer as a web server does: {}", authority_, error.message());
  }
  reusable_ = parser.keep_alive();
  co_return parser.release();
}

}  // namespace vistime::transport::reach
