// Examines the way to a server: takes every route of the ladder by itself, to its end, and says for each which layer
// held, what was seen, and who can change it. Works where nothing connects at all.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/core/doctor_measure.hpp"
#include "client/core/meeting_link.hpp"
#include "client/core/proxy_choice.hpp"
#include "client/core/test_call.hpp"

namespace vistime::client {

// From the wire up: the first that did not hold is where to look.
enum class NetworkLayer { kName, kTcp, kProxy, kTls, kHttp, kUpgrade, kFirstMessage };
std::string_view to_string(
    NetworkLayer layer);  // "dns", "tcp", "proxy", "tls", "http", "upgrade", "first-message"
// Where an error of a route belongs.
NetworkLayer layer_of(std::string_view code);

struct ExaminedRoute {
  std::string channel;  // "master", "conference", "update"
  std::string route;    // "wss-443-proxy"
  std::string proxy;    // empty: direct
  std::uint16_t port = 0;
  std::chrono::milliseconds took{0};
  std::optional<base::Error> failed;  // its code as in docs/kb, article 1004
};

enum class Verdict {
  kGood,      // the preferred route carries: WebSocket on the site's port, and master answers
  kFallback,  // a meeting works, by another route
  kNothing,   // no meeting is possible
};
std::string_view to_string(Verdict verdict);  // "good", "fallback", "nothing"

struct Diagnosis {
  Server server;
  std::string release;                 // ours
  std::vector<std::string> addresses;  // what the name resolves to here
  std::vector<std::string> proxies;
  std::vector<ExaminedRoute> routes;              // in the order of the ladder
  std::vector<base::Error> problems;              // of the proxies' configuration
  std::optional<Measurements> measured;           // of a way that carries; empty: none does
  bool interrupted = false;                       // something was not waited for
  std::optional<base::Result<CallQuality>> call;  // the test call, if one was made
  Verdict verdict = Verdict::kNothing;
  std::string best;  // the route by which a meeting goes; empty: none

  const ExaminedRoute* find(std::string_view channel, std::string_view route) const;
};

// The verdict that the routes bear out, and the best of them. The update check does not decide it.
void judge(Diagnosis& diagnosis);

// What to open, for rules: what the site says of itself, else what can be known from here.
site::NetworkRecord record_of(const Diagnosis& diagnosis);

struct DoctorSettings {
  Server server;
  std::string ca_file = {};
  FoundProxies proxies = {};
  std::chrono::milliseconds route_limit{8'000};
  std::chrono::seconds silence{8};  // for how long a connection is held without a word
  std::uint16_t update_port = 80;   // where the site is on 443
};

struct DoctorProgress {
  std::string what;  // "conference wss-443-proxy", "measuring"
  std::size_t done = 0;
  std::size_t all = 0;
};

// Blocks until every route has been taken, at most about the limit, and the best of them measured. `told` is called as each
// is done. An interrupt (SIGINT) ends it with what is known by then. Fails when the CA file cannot be read.
base::Result<Diagnosis> examine(const DoctorSettings& settings,
                                const std::function<void(const DoctorProgress&)>& told);

}  // namespace vistime::client
