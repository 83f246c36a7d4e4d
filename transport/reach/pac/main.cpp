// vistime-pac URL HOST: runs the proxy auto-configuration script on standard input and prints what it answers.
//
// A program of its own, because such a script is somebody else's: it may never end, or want all the memory there is
// (pacparser 1.3.6 stops neither). Whoever starts it ends it after a while; the rest it sees to itself.
#include <pacparser.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string>

namespace {

// A script that needs more is broken: real ones have a few kilobytes.
constexpr std::size_t kMaxScript = 1 << 20;
constexpr rlim_t kMaxMemory = 256U << 20;
constexpr rlim_t kMaxSeconds = 5;

bool limit(int what, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(static_cast<__rlimit_resource>(what), &both) == 0;
}

bool read_script(std::string& script) {
  std::array<char, 16 * 1024> block{};
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
    if (got <= 0) return got == 0;
    script.append(block.data(), static_cast<std::size_t>(got));
    if (script.size() > kMaxScript) return false;
  }
}

// Scripts' mistakes are told by the exit code; their words go nowhere.
int say_nothing(const char*, va_list) { return 0; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("vistime-pac is started by vistime: vistime-pac URL HOST <SCRIPT\n", stderr);
    return 2;
  }
  std::string script;
  if (!limit(RLIMIT_AS, kMaxMemory) || !limit(RLIMIT_CPU, kMaxSeconds) || !limit(RLIMIT_CORE, 0)) return 4;
  if (!read_script(script)) return 5;
  pacparser_set_error_printer(&say_nothing);
  if (pacparser_init() != 1) return 4;
  if (pacparser_parse_pac_string(script.c_str()) != 1) return 1;
  const char* found = pacparser_find_proxy(argv[1], argv[2]);
  if (found == nullptr) return 1;
  std::puts(found);
  return 0;
}
