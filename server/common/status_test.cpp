#include "server/common/status.hpp"

#include <gtest/gtest.h>

#include "server/common/http_metrics.hpp"
#include "server/common/run_testing.hpp"

namespace vistime::server {
namespace {

class Status : public testing::Test {
 protected:
  Status() : metrics_(registry_) {
    register_status_routes(router_,
                           {[this] { return ready_; }, &registry_, Networks::parse({"127.0.0.1"}).value()});
  }
  Response get(const std::string& path, const std::string& from = "127.0.0.1") {
    Target target = parse_target(path).value();
    const auto match = router_.find(http::verb::get, target);
    return run_to_end((*match.handler)(Request(http::verb::get, path, 11), target, Peer{from, 1, true}));
  }
  prometheus::Registry registry_;
  HttpMetrics metrics_;
  Router router_;
  bool ready_ = true;
};

TEST_F(Status, a_living_process_is_healthy_and_not_always_ready) {
  EXPECT_EQ(get("/healthz").result_int(), 200U);
  EXPECT_EQ(get("/readyz").result_int(), 200U);
  ready_ = false;
  EXPECT_EQ(get("/healthz").result_int(), 200U);
  EXPECT_EQ(get("/readyz").result_int(), 503U);
}

TEST_F(Status, metrics_are_for_those_who_may) {
  EXPECT_NE(get("/metrics").body().find("vistime_connections 0"), std::string::npos);
  EXPECT_EQ(get("/metrics", "192.0.2.1").result_int(), 403U);
}

}  // namespace
}  // namespace vistime::server
