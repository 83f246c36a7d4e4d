#include "client/cli/doctor_command.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "client/cli/exit_code.hpp"

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

}  // namespace

int run_doctor(const Arguments& arguments, const DoctorArguments& doctor) {
  const auto server = server_of(doctor.url);
  if (!server) return wrong_use(server.error().message);
  auto proxies = client::find_proxies(
      {.proxy = arguments.proxy, .pac = arguments.proxy_pac, .user = arguments.proxy_user}, *server,
      client::process_environment());
  if (!proxies) return wrong_use(proxies.error().message);
  const bool shows_progress = ::isatty(STDERR_FILENO) == 1;
  const auto told = [&](const client::ExaminedRoute& route, std::size_t done, std::size_t all) {
    if (!shows_progress) return;
    std::cerr << "\r\x1b[K" << done << "/" << all << " " << route.channel << " " << route.route << std::flush;
    if (done == all) std::cerr << "\r\x1b[K" << std::flush;
  };
  const auto diagnosis =
      client::examine({.server = *server, .ca_file = arguments.ca_file, .proxies = *proxies}, told);
  if (!diagnosis) return wrong_use(diagnosis.error().message);
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
