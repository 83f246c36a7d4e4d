#include "server/vistimed/command_line.hpp"

#include <gtest/gtest.h>

#include "testing/temporary_folder_testing.hpp"

namespace vistime::server {
namespace {

class CommandLines : public testing::Test {
 protected:
  CommandLine read(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "vistimed");
    return read_command_line(static_cast<int>(arguments.size()), arguments.data(),
                             (folder_.path() / "vistimed.toml").string());
  }
  TemporaryFolder folder_;
};

TEST_F(CommandLines, without_anything_the_defaults_are_served) {
  const CommandLine line = read({});
  EXPECT_EQ(line.command, Command::kServe);
  EXPECT_TRUE(line.errors.empty());
  EXPECT_EQ(line.settings.https_port, 443U);
}

TEST_F(CommandLines, a_flag_is_stronger_than_the_file_and_the_file_than_the_default) {
  folder_.write("vistimed.toml", "https-port = 8443\nhttp-port = 8080\n");
  const CommandLine line = read({"--https-port", "9443"});
  EXPECT_EQ(line.settings.https_port, 9443U);
  EXPECT_EQ(line.settings.http_port, 8080U);
  EXPECT_EQ(line.settings.master_port, 12000U);
}

TEST_F(CommandLines, lists_may_be_repeated_or_separated_by_commas) {
  const CommandLine line = read({"--host-name", "a.example", "--host-name", "b.example,192.0.2.1"});
  EXPECT_EQ(line.settings.host_names, (std::vector<std::string>{"a.example", "b.example", "192.0.2.1"}));
}

TEST_F(CommandLines, a_switch_needs_no_value) {
  EXPECT_TRUE(read({"--proxy-protocol", "--trusted-proxies", "10.0.0.0/8"}).settings.proxy_protocol);
  EXPECT_FALSE(read({"--proxy-protocol=false"}).settings.proxy_protocol);
}

TEST_F(CommandLines, commands_take_the_same_flags) {
  EXPECT_EQ(read({"check-config"}).command, Command::kCheckConfig);
  const CommandLine line = read({"token-keys", "--data", "here"});
  EXPECT_EQ(line.command, Command::kTokenKeys);
  EXPECT_EQ(line.settings.data, "here");
  EXPECT_EQ(read({"certificate"}).command, Command::kCertificate);
}

TEST_F(CommandLines, wrong_use_ends_with_2_and_says_why) {
  for (const auto& arguments : {std::vector<const char*>{"--nonsense"},
                                {"nonsense"},
                                {"--https-port", "70000"},
                                {"--https-port"},
                                {"--roles", "king"}}) {
    const CommandLine line = read(arguments);
    EXPECT_EQ(line.exit, kExitUsage) << arguments[0];
    EXPECT_EQ(line.command, Command::kNone);
    EXPECT_EQ(line.errors.size(), 1U);
  }
}

TEST_F(CommandLines, errors_in_the_file_end_with_78) {
  folder_.write("vistimed.toml", "https-port = 70000\nnonsense = 1\n");
  const CommandLine line = read({});
  EXPECT_EQ(line.exit, kExitConfiguration);
  ASSERT_EQ(line.errors.size(), 2U);
  EXPECT_NE(line.errors[0].find("vistimed.toml:1: https-port = 70000"), std::string::npos);
}

TEST_F(CommandLines, a_file_that_was_named_must_exist) {
  EXPECT_EQ(read({"--config", "/nonexistent/vistimed.toml"}).exit, kExitConfiguration);
}

TEST_F(CommandLines, what_contradicts_itself_ends_with_78) {
  EXPECT_EQ(read({"--tls-cert", "a.pem"}).exit, kExitConfiguration);
}

TEST_F(CommandLines, help_and_version_print_and_end_well) {
  const CommandLine help = read({"--help"});
  EXPECT_EQ(help.exit, kExitOk);
  EXPECT_EQ(help.command, Command::kNone);
  for (const Setting& setting : setting_table()) {
    EXPECT_NE(help.out.find("--" + std::string(setting.name)), std::string::npos) << setting.name;
  }
  EXPECT_TRUE(read({"--version"}).out.starts_with("vistimed "));
}

}  // namespace
}  // namespace vistime::server
