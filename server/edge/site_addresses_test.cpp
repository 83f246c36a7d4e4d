#include "server/edge/site_addresses.hpp"

#include <gtest/gtest.h>

namespace vistime::server::edge {
namespace {

using Strings = std::vector<std::string>;

TEST(SiteAddresses, they_are_sorted_by_value_without_duplicates) {
  const auto sorted =
      sorted_addresses({"192.0.2.10", "2001:DB8::1", "192.0.2.9", "192.0.2.10", "x", "::ffff:192.0.2.9"});
  EXPECT_EQ(sorted.ipv4, (Strings{"192.0.2.9", "192.0.2.10"}));
  EXPECT_EQ(sorted.ipv6, (Strings{"2001:db8::1"}));
}

TEST(SiteAddresses, there_is_a_limit) {
  Strings many;
  for (int at = 0; at < 300; ++at) many.push_back("2001:db8::" + std::to_string(at));
  EXPECT_EQ(sorted_addresses(many).ipv6.size(), kMaxAddresses);
}

TEST(SiteAddresses, loopback_is_of_no_use_to_others) {
  const auto found = resolve({"localhost", "*.example.org", "192.0.2.1"});
  EXPECT_TRUE(found.empty());
  EXPECT_TRUE(found.complete);
}

TEST(SiteAddresses, the_machines_own_leave_loopback_and_link_local_out) {
  const auto own = own_addresses();
  for (const std::string& address : own.ipv4) EXPECT_FALSE(address.starts_with("127.")) << address;
  for (const std::string& address : own.ipv6) {
    EXPECT_NE(address, "::1");
    EXPECT_FALSE(address.starts_with("fe80:")) << address;
  }
}

}  // namespace
}  // namespace vistime::server::edge
