// vistimed's command line, and the settings that follow from it and from the file: flag, then file, then default.
#pragma once

#include <string>
#include <vector>

#include "server/common/settings.hpp"
#include "server/vistimed/exit_code.hpp"

namespace vistime::server {

enum class Command { kServe, kCheckConfig, kTokenKeys, kCertificate, kNone };

struct CommandLine {
  Command command = Command::kServe;
  Settings settings;
  bool print_ports = false;
  // Set when there is nothing to run: after --help and --version, and on errors.
  int exit = kExitOk;
  std::string out;                  // for standard output
  std::vector<std::string> errors;  // for standard error, one line each
};

inline constexpr auto kDefaultConfig = "/etc/vistime/vistimed.toml";

// `default_config` is read when it exists; a file given with --config must.
CommandLine read_command_line(int argc, const char* const* argv,
                              const std::string& default_config = kDefaultConfig);

}  // namespace vistime::server
