#include "transport/reach/climb.hpp"

#include <gtest/gtest.h>

namespace vistime::transport::reach {
namespace {

const std::vector<Route> kRoutes = ladder(Channel::kConference, "meet.example.org", 443,
                                          {Proxy::parse("http://proxy.example.org:3128").value()});

FailedRoute failure(const char* name, const char* code) {
  for (const Route& route : kRoutes) {
    if (route.name() == name) return {route, {base::ErrorKind::kUnreachable, code, ""}};
  }
  throw std::invalid_argument(name);
}
std::string likely(const char* name, const char* code) {
  const auto found = likely_after(failure(name, code), kRoutes);
  return found ? kRoutes[*found].name() : "";
}

TEST(LikelyAfter, a_refused_upgrade_makes_plain_requests_by_the_same_way_likely) {
  EXPECT_EQ(likely("wss-443", "upgrade-refused"), "https-443");
  EXPECT_EQ(likely("wss-443-proxy", "upgrade-refused"), "https-443-proxy");
  EXPECT_EQ(likely("wss-443-proxy", "starved"), "https-443-proxy");
  EXPECT_EQ(likely("wss-443-proxy", "upgrade-timeout"), "https-443-proxy");
}

TEST(LikelyAfter, what_says_nothing_of_websockets_makes_nothing_likely) {
  EXPECT_EQ(likely("wss-443", "tcp-timeout"), "");
  EXPECT_EQ(likely("wss-443-proxy", "proxy-auth"), "");
  EXPECT_EQ(likely("wss-12001", "upgrade-refused"),
            "");  // there are no plain requests at the role's own port
}

TEST(MostTelling, what_a_person_must_see_to_comes_first) {
  EXPECT_EQ(most_telling({failure("wss-443", "tcp-timeout"), failure("wss-443-proxy", "proxy-auth"),
                          failure("wss-12001", "tcp-refused")})
                .why.code,
            "proxy-auth");
}

// The climb itself, on routes whose ends the test decides.
class ClimbTest : public testing::Test {
 protected:
  using Takes = std::map<std::string, std::pair<std::chrono::milliseconds, std::string>>;
  // Each route that is started; `takes`: for how long, and the code with which it fails (empty: it carries).
  base::Result<std::string> climb_with(const Takes& takes) {
    asio::io_context context(1);
    base::Result<std::string> won = base::fail(base::ErrorKind::kInternal, "not over");
    const TakeRoute<int> take = [this, &takes](const Route& route) -> Task<base::Result<int>> {
      const std::string name = route.name();
      started_.push_back(name);
      const auto [time, code] = takes.contains(name) ? takes.at(name) : takes.at("others");
      Timer timer(co_await asio::this_coro::executor);
      timer.expires_after(time);
      const auto token = asio::as_tuple(use_task);
      co_await timer.async_wait(token);
      if (!code.empty()) co_return base::fail_as(base::ErrorKind::kUnreachable, code, "");
      co_return 1;
    };
    asio::co_spawn(context.get_executor(), climb<int>(kRoutes, take, {}),
                   [&](const std::exception_ptr&, base::Result<Climbed<int>> climbed) {
                     if (climbed) {
                       won = climbed->route.name();
                     } else {
                       won = std::unexpected(climbed.error());
                     }
                     context.stop();
                   });
    context.run();
    return won;
  }
  std::vector<std::string> started_;
};

using std::chrono::milliseconds;

TEST_F(ClimbTest, behind_a_proxy_that_strips_upgrades_requests_follow_at_once) {
  const auto won = climb_with({{"wss-443", {milliseconds(5'000), "tcp-timeout"}},
                               {"wss-443-proxy", {milliseconds(1), "upgrade-refused"}},
                               {"https-443-proxy", {milliseconds(1), ""}},
                               {"others", {milliseconds(5'000), "tcp-timeout"}}});
  EXPECT_EQ(won.value(), "https-443-proxy");
  EXPECT_EQ(started_, (std::vector<std::string>{"wss-443", "wss-443-proxy", "https-443-proxy"}));
}

TEST_F(ClimbTest, when_all_fail_the_most_telling_reason_is_answered) {
  const auto won = climb_with(
      {{"wss-443-proxy", {milliseconds(1), "proxy-denied"}}, {"others", {milliseconds(1), "tcp-refused"}}});
  ASSERT_FALSE(won);
  EXPECT_EQ(won.error().code, "proxy-denied");
  EXPECT_EQ(started_.size(), kRoutes.size());
}

}  // namespace
}  // namespace vistime::transport::reach
