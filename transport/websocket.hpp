// Links over WebSocket (RFC 6455): binary messages, no compression.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "transport/carrier.hpp"
#include "transport/connect.hpp"
#include "transport/stream.hpp"
#include "transport/timer.hpp"
#include "transport/tls_context.hpp"

namespace vistime::transport {

// The upgrade request as the server read it.
using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

// Serves: answers the upgrade request that was read from `stream`. Nothing is read from the carrier before
// set_events().
Task<base::Result<std::unique_ptr<Carrier>>> accept_websocket(Stream stream, UpgradeRequest request);

// Asks for the upgrade on a connected stream. `authority` is the Host header: HOST[:PORT]. Errors: kUnreachable with code
// "upgrade-refused" (another answer than 101 came) or "upgrade-timeout".
Task<base::Result<std::unique_ptr<Carrier>>> open_websocket(Stream stream, std::string authority,
                                                            std::string path, Deadline deadline);

struct WebSocketTarget {
  std::string host;  // for DNS, SNI and the Host header
  std::string port = "443";
  std::string path;  // "/link/conference/ROOM"
};

// Connects directly: DNS, TCP, TLS, upgrade; `limit` for all of it. Errors as connect_stream's and open_websocket's.
Task<base::Result<std::unique_ptr<Carrier>>> connect_websocket(WebSocketTarget target, TlsContext context,
                                                               std::chrono::milliseconds limit);

// One message and no more: what the handshake reads. Errors when the carrier closes or time runs out.
Task<base::Result<base::Bytes>> receive_one(Carrier& carrier, std::chrono::milliseconds limit);

}  // namespace vistime::transport
