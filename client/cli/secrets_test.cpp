#include "client/cli/secrets.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/bytes.hpp"

namespace vistime::cli {
namespace {

class SecretsTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  std::string path_ =
      (std::filesystem::temp_directory_path() / ("vistime-test-" + base::random_id(8))).string();
};

TEST_F(SecretsTest, the_first_line_of_the_file_is_the_password) {
  std::ofstream(path_) << "open sesame\r\nmore\n";
  EXPECT_EQ(read_password_file(path_).value(), "open sesame");
  EXPECT_EQ(given_password(path_).value(), "open sesame");
}

TEST_F(SecretsTest, an_empty_or_missing_file_is_wrong_use) {
  EXPECT_EQ(read_password_file(path_).error().code, "usage");
  std::ofstream(path_) << "\n";
  EXPECT_FALSE(read_password_file(path_));
}

}  // namespace
}  // namespace vistime::cli
