#include "client/core/meeting_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vistime::client {
namespace {

constexpr std::string_view kPlain = "https://meet.example.org/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw";

TEST(MeetingLink, a_link_names_server_room_and_secret) {
  const auto link = MeetingLink::parse(kPlain);
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->server, (Server{"meet.example.org", 443}));
  EXPECT_EQ(link->room, "abcdefgh23");
  EXPECT_EQ(link->secret.print(), "AAECAwQFBgcICQoLDA0ODw");
  EXPECT_TRUE(link->host_key.empty());
  EXPECT_EQ(link->print(), kPlain);
}

TEST(MeetingLink, a_port_and_a_host_key_are_kept_and_the_guests_link_lacks_the_key) {
  const std::string text = "https://localhost:8443/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw&host=S3cret-key_1";
  const auto link = MeetingLink::parse(text);
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->server.port, 8443);
  EXPECT_EQ(link->host_key, "S3cret-key_1");
  EXPECT_EQ(link->print_for_host(), text);
  EXPECT_EQ(link->print(), "https://localhost:8443/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw");
}

TEST(MeetingLink, an_ipv6_address_stands_in_brackets) {
  const auto link = MeetingLink::parse("https://[2001:DB8::1]:444/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw");
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->server.host, "2001:db8::1");
  EXPECT_EQ(link->server.print(), "https://[2001:db8::1]:444");
}

struct Wrong {
  std::string text;
  std::string says;
};

TEST(MeetingLink, what_is_wrong_is_said_precisely) {
  const Wrong table[] = {
      {"http://meet.example.org/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw", "only https"},
      {"meet.example.org/m/abcdefgh23", "begin with https://"},
      {"", "begin with https://"},
      {"https:///m/abcdefgh23#x", "no valid host"},
      {"https://anna@host/m/abcdefgh23#x", "no user name"},
      {"https://host:/m/abcdefgh23#x", "port after ':' is missing"},
      {"https://host:70000/m/abcdefgh23#x", "no port"},
      {"https://host:0443/m/abcdefgh23#x", "no port"},
      {"https://[::1/m/abcdefgh23#x", "closing ']'"},
      {"https://[::1]x/m/abcdefgh23#x", "only a port"},
      {"https://[hello]/m/abcdefgh23#x", "no IPv6"},
      {"https://host/room/abcdefgh23#x", "/m/"},
      {"https://host/m/ABCDEFGH23#x", "a-z and 2-7"},
      {"https://host/m/abcdefgh2#x", "10 characters"},
      {"https://host/m/abcdefgh23?x=1#x", "a-z and 2-7"},
      {"https://host/m/abcdefgh23", "copy the whole link"},
      {"https://host/m/abcdefgh23#AAECAw", "damaged"},
      {"https://host/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw&guest=1", "&host="},
      {"https://host/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw&host=", "host's key is damaged"},
      {"https://host/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw&host=a b", "host's key is damaged"},
      {"https://" + std::string(2000, 'a'), "too long"},
  };
  for (const Wrong& wrong : table) {
    const auto link = MeetingLink::parse(wrong.text);
    ASSERT_FALSE(link) << wrong.text;
    EXPECT_EQ(link.error().kind, base::ErrorKind::kInvalid);
    EXPECT_THAT(link.error().message, testing::HasSubstr(wrong.says)) << wrong.text;
  }
}

TEST(MeetingLink, an_error_does_not_repeat_the_secret) {
  const auto link = MeetingLink::parse("https://host/m/abcdefgh23#SECRETSECRET");
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().message, testing::Not(testing::HasSubstr("SECRETSECRET")));
}

TEST(Server, an_address_is_a_scheme_a_host_and_perhaps_a_port) {
  EXPECT_EQ(Server::parse("https://Host.Example/").value().print(), "https://host.example");
  EXPECT_EQ(Server::parse("HTTPS://host:8443").value().authority(), "host:8443");
  EXPECT_FALSE(Server::parse("https://host/path"));
  EXPECT_FALSE(Server::parse("ftp://host"));
}

TEST(NewRoomKey, is_a_secret_of_its_own_each_time_and_its_check) {
  const NewRoomKey one = new_room_key();
  EXPECT_EQ(one.secret.size(), 22U);
  EXPECT_EQ(one.check.size(), 32U);
  EXPECT_NE(new_room_key().secret, one.secret);
}

}  // namespace
}  // namespace vistime::client
