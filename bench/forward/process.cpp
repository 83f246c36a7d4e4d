#include "process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace vistime::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);

}  // namespace

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

base::Result<Process> Process::start(const std::vector<std::string>& command, int cpu,
                                     const std::string& log) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t id = fork();
  if (id < 0) return base::fail(base::ErrorKind::kOverloaded, "fork: {}", std::strerror(errno));
  if (id == 0) {
    pin_to(cpu);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  return Process(id);
}

Process::Process(Process&& other) noexcept : id_(std::exchange(other.id_, -1)) {}

Process::~Process() {
  if (id_ < 0) return;
  kill(id_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (waitpid(id_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(id_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

bool Process::running() const { return waitpid(id_, nullptr, WNOHANG) == 0; }

double Process::cpu_seconds() const {
  double nanoseconds = 0;
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", id_), ignored)) {
    std::ifstream file(task.path() / "schedstat");
    double on_cpu = 0;
    if (file >> on_cpu) nanoseconds += on_cpu;
  }
  return nanoseconds / 1e9;
}

double Process::memory_bytes() const {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", id_));
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with("Pss:")) continue;
    std::istringstream words(line.substr(4));
    double kibibytes = 0;
    words >> kibibytes;
    return kibibytes * 1024;
  }
  return 0;
}

}  // namespace vistime::bench
