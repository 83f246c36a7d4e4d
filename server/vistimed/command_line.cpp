#include "server/vistimed/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>

#include "protocol/version.hpp"
#include "server/common/data_folder.hpp"

namespace vistime::server {
namespace {

constexpr auto kAbout =
    "vistimed: the Vistime server. Runs all roles in one process; --roles chooses. Settings come from flags, "
    "then from "
    "the file, then from defaults; the file's keys are the flags' names.";

// Flags as they were spelled; which ones were given, CLI11 knows.
using Spellings = std::map<std::string_view, std::vector<std::string>>;

void add_settings(CLI::App& app, Spellings& spellings) {
  for (const Setting& setting : setting_table()) {
    const std::string fallback = default_of(setting);
    const std::string help = std::string(setting.help) + (fallback.empty() ? "" : " [" + fallback + "]");
    auto* option = app.add_option("--" + std::string(setting.name), spellings[setting.name], help);
    option->type_name(setting.kind == Setting::Kind::kPort || setting.kind == Setting::Kind::kCount ? "NUMBER"
                                                                                                    : "TEXT");
    const bool list = std::holds_alternative<std::vector<std::string> Settings::*>(setting.member);
    if (setting.kind == Setting::Kind::kSwitch) {
      option->type_name("[true|false]")->expected(0, 1);
    } else if (list) {
      option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else {
      option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

void read_file(CommandLine& line, const std::string& given, const std::string& default_config) {
  const std::string& path = given.empty() ? default_config : given;
  auto text = read_small_file(path);
  if (!text && given.empty() && text.error().kind == base::ErrorKind::kNotFound) return;
  if (!text) {
    line.errors.push_back(text.error().message + ": name another file with --config");
  } else {
    line.errors = read_toml(line.settings, *text, path).lines;
  }
  if (!line.errors.empty()) line.exit = kExitConfiguration;
}

void read_flags(CommandLine& line, const CLI::App& app, const Spellings& spellings) {
  for (const auto& [name, values] : spellings) {
    const std::string flag = "--" + std::string(name);
    if (app.get_option(flag)->count() == 0) continue;
    std::string joined;
    for (const std::string& value : values) joined += (joined.empty() ? "" : ",") + value;
    const Setting& setting = *find_setting(name);
    if (setting.kind == Setting::Kind::kSwitch && joined.empty()) joined = "true";
    if (auto done = assign(line.settings, setting, joined); !done) {
      line.errors.push_back("--" + done.error().message);
      line.exit = kExitUsage;
    }
  }
}

std::string version_text() { return fmt::format("vistimed {} ({})", protocol::release(), protocol::build()); }

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv, const std::string& default_config) {
  CommandLine line;
  CLI::App app(kAbout, "vistimed");
  Spellings spellings;
  std::string config;
  app.set_version_flag("--version", version_text());
  app.add_option("--config", config, std::string("settings file (TOML) [") + kDefaultConfig + "]");
  app.add_flag("--print-ports", line.print_ports,
               "when all ports listen, print READY https=N http=N master=N conference=N");
  add_settings(app, spellings);
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.add_subcommand("check-config", "check the settings and stop")->callback([&] {
    line.command = Command::kCheckConfig;
  });
  app.add_subcommand("token-keys", "print the public keys of this server's tokens (JWK set)")->callback([&] {
    line.command = Command::kTokenKeys;
  });
  app.add_subcommand("certificate", "print the certificate's fingerprint and how to trust it")->callback([&] {
    line.command = Command::kCertificate;
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, complaint;
    line.command = Command::kNone;
    line.exit = app.exit(error, out, complaint) == 0 ? kExitOk : kExitUsage;
    line.out = out.str();
    if (line.exit != kExitOk) line.errors.push_back(std::string(error.what()) + "; see vistimed --help");
    return line;
  }
  read_file(line, config, default_config);
  read_flags(line, app, spellings);
  if (line.errors.empty()) {
    line.errors = contradictions(line.settings);
    if (!line.errors.empty()) line.exit = kExitConfiguration;
  }
  if (!line.errors.empty()) line.command = Command::kNone;
  return line;
}

}  // namespace vistime::server
