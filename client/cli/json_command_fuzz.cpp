// Any line: a command of a known name, or an error in words.
#include <algorithm>
#include <cstdlib>

#include "base/bytes.hpp"
#include "client/cli/json_command.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  const auto command = cli::parse_command(base::as_text({data, size}));
  if (!command) {
    if (command.error().message.empty()) std::abort();
    return 0;
  }
  const auto names = cli::command_names();
  if (std::find(names.begin(), names.end(), command->name) == names.end()) std::abort();
  if (!command->run && command->name != "state") std::abort();
  return 0;
}
