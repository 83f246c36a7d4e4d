// A program under test: started with pipes, spoken to line by line, ended by its process id.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vistime::system_tests {

// How long anything may take before the test fails. Generous: sanitizers on a busy machine are slow. Nothing waits for it
// when all is well.
inline constexpr auto kPatience = std::chrono::seconds(60);

class Process {
 public:
  // Throws std::runtime_error when it cannot be started. `environment` is added to ours.
  Process(const std::vector<std::string>& command,
          const std::map<std::string, std::string>& environment = {});
  ~Process();  // SIGKILL, unless it has ended
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  // The next line of standard output without its end; nothing at its end or when patience is over.
  std::optional<std::string> read_line(std::chrono::milliseconds patience = kPatience);
  void write_line(const std::string& line);
  void signal(int number);
  // The exit code, or 128 + the signal that ended it; waits, and fails the test by an exception when it does not end.
  int wait(std::chrono::milliseconds patience = kPatience);
  // What it wrote to standard error, complete once it has ended.
  std::string errors();

 private:
  bool fill(std::chrono::milliseconds patience);
  pid_t id_ = -1;
  int in_ = -1;
  int out_ = -1;
  std::string errors_file_;
  std::string buffer_;
  std::optional<int> code_;
};

}  // namespace vistime::system_tests
