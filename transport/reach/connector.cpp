#include "transport/reach/connector.hpp"

#include "protocol/link.pb.h"
#include "transport/handshake.hpp"
#include "transport/reach/request_carrier.hpp"
#include "transport/websocket.hpp"

namespace vistime::transport::reach {
namespace {

// Even a starving route gets this long, if the deadline allows, to answer the probe.
constexpr auto kProbeTime = std::chrono::milliseconds(5'000);

std::chrono::milliseconds left(Deadline deadline) {
  const auto now = std::chrono::steady_clock::now();
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline > now ? deadline - now
                                                                              : deadline - deadline);
}

Task<base::Result<void>> probe(Carrier& carrier, Deadline deadline) {
  vistime::v1::Hello hello;
  hello.set_probe(true);
  carrier.write(encode_hello(hello));
  const auto answer = co_await receive_one(carrier, std::min(kProbeTime, left(deadline)));
  if (!answer) {
    if (answer.error().code == "starved") {
      co_return base::fail_as(base::ErrorKind::kUnreachable, "starved",
                              "the connection opens, but nothing comes through it");
    }
    co_return base::fail_as(base::ErrorKind::kUnreachable, "starved",
                            "the connection opens and then breaks: {}", answer.error().message);
  }
  const auto reply = decode_hello_reply(*answer);
  if (!reply || !reply->has_ready()) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "transformed",
                            "something on the way changes what the server says");
  }
  co_return base::Result<void>();
}

}  // namespace

base::Result<std::unique_ptr<Connector>> Connector::create(const std::string& ca_file) {
  auto tls = make_client_tls(ca_file);
  if (!tls) return base::fail_as(base::ErrorKind::kInvalid, "ca-file", "{}", tls.error().message);
  return std::unique_ptr<Connector>(new Connector(std::move(*tls), ca_file));
}

Task<base::Result<Stream>> Connector::open_stream(Route route, Deadline deadline) {
  const std::string port = std::to_string(route.port);
  const std::string where = route.host + ":" + port;
  if (!route.proxy) {
    auto socket = co_await connect_socket(route.host, port, deadline);
    if (!socket) co_return std::unexpected(socket.error());
    co_return co_await secure(std::move(*socket), route.host, where, tls_, deadline);
  }
  auto socket = co_await tunnels_.open(*route.proxy, route.host, route.port, left(deadline));
  if (!socket) co_return std::unexpected(socket.error());
  auto stream = co_await secure(std::move(*socket), route.host, where, tls_, deadline);
  if (!stream && stream.error().message.find("wrong version number") != std::string::npos) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "proxy-garbage",
                            "the proxy {} says that it connects to {}, and then answers in its place",
                            route.proxy->print(), where);
  }
  co_return stream;
}

Task<base::Result<std::unique_ptr<Carrier>>> Connector::open_link(Route route, std::string path,
                                                                  Deadline deadline) {
  base::Result<std::unique_ptr<Carrier>> carrier = base::fail(base::ErrorKind::kInternal, "not tried");
  const std::string authority = authority_of(route.host, std::to_string(route.port));
  if (route.means == Means::kWebSocket) {
    auto stream = co_await open_stream(route, deadline);
    if (!stream) co_return std::unexpected(stream.error());
    carrier = co_await open_websocket(std::move(*stream), authority, path, deadline);
  } else {
    const OpenStream open = [this, route](Deadline until) { return open_stream(route, until); };
    carrier = co_await open_requests(open, authority, path, deadline);
  }
  if (!carrier) co_return std::unexpected(carrier.error());
  auto proved = co_await probe(**carrier, deadline);
  if (!proved) co_return std::unexpected(proved.error());
  co_return std::move(*carrier);
}

}  // namespace vistime::transport::reach
