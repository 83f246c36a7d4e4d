#include "server/common/networks.hpp"

#include <gtest/gtest.h>

namespace vistime::server {
namespace {

TEST(Networks, an_address_lies_in_its_network_and_not_in_another) {
  const Networks networks = Networks::parse({"192.0.2.0/25", "2001:db8::/32", "127.0.0.1"}).value();
  EXPECT_TRUE(networks.contain("192.0.2.127"));
  EXPECT_FALSE(networks.contain("192.0.2.128"));
  EXPECT_TRUE(networks.contain("2001:db8:ffff::1"));
  EXPECT_FALSE(networks.contain("2001:db9::1"));
  EXPECT_TRUE(networks.contain("127.0.0.1"));
  EXPECT_FALSE(networks.contain("127.0.0.2"));
  EXPECT_FALSE(networks.contain("nonsense"));
}

TEST(Networks, a_mapped_address_is_the_ipv4_address) {
  const Networks networks = Networks::parse({"10.0.0.0/8"}).value();
  EXPECT_TRUE(networks.contain("::ffff:10.1.2.3"));
  EXPECT_EQ(format_address(*parse_address("::ffff:10.1.2.3")), "10.1.2.3");
}

TEST(Networks, everything_of_ipv4_is_nothing_of_ipv6) {
  const Networks networks = Networks::parse({"0.0.0.0/0"}).value();
  EXPECT_TRUE(networks.contain("203.0.113.9"));
  EXPECT_FALSE(networks.contain("2001:db8::1"));
  EXPECT_TRUE(Networks::parse({"::/0"}).value().contain("203.0.113.9"));
}

TEST(Networks, what_is_no_network_is_refused_with_an_example) {
  for (const char* text :
       {"", "10", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "host"}) {
    auto network = Network::parse(text);
    ASSERT_FALSE(network) << text;
    EXPECT_FALSE(network.error().message.empty());
  }
}

TEST(Networks, a_network_prints_as_it_reads) {
  for (const char* text : {"10.0.0.0/8", "2001:db8::/32", "::/0", "192.0.2.1/32"}) {
    EXPECT_EQ(Network::parse(text)->text(), text);
  }
}

TEST(Networks, limits_count_an_ipv6_household_as_one) {
  EXPECT_EQ(limit_key("2001:db8:1:2:3:4:5:6"), limit_key("2001:db8:1:2::9"));
  EXPECT_NE(limit_key("2001:db8:1:2::9"), limit_key("2001:db8:1:3::9"));
  EXPECT_NE(limit_key("192.0.2.1"), limit_key("192.0.2.2"));
}

}  // namespace
}  // namespace vistime::server
