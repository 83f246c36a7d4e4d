#include "client/cli/room_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/bytes.hpp"

namespace vistime::cli {
namespace {

class RoomCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        profile_.add({"abcdefgh23", "Weekly", "https://host:8443", "AAECAwQFBgcICQoLDA0ODw", "key", "2026"}));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("vistime-test-" + base::random_id(8));
  client::Profile profile_{client::ProfileFolders{folder_ / "state", folder_ / "config"}};
};

TEST_F(RoomCommandTest, a_link_is_taken_as_it_is) {
  const auto link = find_link("https://other/m/abcdefgh24#AAECAwQFBgcICQoLDA0ODw", false, profile_);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->room, "abcdefgh24");
}

TEST_F(RoomCommandTest, the_id_of_a_room_created_here_is_enough) {
  const auto link = find_link("abcdefgh23", false, profile_);
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->server.port, 8443);
  EXPECT_TRUE(link->host_key.empty());
  EXPECT_EQ(find_link("abcdefgh23", true, profile_)->host_key, "key");
}

TEST_F(RoomCommandTest, a_guests_link_of_an_own_room_finds_the_hosts_key) {
  EXPECT_EQ(find_link("https://host:8443/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw", true, profile_)->host_key,
            "key");
}

TEST_F(RoomCommandTest, what_is_not_known_is_said) {
  const auto unknown = find_link("abcdefgh77", false, profile_);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "usage");
  const auto no_key = find_link("https://other/m/abcdefgh24#AAECAwQFBgcICQoLDA0ODw", true, profile_);
  ASSERT_FALSE(no_key);
  EXPECT_THAT(no_key.error().message, testing::HasSubstr("host"));
  EXPECT_EQ(find_link("nonsense", false, profile_).error().code, "usage");
}

TEST_F(RoomCommandTest, a_server_that_is_no_address_is_wrong_use) {
  const auto created = create_room({}, {.server = "http://host"}, profile_);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, "usage");
}

}  // namespace
}  // namespace vistime::cli
