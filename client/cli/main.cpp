// The terminal client.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "client/cli/program.hpp"

int main(int argc, char** argv) {
  try {
    // A reader of our output that goes away shows as a failed write.
    std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for this signal
    return vistime::cli::run_program(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "vistime: unexpected: " << error.what() << "\n";
    return 1;
  }
}
