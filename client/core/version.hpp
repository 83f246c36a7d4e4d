// What this program is, for --version.
#pragma once

#include <string>

namespace vistime::client {

// "vistime 0.1.0 (protocol 1, build abc)".
std::string version_line();

}  // namespace vistime::client
