// What the HTTP side counts, as Prometheus reads it.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <array>
#include <string>

namespace vistime::server {

// Its registry must outlive it; its counters are safe from all threads.
class HttpMetrics {
 public:
  explicit HttpMetrics(prometheus::Registry& registry);
  void answered(unsigned status) { by_class_[status / 100 % by_class_.size()]->Increment(); }
  void refused(const std::string& reason) { refused_.Add({{"reason", reason}}).Increment(); }
  prometheus::Gauge& connections() { return connections_; }
  prometheus::Counter& accept_errors() { return accept_errors_; }
  prometheus::Counter& handshake_failures() { return handshake_failures_; }
  prometheus::Counter& upgrades() { return upgrades_; }

 private:
  std::array<prometheus::Counter*, 6> by_class_{};
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Gauge& connections_;
  prometheus::Counter& accept_errors_;
  prometheus::Counter& handshake_failures_;
  prometheus::Counter& upgrades_;
};

}  // namespace vistime::server
