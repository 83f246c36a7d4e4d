#include "server/vistimed/serve.hpp"

#include <sys/resource.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>

#include "protocol/version.hpp"
#include "server/common/logging.hpp"
#include "server/vistimed/notify.hpp"
#include "server/vistimed/server.hpp"

namespace vistime::server {
namespace {

constexpr auto kCertificateCheck = std::chrono::seconds(5);
// For what follows the rooms' own draining: closing, writing.
constexpr auto kDrainGrace = std::chrono::seconds(2);

// Lives on the main thread; the server's workers have their own.
class Main {
 public:
  Main(Server& server, std::chrono::seconds drain_limit)
      : server_(server), drain_limit_(drain_limit), signals_(context_, SIGTERM, SIGINT, SIGHUP) {}

  void run() {
    await_signal();
    check_certificates();
    feed_watchdog();
    context_.run();
  }

 private:
  void await_signal() {
    signals_.async_wait([this](const transport::ErrorCode& error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        notify_reloading();
        server_.check_certificates(true);
        notify_ready();
      } else if (draining_) {
        log_warning("ended at once, by a second signal");
        context_.stop();
      } else {
        drain();
      }
      await_signal();
    });
  }

  void drain() {
    draining_ = true;
    notify_stopping();
    log_info("draining", {{"limit_seconds", std::to_string(drain_limit_.count())}});
    server_.drain([this] { asio::post(context_, [this] { context_.stop(); }); });
    limit_.expires_after(drain_limit_ + kDrainGrace);
    limit_.async_wait([this](const transport::ErrorCode& error) {
      if (error) return;
      log_warning("draining took too long; ended");
      context_.stop();
    });
  }

  void check_certificates() {
    certificate_timer_.expires_after(kCertificateCheck);
    certificate_timer_.async_wait([this](const transport::ErrorCode& error) {
      if (error) return;
      server_.check_certificates(false);
      check_certificates();
    });
  }

  void feed_watchdog() {
    const auto interval = watchdog_interval();
    if (interval.count() == 0) return;
    notify_alive();
    watchdog_.expires_after(interval);
    watchdog_.async_wait([this](const transport::ErrorCode& error) {
      if (!error) feed_watchdog();
    });
  }

  asio::io_context context_{1};
  Server& server_;
  const std::chrono::seconds drain_limit_;
  asio::basic_signal_set<transport::Executor> signals_;
  transport::Timer certificate_timer_{context_};
  transport::Timer watchdog_{context_};
  transport::Timer limit_{context_};
  bool draining_ = false;
};

// As many connections as the system lets us have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void print_start(const Server& server, bool print_ports) {
  if (server.certificate_made()) std::fputs(how_to_trust(server.certificate()).c_str(), stdout);
  const Ports ports = server.ports();
  if (print_ports) {
    std::printf("READY https=%u http=%u master=%u conference=%u\n", ports.https, ports.http, ports.master,
                ports.conference);
  }
  std::fflush(stdout);
}

}  // namespace

ExitCode serve(const Settings& settings, bool print_ports, const base::Clock& clock) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  log_info("starting",
           {{"release", std::string(protocol::release())}, {"build", std::string(protocol::build())}});
  auto server = Server::start(settings, clock);
  if (!server) {
    std::fprintf(stderr, "vistimed: %s\n", server.error().message.c_str());
    return exit_code_of(server.error());
  }
  Main main(**server, std::chrono::seconds(settings.drain_seconds));
  print_start(**server, print_ports);
  notify_ready();
  main.run();
  // Before Main goes: a late end of draining still posts to it.
  server->reset();
  log_info("stopped");
  return kExitOk;
}

}  // namespace vistime::server
