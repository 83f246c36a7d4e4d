// Which proxies a client may go through, from what it was told and what the system says.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "client/core/meeting_link.hpp"
#include "transport/reach/proxy.hpp"

namespace vistime::client {

using transport::reach::Environment;
using transport::reach::process_environment;
using transport::reach::Proxy;

struct ProxyChoice {
  std::string proxy = {};  // an address; "none": go directly whatever the system says; empty: ask the system
  std::string pac = {};    // address or file of a proxy auto-configuration script; empty: none
  std::string user = {};   // for proxies whose address names none; the password is in VISTIME_PROXY_PASSWORD
};

struct FoundProxies {
  std::vector<Proxy> proxies = {};  // in the order in which they are to be tried, each once
  std::vector<base::Error> problems =
      {};  // what could not be used, for people; the rest is tried nevertheless
};

// What was given, then the script's, then the desktop's, then the environment's. Blocks while a script is fetched and
// run, at most ten seconds. Fails with the code "bad-proxy" only for what was given by hand.
base::Result<FoundProxies> find_proxies(const ProxyChoice& choice, const Server& server,
                                        const Environment& environment);

}  // namespace vistime::client
