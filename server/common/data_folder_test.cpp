#include "server/common/data_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "testing/temporary_folder_testing.hpp"

namespace vistime::server {
namespace {

namespace fs = std::filesystem;

TEST(DataFolder, it_is_made_for_its_owner_alone) {
  const TemporaryFolder folder;
  auto data = DataFolder::open(folder.path() / "deep" / "data");
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(fs::status(data->path()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(folder.read("deep/data/version"), "1\n");
}

TEST(DataFolder, two_servers_cannot_share_it) {
  const TemporaryFolder folder;
  {
    auto first = DataFolder::open(folder.path());
    ASSERT_TRUE(first);
    auto second = DataFolder::open(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "data-taken");
  }
  EXPECT_TRUE(DataFolder::open(folder.path()));
}

TEST(DataFolder, one_of_a_newer_release_is_left_alone) {
  const TemporaryFolder folder;
  folder.write("version", "2\n");
  auto data = DataFolder::open(folder.path());
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().code, "data-newer");
  EXPECT_EQ(folder.read("version"), "2\n");
}

TEST(DataFolder, a_damaged_marker_is_an_error) {
  const TemporaryFolder folder;
  folder.write("version", "what?");
  EXPECT_EQ(DataFolder::open(folder.path()).error().code, "data-damaged");
}

TEST(DataFolder, a_file_in_its_place_is_an_error_that_names_the_flag) {
  const TemporaryFolder folder;
  folder.write("file", "");
  auto data = DataFolder::open(folder.path() / "file");
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().code, "data-unwritable");
  EXPECT_NE(data.error().message.find("--data"), std::string::npos);
}

TEST(DataFolder, the_token_key_stays_the_same_and_is_private) {
  const TemporaryFolder folder;
  base::Bytes first;
  {
    auto data = DataFolder::open(folder.path());
    first = data->token_seed().value();
    EXPECT_EQ(first.size(), 32U);
    EXPECT_EQ(data->token_seed().value(), first);
  }
  EXPECT_EQ(DataFolder::open(folder.path())->token_seed().value(), first);
  EXPECT_EQ(fs::status(folder.path() / "token.key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST(DataFolder, a_damaged_token_key_is_never_replaced) {
  const TemporaryFolder folder;
  folder.write("token.key", "abc");
  auto data = DataFolder::open(folder.path());
  EXPECT_EQ(data->token_seed().error().code, "data-damaged");
  EXPECT_EQ(folder.read("token.key"), "abc");
}

TEST(WriteFileAtomically, a_write_that_fails_keeps_the_old_file_and_leaves_nothing_beside_it) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.path() / "file", "old"));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{16, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const bool written = write_file_atomically(folder.path() / "file", std::string(100, 'x')).has_value();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(written);
  EXPECT_EQ(folder.read("file"), "old");
  EXPECT_FALSE(fs::exists(folder.path() / "file.new"));
}

}  // namespace
}  // namespace vistime::server
