// Takes one route: from a name to a verified stream, and on to a carrier that has proved that it carries.
#pragma once

#include <memory>
#include <string>

#include "transport/carrier.hpp"
#include "transport/connect.hpp"
#include "transport/reach/route.hpp"
#include "transport/reach/tunnel.hpp"
#include "transport/tls_context.hpp"

namespace vistime::transport::reach {

class Connector {
 public:
  // `ca_file`: trusted beside the system's store; may be empty. Fails when it cannot be read.
  static base::Result<std::unique_ptr<Connector>> create(const std::string& ca_file);

  // Direct or through the proxy, TLS up. Errors: those of connect_socket(), secure() and Tunnels::open(); TLS that fails
  // behind a proxy which answered something else than the server is "proxy-garbage".
  Task<base::Result<Stream>> open_stream(Route route, Deadline deadline);

  // A carrier to `path` on which a probe was answered with Ready: a route that merely opens has proved nothing. Errors:
  // those above, of open_websocket() and RequestCarrier::open(), and kUnreachable "starved".
  Task<base::Result<std::unique_ptr<Carrier>>> open_link(Route route, std::string path, Deadline deadline);

 private:
  Connector(TlsContext tls, const std::string& ca_file) : tls_(std::move(tls)), tunnels_(ca_file) {}

  const TlsContext tls_;
  Tunnels tunnels_;
};

}  // namespace vistime::transport::reach
