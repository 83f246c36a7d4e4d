#include "server/common/http_metrics.hpp"

namespace vistime::server {
namespace {

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

HttpMetrics::HttpMetrics(prometheus::Registry& registry)
    : refused_(prometheus::BuildCounter()
                   .Name("vistime_connections_refused_total")
                   .Help("Connections closed at once because a limit was reached")
                   .Register(registry)),
      connections_(prometheus::BuildGauge()
                       .Name("vistime_connections")
                       .Help("Open connections, before they become links")
                       .Register(registry)
                       .Add({})),
      accept_errors_(
          counter(registry, "vistime_accept_errors_total", "Connections that could not be accepted")),
      handshake_failures_(
          counter(registry, "vistime_tls_handshake_failures_total", "TLS handshakes that failed")),
      upgrades_(counter(registry, "vistime_http_upgrades_total", "Requests that became a link")) {
  auto& family = prometheus::BuildCounter()
                     .Name("vistime_http_requests_total")
                     .Help("Answered requests, by the class of the answer")
                     .Register(registry);
  for (std::size_t at = 0; at < by_class_.size(); ++at) {
    by_class_[at] = &family.Add({{"class", std::to_string(at) + "xx"}});
  }
}

}  // namespace vistime::server
