#include "server/common/url.hpp"

#include <gtest/gtest.h>

namespace vistime::server {
namespace {

TEST(Origin, host_and_port_are_found) {
  EXPECT_EQ(parse_origin("https://meet.example.org")->authority(), "meet.example.org");
  EXPECT_EQ(parse_origin("https://meet.example.org/")->port, "443");
  EXPECT_EQ(parse_origin("https://meet.example.org:12001")->authority(), "meet.example.org:12001");
  EXPECT_EQ(parse_origin("https://[2001:db8::1]:8443")->host, "2001:db8::1");
  EXPECT_EQ(parse_origin("https://[2001:db8::1]:8443")->authority(), "[2001:db8::1]:8443");
}

TEST(Origin, what_is_no_https_origin_is_refused) {
  for (const char* text : {"", "https://", "http://a", "a", "https://a/b", "https://a:0", "https://a:65536",
                           "https://a:", "https://u@a", "https://[::1", "https://[::1]x", "https://a b"}) {
    EXPECT_FALSE(parse_origin(text)) << text;
  }
}

TEST(HostOf, the_port_is_taken_off) {
  EXPECT_EQ(host_of("a.example:80"), "a.example");
  EXPECT_EQ(host_of("[::1]:80"), "[::1]");
  EXPECT_EQ(host_of("192.0.2.1"), "192.0.2.1");
}

TEST(HostOf, what_could_not_stand_in_a_url_is_refused) {
  for (const char* text : {"", "a b", "a/b", "a\r\nx", "<a>", "a:b", "[a]", "[::1]80", ":80"}) {
    EXPECT_EQ(host_of(text), "") << text;
  }
}

}  // namespace
}  // namespace vistime::server
