// Where a server's time goes: samples of perf(1), summed by program and library.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "process.hpp"

namespace vistime::bench {

class Profile {
 public:
  // Samples the process from `delay` on for `duration`. Nothing where perf is missing or not allowed.
  Profile(pid_t process, const std::filesystem::path& folder, std::chrono::seconds delay,
          std::chrono::seconds duration);
  // Waits until it is done; "kernel 54 %, libcrypto.so.3 14 %, …", or nothing.
  std::string shares();

 private:
  std::filesystem::path samples_;
  std::optional<Process> perf_;
};

}  // namespace vistime::bench
