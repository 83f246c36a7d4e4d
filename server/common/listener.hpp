// Listens on one port and serves what connects: limits, PROXY protocol, TLS, HTTP. It survives accept errors, and goes
// on with the connections it has when it stops.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "server/common/certificates.hpp"
#include "server/common/connection_limits.hpp"
#include "server/common/http_session.hpp"
#include "server/common/workers.hpp"

namespace vistime::server {

struct ListenerSettings {
  std::string name;  // "https", for logs and messages
  std::string flag;  // "--https-port", for messages
  std::string bind = "::";
  std::uint16_t port = 0;  // 0: a free one
  bool proxy_protocol = false;
};

class Listener {
 public:
  // Binds and listens, so that errors show at once; nothing is accepted before start(). `certificates` null: no TLS.
  // Workers, certificates and metrics outlive the workers' threads. Codes: "port-taken", "port-forbidden", "bind".
  static base::Result<std::unique_ptr<Listener>> open(Workers& workers, ListenerSettings settings,
                                                      std::shared_ptr<ConnectionLimits> limits,
                                                      const CertificateSource* certificates);
  ~Listener();
  std::uint16_t port() const;
  // Connections are served from now on.
  void start(HttpService service);
  // From any thread; accepts nobody any more.
  void stop();

 private:
  struct Shared;
  explicit Listener(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;  // with the accept loop and the connections
};

}  // namespace vistime::server
