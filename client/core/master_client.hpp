// Master's HTTPS interface, called by whatever route leads there. Certificates are always verified, redirects are not
// followed, an answer is at most 1 MiB.
//
// The first call races the routes; the connection that won carries the next calls as well.
//
// Errors: those of problem_to_error(), and kUnreachable "unreachable", kRefused "tls-not-trusted" (with who issued the
// certificate and what to do), kRefused "proxy-auth" or "proxy-denied".
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/core/api_messages.hpp"
#include "client/core/meeting_link.hpp"
#include "client/core/proxy_choice.hpp"
#include "client/core/ways.hpp"
#include "transport/reach/connector.hpp"
#include "transport/reach/http.hpp"

namespace vistime::client {

struct MasterSettings {
  Server server = {};
  std::vector<Proxy> proxies = {};
  OnRoute told = {};
  std::shared_ptr<RouteMemory> memory = {};       // may be null
  std::chrono::milliseconds route_limit{10'000};  // for one route to be taken
  std::chrono::milliseconds limit{20'000};        // for one call on an open route
};

class MasterClient {
 public:
  // The connector outlives it and its calls; one call at a time.
  MasterClient(transport::reach::Connector& connector, MasterSettings settings)
      : connector_(connector),
        settings_(std::move(settings)),
        ways_({.server = settings_.server,
               .proxies = settings_.proxies,
               .told = settings_.told,
               .memory = settings_.memory}) {}

  transport::Task<base::Result<CreatedRoom>> create_room(NewRoom room);
  transport::Task<base::Result<RoomInfo>> room_info(std::string room);
  transport::Task<base::Result<JoinGrant>> join(std::string room, JoinRequest request);
  transport::Task<base::Result<void>> close_room(std::string room, std::string host_key);

 private:
  using Connection = std::shared_ptr<transport::reach::HttpConnection>;
  struct Opened {
    Connection connection;
    transport::reach::HttpAnswer answer;
  };
  transport::Task<base::Result<std::string>> perform(transport::reach::HttpRequest request);
  // Races the routes with a request that may be made more than once.
  transport::Task<base::Result<transport::reach::HttpAnswer>> climb(transport::reach::HttpRequest request);
  transport::Task<base::Result<Opened>> take(transport::reach::Route route,
                                             transport::reach::HttpRequest request);

  transport::reach::Connector& connector_;
  const MasterSettings settings_;
  const Ways ways_;
  Connection connection_;
  std::optional<transport::reach::Route> route_;  // the one that won
};

// What a person is told when no route led anywhere: our codes, and what to do.
base::Error for_people(const base::Error& why, const Server& server);

}  // namespace vistime::client
