#include "client/cli/doctor_command.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "client/cli/exit_code.hpp"
#include "client/cli/proxy_sign_in.hpp"

namespace vistime::cli {
namespace {

int wrong_use(const std::string& why) {
  std::cerr << "vistime: " << why << "\n";
  return kDoctorUsage;
}

// A server's address, or a meeting's link, of which only the server is looked at.
base::Result<client::Server> server_of(const std::string& text) {
  if (auto server = client::Server::parse(text)) return server;
  auto link = client::MeetingLink::parse(text);
  if (link) return link->server;
  return base::fail_as(base::ErrorKind::kInvalid, "usage",
                       "'{}' is neither a server (https://HOST) nor a meeting's link",
                       text.substr(0, text.find('#')));
}

// Nothing works, and a proxy would let somebody through whom it knows.
bool wants_sign_in(const client::Diagnosis& diagnosis, ProxySignIn& sign_in) {
  for (const client::ExaminedRoute& route : diagnosis.routes) {
    if (route.failed && route.failed->code == "proxy-auth") sign_in.refused(route.proxy);
  }
  return diagnosis.verdict == client::Verdict::kNothing && !diagnosis.interrupted;
}

}  // namespace

int run_doctor(const Arguments& arguments, const DoctorArguments& doctor) {
  const auto server = server_of(doctor.url);
  if (!server) return wrong_use(server.error().message);
  auto proxies = client::find_proxies(
      {.proxy = arguments.proxy, .pac = arguments.proxy_pac, .user = arguments.proxy_user}, *server,
      client::process_environment());
  if (!proxies) return wrong_use(proxies.error().message);
  const bool shows_progress = ::isatty(STDERR_FILENO) == 1;
  const auto told = [&](const client::DoctorProgress& progress) {
    if (!shows_progress) return;
    std::cerr << "\r\x1b[K" << progress.done << "/" << progress.all << " " << progress.what << std::flush;
    if (progress.done == progress.all) std::cerr << "\r\x1b[K" << std::flush;
  };
  ProxySignIn sign_in(ask_at_terminal(arguments.json), proxies->proxies);
  base::Result<client::Diagnosis> diagnosis = base::fail(base::ErrorKind::kInternal, "not examined");
  do {
    diagnosis = client::examine({.server = *server,
                                 .ca_file = arguments.ca_file,
                                 .proxies = *proxies,
                                 .silence = std::chrono::seconds(doctor.idle_s)},
                                told);
    if (!diagnosis) return wrong_use(diagnosis.error().message);
  } while (wants_sign_in(*diagnosis, sign_in) && sign_in.ask(proxies->proxies));
  if (doctor.call && diagnosis->verdict != client::Verdict::kNothing && !diagnosis->interrupted) {
    if (shows_progress) std::cerr << "\r\x1b[Ktest call" << std::flush;
    diagnosis->call = client::test_call({.server = *server,
                                         .ca_file = arguments.ca_file,
                                         .proxies = proxies->proxies,
                                         .audio = doctor.audio,
                                         .record = doctor.record});
    if (shows_progress) std::cerr << "\r\x1b[K" << std::flush;
  }
  const Language language = Catalogue::of_environment().language();
  if (!doctor.html.empty()) {
    std::ofstream file(doctor.html, std::ios::trunc | std::ios::binary);
    file << doctor_html(*diagnosis, language);
    if (!file.flush()) return wrong_use("--html " + doctor.html + ": cannot be written");
  }
  if (arguments.json) {
    std::cout << doctor_json(*diagnosis) << std::endl;
  } else {
    std::cout << doctor_text(*diagnosis, language) << std::flush;
  }
  switch (diagnosis->verdict) {
    case client::Verdict::kGood: return 0;
    case client::Verdict::kFallback: return kDoctorFallback;
    case client::Verdict::kNothing: return kDoctorNothing;
  }
  return kDoctorNothing;
}

}  // namespace vistime::cli
