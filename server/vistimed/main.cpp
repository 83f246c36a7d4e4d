#include <sodium.h>

#include <cstdio>
#include <exception>

#include "server/common/logging.hpp"
#include "server/vistimed/command_line.hpp"
#include "server/vistimed/commands.hpp"
#include "server/vistimed/serve.hpp"

using namespace vistime;
using namespace vistime::server;

namespace {

int run(int argc, char** argv) {
  if (sodium_init() < 0) return kExitInternal;
  const CommandLine line = read_command_line(argc, argv);
  std::fputs(line.out.c_str(), stdout);
  for (const std::string& error : line.errors) std::fprintf(stderr, "vistimed: %s\n", error.c_str());
  set_up_logging(line.settings.log_level, line.settings.log_format);
  const base::SystemClock clock;
  switch (line.command) {
    case Command::kServe: return serve(line.settings, line.print_ports, clock);
    case Command::kCheckConfig: return check_config(line.settings);
    case Command::kTokenKeys: return print_token_keys(line.settings);
    case Command::kCertificate: return print_certificate(line.settings, clock);
    case Command::kNone: return line.exit;
  }
  return kExitInternal;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vistimed: %s\n", error.what());
    return kExitInternal;
  }
}
