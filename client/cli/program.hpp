// The whole program behind main().
#pragma once

namespace vistime::cli {

// Answers the exit code.
int run_program(int argc, const char* const* argv);

}  // namespace vistime::cli
