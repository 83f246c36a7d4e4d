// Commands that scripts write on stdin of `vistime join --json`: one JSON object a line; vistime(1) lists them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "client/core/meeting.hpp"

namespace vistime::cli {

// Longer lines are refused: the longest chat message, all of it escaped, fits.
inline constexpr std::size_t kMaxCommandLine = 128 * 1024;

struct Command {
  std::string name;
  std::string reference;
  // Empty for "state", which its reader answers.
  std::function<void(client::Meeting&)> run;
};

// The error says what is wrong with which member; its code holds the reference, when there was one.
base::Result<Command> parse_command(std::string_view line);
// All there are, for documentation's test.
std::vector<std::string_view> command_names();

}  // namespace vistime::cli
