#include "client/cli/secrets.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace vistime::cli {
namespace {

constexpr std::size_t kMaxPassword = 1024;

}  // namespace

base::Result<std::string> read_password_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string line;
  if (!in || !std::getline(in, line)) {
    return base::fail_as(base::ErrorKind::kInvalid, "usage", "--password-file {}: not readable, or empty",
                         path);
  }
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty() || line.size() > kMaxPassword) {
    return base::fail_as(base::ErrorKind::kInvalid, "usage",
                         "--password-file {}: its first line is empty or too long", path);
  }
  return line;
}

base::Result<std::optional<std::string>> given_password(const std::string& path) {
  if (!path.empty()) {
    auto read = read_password_file(path);
    if (!read) return std::unexpected(read.error());
    return std::optional(std::move(*read));
  }
  // Before any thread was started.
  const char* variable = std::getenv("VISTIME_PASSWORD");  // NOLINT(concurrency-mt-unsafe)
  if (variable != nullptr && *variable != 0) return std::optional<std::string>(variable);
  return std::optional<std::string>();
}

std::optional<std::string> prompt(const std::string& question, bool secret) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);  // NOLINT: C's own variadic
  if (terminal < 0) return std::nullopt;
  termios before{};
  if (::tcgetattr(terminal, &before) != 0) return ::close(terminal), std::nullopt;
  termios silent = before;
  if (secret) silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(terminal, TCSAFLUSH, &silent);
  std::optional<std::string> answer;
  if (::write(terminal, question.data(), question.size()) > 0) {
    std::string buffer(kMaxPassword, 0);
    const auto size = ::read(terminal, buffer.data(), buffer.size());
    if (size > 0) {
      buffer.resize(static_cast<std::size_t>(size));
      answer = buffer.substr(0, buffer.find_first_of("\r\n"));
    }
    if (secret) (void)!::write(terminal, "\n", 1);
  }
  ::tcsetattr(terminal, TCSAFLUSH, &before);
  ::close(terminal);
  return answer;
}

}  // namespace vistime::cli
