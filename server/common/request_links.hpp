// Links over plain requests (see protocol/README.md), as routes of a router: for networks that let no WebSocket through.
//
//   POST   LINK/requests        opens one: 201 {"session": …}
//   POST   LINK/requests/up     records up                         ?received=N
//   GET    LINK/requests/down   records down, as they come         ?from=N[&again=1]
//   GET    LINK/requests/poll   records down, once there are any   ?from=N[&again=1]
//   DELETE LINK/requests        ends it
//
// All but the first carry "Authorization: Bearer SESSION": the session is a secret and stands in no address.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "server/common/router.hpp"
#include "transport/request_session.hpp"

namespace vistime::server {

class RequestLinks : public std::enable_shared_from_this<RequestLinks> {
 public:
  static constexpr std::size_t kMaxSessions = 20'000;
  // How long a poll waits: below what a proxy takes for a dead server.
  static constexpr auto kPollTime = std::chrono::seconds(8);
  // A streamed answer ends after so long; clients go on with the next before.
  static constexpr auto kStreamTime = std::chrono::minutes(10);

  // The executor that owns the links of `name`, the last wildcard of the pattern.
  using Home = std::function<transport::Executor(const std::string& name)>;
  // Takes a carrier that was opened, on that executor.
  using Accept = std::function<void(std::unique_ptr<transport::Carrier> carrier, std::string name)>;

  RequestLinks(Home home, Accept accept) : home_(std::move(home)), accept_(std::move(accept)) {}
  // `link`: "/link/conference/*". This object outlives the router's use.
  void register_routes(Router& router, const std::string& link);
  // The workers have stopped: timers must go before the executors they are on.
  void shut();

 private:
  struct Entry {
    std::shared_ptr<transport::RequestSession> session;
    transport::Executor home;
  };
  // Who asks: the entry that the request's bearer opens, or the answer to refuse with.
  std::optional<Entry> find(const Request& request);
  Task<Response> open(Request request, std::string name);
  Task<Response> up(Request request, Target target);
  Task<Response> poll(Request request, Target target);
  Task<Response> close(Request request);
  Task<void> stream(transport::Stream stream, Request request, Target target);

  const Home home_;
  const Accept accept_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> sessions_;
};

}  // namespace vistime::server
