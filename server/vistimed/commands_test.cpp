#include "server/vistimed/commands.hpp"

#include <gtest/gtest.h>

#include "server/common/data_folder.hpp"
#include "server/common/tokens.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server {
namespace {

class Commands : public testing::Test {
 protected:
  Commands() { settings_.data = (folder_.path() / "data").string(); }
  TemporaryFolder folder_;
  Settings settings_;
  base::SystemClock clock_;
};

TEST_F(Commands, the_token_keys_are_those_of_the_data_also_while_a_server_runs) {
  auto running = DataFolder::open(settings_.data);
  ASSERT_TRUE(running);
  const std::string expected = TokenSigner(running->token_seed().value()).key_set() + "\n";
  testing::internal::CaptureStdout();
  EXPECT_EQ(print_token_keys(settings_), kExitOk);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), expected);
}

TEST_F(Commands, the_certificate_is_made_when_there_is_none_and_shown) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(print_certificate(settings_, clock_), kExitOk);
  const std::string first = testing::internal::GetCapturedStdout();
  EXPECT_NE(first.find("SHA-256"), std::string::npos);
  testing::internal::CaptureStdout();
  EXPECT_EQ(print_certificate(settings_, clock_), kExitOk);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), first);
}

TEST_F(Commands, checking_looks_into_the_files_that_are_named) {
  EXPECT_EQ(check_config(settings_), kExitOk);
  settings_.token_keys = folder_.write("keys.json", "{}").string();
  EXPECT_EQ(check_config(settings_), kExitConfiguration);
  settings_.token_keys = "";
  settings_.tls_cert = settings_.tls_key = "/nonexistent.pem";
  EXPECT_EQ(check_config(settings_), kExitConfiguration);
}

}  // namespace
}  // namespace vistime::server
