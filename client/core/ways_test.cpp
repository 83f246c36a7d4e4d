#include "client/core/ways.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

using transport::reach::Channel;
using transport::reach::Means;
using transport::reach::Route;

class WaysTest : public testing::Test {
 protected:
  std::vector<std::string> names(const std::vector<Route>& routes) const {
    std::vector<std::string> out;
    for (const Route& route : routes) out.push_back(route.name());
    return out;
  }
  Route find(const std::string& name) const {
    for (const Route& route : ways_.all(Channel::kConference)) {
      if (route.name() == name) return route;
    }
    throw std::invalid_argument(name);
  }

  base::ManualClock clock_;
  std::vector<RouteNews> told_;
  std::shared_ptr<RouteMemory> memory_ = std::make_shared<RouteMemory>(clock_, "");
  Ways ways_{{.server = {.host = "meet.example.org"},
              .proxies = {Proxy::parse("http://proxy.example.org:3128").value()},
              .told = [this](const RouteNews& news) { told_.push_back(news); },
              .memory = memory_}};
};

using Names = std::vector<std::string>;
const Names kLadder = {"wss-443",         "wss-443-proxy", "wss-12001",
                       "wss-12001-proxy", "https-443",     "https-443-proxy"};

TEST_F(WaysTest, what_won_goes_first_the_next_time) {
  EXPECT_EQ(names(ways_.all(Channel::kConference)), kLadder);
  ways_.won(find("https-443-proxy"), std::chrono::milliseconds(400));
  EXPECT_EQ(names(ways_.all(Channel::kConference)), (Names{"https-443-proxy", "wss-443", "wss-443-proxy",
                                                           "wss-12001", "wss-12001-proxy", "https-443"}));
  EXPECT_EQ(ways_.all(Channel::kMaster).front().name(), "https-443");
}

TEST_F(WaysTest, above_are_the_rungs_of_the_ladder_whatever_is_remembered) {
  ways_.won(find("wss-12001"), std::chrono::milliseconds(400));
  EXPECT_EQ(names(ways_.above(find("wss-12001"))), (Names{"wss-443", "wss-443-proxy"}));
  EXPECT_EQ(names(ways_.above(find("wss-443"))), Names{});
}

TEST_F(WaysTest, who_listens_hears_of_both_ends) {
  ways_.on_failed()({find("wss-443"), {base::ErrorKind::kUnreachable, "tcp-timeout", "does not answer"}});
  ways_.won(find("wss-443-proxy"), std::chrono::milliseconds(40), "Example Gateway CA");
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[0].route, "wss-443");
  EXPECT_EQ(told_[0].failed->code, "tcp-timeout");
  EXPECT_EQ(told_[1].proxy, "http://proxy.example.org:3128");
  EXPECT_EQ(told_[1].took, std::chrono::milliseconds(40));
  EXPECT_EQ(told_[1].inspected_by, "Example Gateway CA");
}

TEST_F(WaysTest, how_long_connections_live_is_known_by_way) {
  const Route proxied = find("wss-443-proxy");
  ways_.was_cut(proxied, std::chrono::seconds(120));
  ways_.was_cut(proxied, std::chrono::seconds(121));
  EXPECT_EQ(ways_.longest_session(proxied), std::chrono::seconds(120));
  EXPECT_EQ(ways_.longest_session(find("wss-443")), std::nullopt);
}

}  // namespace
}  // namespace vistime::client
