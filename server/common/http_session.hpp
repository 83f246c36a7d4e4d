// Serves HTTP/1.1 on one connection: reads requests within limits of size and time, routes them, and hands the
// connection over when one of them asks for an upgrade that a route knows.
#pragma once

#include <chrono>
#include <memory>

#include "server/common/networks.hpp"
#include "server/common/router.hpp"

namespace vistime::server {

class HttpMetrics;

struct HttpLimits {
  std::chrono::milliseconds handshake{10'000};  // PROXY header and TLS
  std::chrono::milliseconds header{10'000};     // the first request's header
  std::chrono::milliseconds idle{60'000};       // until the next request's header is complete
  std::chrono::milliseconds transfer{30'000};   // a body, or writing an answer
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 128 * 1024;
};

// Shared by the sessions of a listener; outlives them.
struct HttpService {
  const Router* router = nullptr;
  HttpMetrics* metrics = nullptr;
  Networks trusted_proxies;
  HttpLimits limits;
};

// `peer`: the connection's other end, as the PROXY protocol told it. Returns when the connection is closed, or when
// the upgrade's handler returns.
Task<void> serve_http(transport::Stream stream, Peer peer, std::shared_ptr<const HttpService> service);

}  // namespace vistime::server
