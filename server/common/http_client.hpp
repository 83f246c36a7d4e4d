// Asks another of our servers: one connection for each request, TLS verified.
#pragma once

#include <chrono>

#include "server/common/router.hpp"
#include "server/common/url.hpp"
#include "transport/tls_context.hpp"

namespace vistime::server {

class HttpClient {
 public:
  HttpClient(Origin origin, transport::TlsContext tls) : origin_(std::move(origin)), tls_(std::move(tls)) {}
  const Origin& origin() const { return origin_; }
  // TLS is up. kUnreachable with code "upstream".
  Task<base::Result<transport::Stream>> connect() const;
  // The answer, of at most 1 MiB. Host and Connection are set here.
  Task<base::Result<Response>> ask(Request request) const;

 private:
  const Origin origin_;
  const transport::TlsContext tls_;
};

}  // namespace vistime::server
