// ./dev bench forward: how many voice objects a server forwards per CPU-second, ours and mumble-server's in one run,
// under the same load: 80-byte payloads, 50 a second from each talker, over TLS.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "load.hpp"
#include "mumble.hpp"
#include "profile.hpp"
#include "vistime.hpp"

namespace vistime::bench {
namespace {

using nlohmann::json;

// The server has one processor to itself and the load the other, so that neither takes the other's time.
constexpr int kServerCpu = 0;
constexpr int kLoadCpu = 1;

struct Options {
  std::string vistimed;
  std::vector<std::size_t> listeners{50, 100, 200};
  std::vector<std::size_t> talkers{1, 4};
  double seconds = 10;
  bool as_json = false;
};

void add_figure(json& figures, const std::string& name, double value, const std::string& unit, double peer,
                double ratio, const std::string& aim, bool met) {
  figures.push_back({{"bench", "forward"},
                     {"name", name},
                     {"value", value},
                     {"unit", unit},
                     {"peer", "mumble-server"},
                     {"peer_value", peer},
                     {"ratio", ratio},
                     {"aim", aim},
                     {"met", met}});
}

// Whether enough is forwarded.
bool compare(json& figures, const std::string& load, std::size_t talkers, const Measured& ours,
             const Measured& theirs) {
  const double aim = talkers == 1 ? 2.0 : 3.0;
  const double ratio = ours.forwarded_per_cpu_second / theirs.forwarded_per_cpu_second;
  add_figure(figures, load + ": forwarded", ours.forwarded_per_cpu_second, "objects/CPU-s",
             theirs.forwarded_per_cpu_second, ratio, fmt::format("≥ {:.0f}×, ≥ 99.9 % delivered", aim),
             ratio >= aim && ours.delivered >= 0.999);
  add_figure(figures, load + ": delivered", ours.delivered * 100, "%", theirs.delivered * 100,
             ours.delivered / theirs.delivered, "≥ 99.9 %", ours.delivered >= 0.999);
  add_figure(figures, load + ": CPU per join", ours.cpu_per_join_ms, "ms", theirs.cpu_per_join_ms,
             ours.cpu_per_join_ms / theirs.cpu_per_join_ms, "", true);
  add_figure(figures, load + ": idle memory per connection", ours.memory_per_idle_kib, "KiB",
             theirs.memory_per_idle_kib, ours.memory_per_idle_kib / theirs.memory_per_idle_kib, "≤ 40 KiB",
             ours.memory_per_idle_kib <= 40);
  return ratio >= aim;
}

void print(const json& figures) {
  std::printf("%-46s %12s %12s %8s  %-8s\n", "figure", "vistimed", "mumble", "ratio", "aim met");
  for (const auto& figure : figures) {
    const std::string name = figure["name"], unit = figure["unit"], aim = figure["aim"];
    const std::string verdict =
        aim.empty() ? "" : std::string(figure["met"].get<bool>() ? "yes" : "NO") + " (" + aim + ")";
    std::printf("%-46s %12.1f %12.1f %7.2fx  %s %s\n", name.c_str(), figure["value"].get<double>(),
                figure["peer_value"].get<double>(), figure["ratio"].get<double>(), unit.c_str(),
                verdict.c_str());
  }
}

// The same load once more under perf, which costs too much to be there while something is measured.
base::Result<void> say_where_time_goes(const Options& options, const std::filesystem::path& place,
                                       std::size_t talkers, std::size_t listeners) {
  constexpr std::chrono::seconds kJoined{6};
  boost::asio::io_context context;
  auto vistimed = start_vistimed(context, options.vistimed, place, kServerCpu);
  if (!vistimed) return std::unexpected(vistimed.error());
  const std::chrono::seconds measured(static_cast<int>(options.seconds));
  Profile profile((*vistimed)->process(), place, kJoined, measured);
  const auto again = measure(context, **vistimed, talkers, listeners, options.seconds + 4);
  if (!again) return std::unexpected(again.error());
  if (const std::string shares = profile.shares(); !shares.empty())
    std::fprintf(stderr, "  short of its aim; vistimed's time goes to: %s\n", shares.c_str());
  return {};
}

// Fresh servers for each load, so that none inherits what another left behind.
base::Result<json> run(const Options& options, const std::filesystem::path& folder) {
  json figures = json::array();
  for (const std::size_t talkers : options.talkers) {
    for (const std::size_t listeners : options.listeners) {
      const std::string load = fmt::format("{} talking, {} listening", talkers, listeners);
      std::fprintf(stderr, "%s …\n", load.c_str());
      boost::asio::io_context context;
      const auto place = folder / fmt::format("{}-{}", talkers, listeners);
      std::optional<base::Result<Measured>> ours, theirs;
      auto vistimed = start_vistimed(context, options.vistimed, place, kServerCpu);
      if (!vistimed) return std::unexpected(vistimed.error());
      ours = measure(context, **vistimed, talkers, listeners, options.seconds);
      vistimed->reset();
      if (!*ours) return std::unexpected(ours->error());
      const std::string tls = (place / "data/tls").string();
      auto mumble =
          start_mumble(context, place, tls + "/server.pem", tls + "/server.key", tls + "/ca.pem", kServerCpu);
      if (!mumble) return std::unexpected(mumble.error());
      theirs = measure(context, **mumble, talkers, listeners, options.seconds);
      if (!*theirs) return std::unexpected(theirs->error());
      mumble->reset();
      if (compare(figures, load, talkers, **ours, **theirs)) continue;
      const auto said = say_where_time_goes(options, folder / (load + ", profile"), talkers, listeners);
      if (!said) return std::unexpected(said.error());
    }
  }
  return figures;
}

}  // namespace
}  // namespace vistime::bench

int main(int argc, char** argv) {
  using namespace vistime;
  bench::Options options;
  CLI::App app("Voice objects forwarded per CPU-second, beside mumble-server");
  app.add_option("--vistimed", options.vistimed, "the server's program")->required();
  app.add_option("--listeners", options.listeners, "how many listen")->delimiter(',');
  app.add_option("--talkers", options.talkers, "how many talk")->delimiter(',');
  app.add_option("--seconds", options.seconds, "how long each load is measured")
      ->check(CLI::Range(1.0, 600.0));
  app.add_flag("--json", options.as_json, "print figures as JSON");
  CLI11_PARSE(app, argc, argv);
  if (std::thread::hardware_concurrency() < 2) {
    std::fputs("bench forward needs two processors: one for the server, one for the load\n", stderr);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const rlimit files{8192, 8192};
  setrlimit(RLIMIT_NOFILE, &files);
  bench::pin_to(bench::kLoadCpu);
  std::string pattern = (std::filesystem::temp_directory_path() / "vistime-bench-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const auto figures = bench::run(options, folder);
  if (!figures) {
    std::fprintf(stderr, "%s\n(the servers' logs are in %s)\n", figures.error().message.c_str(),
                 folder.c_str());
    return 1;
  }
  std::filesystem::remove_all(folder);
  if (options.as_json) {
    std::printf("%s\n", nlohmann::json{{"figures", *figures}}.dump(1).c_str());
  } else {
    bench::print(*figures);
  }
  return 0;
}
