#include "server/common/http_metrics.hpp"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

namespace vistime::server {
namespace {

TEST(HttpMetrics, what_is_counted_shows_up_under_its_name) {
  prometheus::Registry registry;
  HttpMetrics metrics(registry);
  metrics.answered(204);
  metrics.answered(404);
  metrics.refused("per-address");
  metrics.connections().Increment();
  const std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_NE(text.find("vistime_http_requests_total{class=\"2xx\"} 1"), std::string::npos) << text;
  EXPECT_NE(text.find("vistime_http_requests_total{class=\"4xx\"} 1"), std::string::npos);
  EXPECT_NE(text.find("vistime_connections_refused_total{reason=\"per-address\"} 1"), std::string::npos);
  EXPECT_NE(text.find("vistime_connections 1"), std::string::npos);
}

}  // namespace
}  // namespace vistime::server
