// Examines the way to a server: takes every route of the ladder by itself, to its end, and says for each which layer
// held, what was seen, and who can change it. Works where nothing connects at all.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/core/meeting_link.hpp"
#include "client/core/proxy_choice.hpp"

namespace vistime::client {

// From the wire up: the first that did not hold is where to look.
enum class NetworkLayer { kName, kTcp, kProxy, kTls, kHttp, kUpgrade, kFirstMessage };
std::string_view to_string(
    NetworkLayer layer);  // "dns", "tcp", "proxy", "tls", "http", "upgrade", "first-message"
// Where an error of a route belongs.
NetworkLayer layer_of(std::string_view code);

struct ExaminedRoute {
  std::string channel;  // "master", "conference"
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
  std::vector<ExaminedRoute> routes;  // in the order of the ladder
  std::vector<base::Error> problems;  // of the proxies' configuration
  Verdict verdict = Verdict::kNothing;
  std::string best;  // the route by which a meeting goes; empty: none

  const ExaminedRoute* find(std::string_view channel, std::string_view route) const;
};

// The verdict that the routes bear out, and the best of them.
void judge(Diagnosis& diagnosis);

struct DoctorSettings {
  Server server;
  std::string ca_file = {};
  FoundProxies proxies = {};
  std::chrono::milliseconds route_limit{8'000};
};

// Blocks until every route has been taken, at most about the limit. `told` is called as each is done, with how many are
// done and how many there are. Fails when the CA file cannot be read.
base::Result<Diagnosis> examine(
    const DoctorSettings& settings,
    const std::function<void(const ExaminedRoute&, std::size_t, std::size_t)>& told);

}  // namespace vistime::client
