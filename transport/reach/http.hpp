// HTTP/1.1 as a client, one request after the other on one connection.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "transport/connect.hpp"

namespace vistime::transport::reach {

namespace http = boost::beast::http;
using HttpRequest = http::request<http::string_body>;
using HttpAnswer = http::response<http::string_body>;

class HttpConnection {
 public:
  HttpConnection(Stream stream, std::string authority)
      : stream_(std::move(stream)), authority_(std::move(authority)) {}

  // Host and Content-Length are set here. Errors: kUnreachable with code "http-timeout" or "http-failed", kInternal with
  // "bad-answer" when the answer has more than `max_bytes`. After an error the connection is of no use.
  Task<base::Result<HttpAnswer>> ask(HttpRequest request, std::size_t max_bytes, Deadline deadline);
  // May another request follow?
  bool reusable() const { return reusable_; }
  // Whatever is under way ends with an error.
  void cut() {
    reusable_ = false;
    stream_.close();
  }
  Stream& stream() { return stream_; }
  boost::beast::flat_buffer& buffer() { return buffer_; }

 private:
  Stream stream_;
  const std::string authority_;
  boost::beast::flat_buffer buffer_;
  bool reusable_ = true;
};

}  // namespace vistime::transport::reach
