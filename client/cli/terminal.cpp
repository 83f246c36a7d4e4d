#include "client/cli/terminal.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace vistime::cli {
namespace {

// Alternate screen, no cursor; and back.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[2J";
constexpr std::string_view kLeave = "\x1b[0m\x1b[?25h\x1b[?1049l";
// Those that end us without a word otherwise. SIGINT, SIGTERM and SIGHUP end the meeting politely.
constexpr std::array kDeadly = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};

// A signal handler reaches nothing else: what it must give back is kept here, written before it is installed.
termios saved_settings;
volatile std::sig_atomic_t taken_over = 0;

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto size = ::write(STDOUT_FILENO, text.data(), text.size());
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

void give_back() {
  if (taken_over == 0) return;
  taken_over = 0;
  write_all(kLeave);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved_settings);
}

// Only functions that POSIX allows in a handler.
void on_deadly_signal(int number) {
  give_back();
  struct sigaction usual{};
  usual.sa_handler = SIG_DFL;
  ::sigaction(number, &usual, nullptr);
  ::raise(number);
}

}  // namespace

Terminal::Terminal() {
  if (::tcgetattr(STDIN_FILENO, &saved_settings) != 0) return;
  taken_over = 1;
  struct sigaction ours{};
  ours.sa_handler = on_deadly_signal;
  for (const int number : kDeadly) ::sigaction(number, &ours, nullptr);
  termios raw = saved_settings;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
  // Ctrl-C stays a signal; Ctrl-Z would leave the meeting running unseen.
  raw.c_cc[VSUSP] = _POSIX_VDISABLE;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
  write_all(kEnter);
}

Terminal::~Terminal() { give_back(); }

Terminal::Size Terminal::size() const {
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return {};
  return {window.ws_col, window.ws_row};
}

void Terminal::draw(const std::vector<std::string>& lines) {
  std::string out;
  if (lines.size() != shown_.size()) {
    out += "\x1b[2J";
    shown_.assign(lines.size(), "\x1b");  // no line is like this one
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] == shown_[i]) continue;
    out += "\x1b[" + std::to_string(i + 1) + ";1H" + lines[i] + "\x1b[0m\x1b[K";
  }
  shown_ = lines;
  if (!out.empty()) write_all(out);
}

bool Terminal::may_colour() {
  const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): nobody sets any
  const char* kind = std::getenv("TERM");           // NOLINT(concurrency-mt-unsafe)
  const bool refused = no_colour != nullptr && *no_colour != 0;
  return !refused && kind != nullptr && std::string_view(kind) != "dumb";
}

}  // namespace vistime::cli
