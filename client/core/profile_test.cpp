#include "client/core/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "base/bytes.hpp"

namespace vistime::client {
namespace {

class ProfileTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Profile profile() const { return Profile(ProfileFolders{folder_ / "state", folder_ / "config"}); }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("vistime-test-" + base::random_id(8));
};

TEST_F(ProfileTest, the_device_id_is_drawn_once_and_stays) {
  const auto first = profile().device();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->size(), 22U);
  EXPECT_EQ(profile().device().value(), *first);
}

TEST_F(ProfileTest, a_damaged_device_id_is_drawn_again) {
  const auto first = profile().device().value();
  std::ofstream(folder_ / "state" / "device") << "short";
  const auto second = profile().device();
  ASSERT_TRUE(second);
  EXPECT_NE(*second, first);
  EXPECT_EQ(second->size(), 22U);
}

TEST_F(ProfileTest, rooms_are_remembered_replaced_and_forgotten) {
  Profile mine = profile();
  EXPECT_TRUE(mine.rooms().value().empty());
  const OwnRoom one{"abcdefgh23", "Weekly", "https://host", "secret", "key", "2026"};
  ASSERT_TRUE(mine.add(one));
  ASSERT_TRUE(mine.add({"abcdefgh24", "Other", "https://host", "s", "k", "2026"}));
  ASSERT_TRUE(mine.add({"abcdefgh24", "Renamed", "https://host", "s", "k", "2026"}));
  const auto rooms = profile().rooms().value();
  ASSERT_EQ(rooms.size(), 2U);
  EXPECT_EQ(rooms[0], one);
  EXPECT_EQ(rooms[1].name, "Renamed");
  ASSERT_TRUE(mine.forget("abcdefgh23"));
  EXPECT_EQ(profile().rooms().value().size(), 1U);
}

TEST_F(ProfileTest, secrets_are_readable_by_their_owner_only) {
  ASSERT_TRUE(profile().add({"abcdefgh23", "", "", "", "", ""}));
  struct stat file{};
  ASSERT_EQ(::stat((folder_ / "state" / "rooms.json").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST_F(ProfileTest, a_damaged_list_of_rooms_is_said_and_not_overwritten) {
  ASSERT_TRUE(profile().device());
  std::ofstream(folder_ / "state" / "rooms.json") << "{half";
  EXPECT_FALSE(profile().rooms());
  const auto added = profile().add({"abcdefgh23", "", "", "", "", ""});
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, testing::HasSubstr("damaged"));
}

TEST_F(ProfileTest, the_name_comes_from_the_configuration) {
  EXPECT_EQ(profile().name().value(), "");
  std::filesystem::create_directories(folder_ / "config");
  std::ofstream(folder_ / "config" / "config.json") << R"({"name":"Anna"})";
  EXPECT_EQ(profile().name().value(), "Anna");
}

TEST_F(ProfileTest, a_folder_that_cannot_be_made_is_an_error_that_names_it) {
  std::ofstream(folder_ / "file") << "x";
  const auto device = Profile(ProfileFolders{folder_ / "file" / "state", folder_ / "config"}).device();
  ASSERT_FALSE(device);
  EXPECT_THAT(device.error().message, testing::HasSubstr((folder_ / "file").string()));
}

TEST(ProfileFolders, xdg_variables_go_before_the_home_folder_and_must_be_absolute) {
  const auto with = ProfileFolders::find([](const char* name) {
    const std::string_view wanted = name;
    if (wanted == "HOME") return "/h";
    return wanted == "XDG_STATE_HOME" ? "/state" : "relative";
  });
  ASSERT_TRUE(with);
  EXPECT_EQ(with->state, "/state/vistime");
  EXPECT_EQ(with->config, "/h/.config/vistime");
  EXPECT_FALSE(ProfileFolders::find([](const char*) { return std::string(); }));
}

}  // namespace
}  // namespace vistime::client
