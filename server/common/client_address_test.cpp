#include "server/common/client_address.hpp"

#include <gtest/gtest.h>

namespace vistime::server {
namespace {

class ClientAddress : public testing::Test {
 protected:
  Networks trusted_ = Networks::parse({"10.0.0.0/8", "::1"}).value();
  std::string of(const std::string& from, std::string_view header) const {
    return client_address(from, header, trusted_);
  }
};

TEST_F(ClientAddress, a_strangers_header_is_not_believed) {
  EXPECT_EQ(of("203.0.113.1", "192.0.2.1"), "203.0.113.1");
  EXPECT_EQ(forwarded_for("203.0.113.1", "192.0.2.1", trusted_), "203.0.113.1");
}

TEST_F(ClientAddress, a_trusted_proxys_header_is_believed_up_to_the_first_stranger) {
  EXPECT_EQ(of("10.0.0.1", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(of("10.0.0.1", "1.1.1.1, 192.0.2.1,10.0.0.2"), "192.0.2.1");
  EXPECT_EQ(of("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
  EXPECT_EQ(forwarded_for("10.0.0.1", "192.0.2.1", trusted_), "192.0.2.1, 10.0.0.1");
}

TEST_F(ClientAddress, ports_and_brackets_do_no_harm) {
  EXPECT_EQ(of("::1", "192.0.2.1:1234"), "192.0.2.1");
  EXPECT_EQ(of("::1", "[2001:db8::1]:1234"), "2001:db8::1");
  EXPECT_EQ(of("::1", "2001:db8::1"), "2001:db8::1");
}

TEST_F(ClientAddress, nonsense_ends_the_chain) {
  EXPECT_EQ(of("10.0.0.1", ""), "10.0.0.1");
  EXPECT_EQ(of("10.0.0.1", "192.0.2.1, unknown"), "10.0.0.1");
  EXPECT_EQ(of("10.0.0.1", ",,,"), "10.0.0.1");
}

}  // namespace
}  // namespace vistime::server
