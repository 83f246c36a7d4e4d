// Links over WebSocket (RFC 6455): binary messages, no compression.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "transport/carrier.hpp"
#include "transport/stream.hpp"
#include "transport/timer.hpp"
#include "transport/tls_context.hpp"

namespace vistime::transport {

// The upgrade request as the server read it.
using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

// Serves: answers the upgrade request that was read from `stream`. Nothing is read from the carrier before
// set_events().
Task<base::Result<std::unique_ptr<Carrier>>> accept_websocket(Stream stream, UpgradeRequest request);

struct WebSocketTarget {
  std::string host;  // for DNS, SNI and the Host header
  std::string port = "443";
  std::string path;  // "/link/conference/ROOM"
};

// Connects: DNS, TCP (every address, 250 ms apart, the first to answer wins), TLS, upgrade; `limit` for all of it.
// Errors: kUnreachable with code "dns", "tcp", "timeout" or "upgrade"; kRefused with code "tls-untrusted".
Task<base::Result<std::unique_ptr<Carrier>>> connect_websocket(WebSocketTarget target, TlsContext context,
                                                               std::chrono::milliseconds limit);

// The same up to and with TLS: for those who speak HTTP. An empty context: no TLS.
Task<base::Result<Stream>> connect_stream(std::string host, std::string port, TlsContext context,
                                          std::chrono::milliseconds limit);

// One message and no more: what the handshake reads. Errors when the carrier closes or time runs out.
Task<base::Result<base::Bytes>> receive_one(Carrier& carrier, std::chrono::milliseconds limit);

}  // namespace vistime::transport
