#include "profile.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <thread>

namespace vistime::bench {
namespace {

constexpr int kLoadCpu = 1;
constexpr double kWorthNaming = 1;  // per cent

std::string output_of(const std::string& command) {
  std::string out;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 4096> block{};
  while (pipe && std::fgets(block.data(), block.size(), pipe.get()) != nullptr) out += block.data();
  return out;
}

}  // namespace

Profile::Profile(pid_t process, const std::filesystem::path& folder, std::chrono::seconds delay,
                 std::chrono::seconds duration)
    : samples_(folder / "perf.data") {
  auto started = Process::start(
      {"/usr/bin/perf", "record", "-q", "-F", "2000", "-D", std::to_string(delay.count() * 1000), "-o",
       samples_.string(), "-p", std::to_string(process), "sleep", std::to_string((delay + duration).count())},
      kLoadCpu, (folder / "perf.log").string());
  if (started) perf_.emplace(std::move(*started));
}

std::string Profile::shares() {
  while (perf_ && perf_->running()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::istringstream lines(
      output_of("perf report --stdio --no-children --sort dso -i '" + samples_.string() + "' 2>/dev/null"));
  std::string line, shares;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string share, name;  // "54.09%", "[kernel.kallsyms]"
    if (!(words >> share >> name) || !share.ends_with('%')) continue;
    const double percent = std::strtod(share.c_str(), nullptr);
    if (percent < kWorthNaming) continue;
    if (name.starts_with("[kernel")) name = "kernel";
    shares += fmt::format("{}{} {:.0f} %", shares.empty() ? "" : ", ", name, percent);
  }
  return shares;
}

}  // namespace vistime::bench
