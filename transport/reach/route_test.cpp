#include "transport/reach/route.hpp"

#include <gtest/gtest.h>

namespace vistime::transport::reach {
namespace {

std::vector<std::string> names(const std::vector<Route>& routes) {
  std::vector<std::string> out;
  for (const Route& route : routes) out.push_back(route.name());
  return out;
}

using Names = std::vector<std::string>;

TEST(Ladder, goes_from_the_best_route_to_the_last_resort) {
  const std::vector<Proxy> one = {Proxy::parse("http://proxy:3128").value()};
  EXPECT_EQ(names(ladder(Channel::kConference, "meet.example.org", 443, {})),
            (Names{"wss-443", "wss-12001", "https-443"}));
  EXPECT_EQ(
      names(ladder(Channel::kConference, "meet.example.org", 443, one)),
      (Names{"wss-443", "wss-443-proxy", "wss-12001", "wss-12001-proxy", "https-443", "https-443-proxy"}));
  EXPECT_EQ(names(ladder(Channel::kMaster, "meet.example.org", 443, one)),
            (Names{"https-443", "https-443-proxy", "https-12000", "https-12000-proxy"}));
  EXPECT_EQ(names(ladder(Channel::kConference, "meet.example.org", 8443, {})),
            (Names{"wss-8443", "https-8443"}));
}

TEST(Ladder, what_won_the_last_time_goes_first) {
  const std::vector<Proxy> two = {Proxy::parse("http://a:1").value(), Proxy::parse("http://b:1").value()};
  auto routes = ladder(Channel::kMaster, "meet.example.org", 443, two);
  prefer(routes, "https-443-proxy", "http://b:1");
  EXPECT_EQ(routes.front().proxy, two[1]);
  EXPECT_EQ(routes[1].name(), "https-443");
  const auto before = routes;
  prefer(routes, "https-443-proxy", "http://gone:1");
  EXPECT_EQ(routes, before);
}

}  // namespace
}  // namespace vistime::transport::reach
