// Passwords: from a file, from the environment, or typed without being shown; never from the command line.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace vistime::cli {

// The first line of the file.
base::Result<std::string> read_password_file(const std::string& path);
// --password-file, else VISTIME_PASSWORD, else nothing.
base::Result<std::optional<std::string>> given_password(const std::string& path);
// Asks on the controlling terminal; nothing without one. A secret answer is not shown.
std::optional<std::string> prompt(const std::string& question, bool secret);
inline std::optional<std::string> prompt_password(const std::string& question) {
  return prompt(question, true);
}

}  // namespace vistime::cli
