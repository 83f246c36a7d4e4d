#include "server/common/connection_limits.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vistime::server {
namespace {

TEST(ConnectionLimits, no_more_than_allowed_in_all_and_a_place_is_given_back) {
  auto limits = std::make_shared<ConnectionLimits>(ConnectionLimitSettings{2, 9, 9});
  auto first = limits->admit();
  {
    auto second = limits->admit();
    ASSERT_TRUE(second);
    EXPECT_EQ(limits->admit().error().code, "connections");
  }
  EXPECT_TRUE(limits->admit());
  EXPECT_EQ(limits->connections(), 1U);
}

TEST(ConnectionLimits, half_open_handshakes_are_few) {
  auto limits = std::make_shared<ConnectionLimits>(ConnectionLimitSettings{9, 9, 1});
  auto first = limits->admit();
  EXPECT_EQ(limits->admit().error().code, "handshakes");
  first->established();
  first->established();
  EXPECT_EQ(limits->handshakes(), 0U);
  EXPECT_TRUE(limits->admit());
}

TEST(ConnectionLimits, an_address_has_its_share_and_no_more) {
  auto limits = std::make_shared<ConnectionLimits>(ConnectionLimitSettings{9, 1, 9});
  auto first = limits->admit();
  ASSERT_TRUE(first->assign("2001:db8::1"));
  auto second = limits->admit();
  EXPECT_EQ(second->assign("2001:db8::2").error().code, "per-address");
  EXPECT_TRUE(second->assign("192.0.2.1"));
}

TEST(ConnectionLimits, a_connection_counts_for_one_address_at_a_time) {
  auto limits = std::make_shared<ConnectionLimits>(ConnectionLimitSettings{9, 1, 9});
  auto first = limits->admit();
  ASSERT_TRUE(first->assign("10.0.0.1"));
  ASSERT_TRUE(first->assign("192.0.2.1"));
  auto second = limits->admit();
  EXPECT_TRUE(second->assign("10.0.0.1"));
  EXPECT_FALSE(second->assign("192.0.2.1"));
  std::vector<ConnectionLimits::Ticket> moved;
  moved.push_back(std::move(*first));
  moved.clear();
  EXPECT_TRUE(second->assign("192.0.2.1"));
}

}  // namespace
}  // namespace vistime::server
