#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace vistime::system_tests {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) out.push_back(text);
  }
  for (const auto& [name, value] : added) out.push_back(name + "=" + value);
  return out;
}

}  // namespace

Process::Process(const std::vector<std::string>& command,
                 const std::map<std::string, std::string>& environment) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  std::string pattern = (std::filesystem::temp_directory_path() / "vistime-stderr-XXXXXX").string();
  const int errors = mkostemp(pattern.data(), O_CLOEXEC);
  errors_file_ = pattern;
  const auto environment_words = environment_with(environment);
  const auto arguments = pointers(command);
  const auto environment_pointers = pointers(environment_words);
  id_ = fork();
  if (id_ < 0) throw std::runtime_error("fork");
  if (id_ == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execve(arguments[0], arguments.data(), environment_pointers.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  close(errors);
  in_ = in[1];
  out_ = out[0];
}

Process::~Process() {
  if (!code_) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  close(in_);
  close(out_);
  std::filesystem::remove(errors_file_);
}

bool Process::fill(std::chrono::milliseconds patience) {
  pollfd waiting{out_, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
  char bytes[4096];
  const ssize_t count = read(out_, bytes, sizeof bytes);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> Process::read_line(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (true) {
    const auto end = buffer_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() > 0 && fill(left)) continue;
    // A last line need not end.
    if (buffer_.empty()) return std::nullopt;
    return std::exchange(buffer_, {});
  }
}

void Process::write_line(const std::string& line) {
  const std::string text = line + "\n";
  if (write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("the program does not read: " + std::string(std::strerror(errno)));
  }
}

void Process::signal(int number) { kill(id_, number); }

int Process::wait(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (!code_) {
    int status = 0;
    const pid_t ended = waitpid(id_, &status, WNOHANG);
    if (ended == id_) {
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      break;
    }
    if (Clock::now() > deadline) throw std::runtime_error("the program does not end; it said: " + errors());
    // Reading keeps a program from blocking on a full pipe, and waits for its end without polling hard.
    if (!fill(std::chrono::milliseconds(50))) poll(nullptr, 0, 10);
  }
  return *code_;
}

std::string Process::errors() {
  std::ifstream file(errors_file_);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace vistime::system_tests
