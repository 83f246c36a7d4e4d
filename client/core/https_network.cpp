#include "client/core/https_network.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace vistime::client {
namespace {

namespace asio = boost::asio;
namespace reach = transport::reach;
using transport::Task;

// One route, from its name to the probe's answer.
constexpr std::chrono::seconds kRouteLimit{10};
// A server closes a link on which nobody greets after ten seconds.
constexpr std::chrono::seconds kFresh{7};

// Arguments by value: the coroutine outlives the call.
template <typename T>
Task<void> tell(Task<base::Result<T>> task, Network::Done<T> done) {
  base::Result<T> result = base::fail(base::ErrorKind::kInternal, "not tried");
  try {
    result = co_await std::move(task);
  } catch (const std::exception& error) {
    result = base::fail_as(base::ErrorKind::kUnreachable, "unreachable", "{}", error.what());
  }
  done(std::move(result));
}

}  // namespace

struct HttpsNetwork::Ahead {
  std::string path;
  std::chrono::steady_clock::time_point began;
  std::optional<base::Result<CarrierPointer>> opened;
  Done<CarrierPointer> waiting;
};

base::Result<std::unique_ptr<HttpsNetwork>> HttpsNetwork::create(transport::Executor executor,
                                                                 NetworkSettings settings) {
  auto connector = reach::Connector::create(settings.ca_file);
  if (!connector) return std::unexpected(connector.error());
  return std::unique_ptr<HttpsNetwork>(
      new HttpsNetwork(std::move(executor), std::move(settings), std::move(*connector)));
}

HttpsNetwork::HttpsNetwork(transport::Executor executor, NetworkSettings settings,
                           std::unique_ptr<reach::Connector> connector)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      connector_(std::move(connector)),
      ways_({.server = settings_.server,
             .proxies = settings_.proxies,
             .told = settings_.told,
             .memory = settings_.memory}),
      master_(*connector_, {.server = settings_.server,
                            .proxies = settings_.proxies,
                            .told = settings_.told,
                            .memory = settings_.memory}) {}

HttpsNetwork::~HttpsNetwork() = default;

void HttpsNetwork::room_info(const std::string& room, Done<RoomInfo> done) {
  ahead_ = std::make_shared<Ahead>(Ahead{.path = "/link/conference/" + room,
                                         .began = std::chrono::steady_clock::now(),
                                         .opened = {},
                                         .waiting = {}});
  asio::co_spawn(executor_, open_ahead(this, ahead_), asio::detached);
  asio::co_spawn(executor_, tell<RoomInfo>(master_.room_info(room), std::move(done)), asio::detached);
}

void HttpsNetwork::join(const std::string& room, const JoinRequest& request, Done<JoinGrant> done) {
  asio::co_spawn(executor_, tell<JoinGrant>(master_.join(room, request), std::move(done)), asio::detached);
}

void HttpsNetwork::connect(const std::string& path, Done<CarrierPointer> done) {
  const auto ahead = std::exchange(ahead_, nullptr);
  const bool fresh = ahead && ahead->path == path && std::chrono::steady_clock::now() - ahead->began < kFresh;
  if (fresh && !ahead->opened) {
    ahead->waiting = std::move(done);
  } else if (fresh && *ahead->opened) {
    asio::post(executor_, [ahead, done = std::move(done)] { done(std::move(*ahead->opened)); });
  } else {
    auto routes = ways_.all(reach::Channel::kConference);
    asio::co_spawn(executor_, tell<CarrierPointer>(open_link(path, std::move(routes)), std::move(done)),
                   asio::detached);
  }
}

void HttpsNetwork::connect_better(const std::string& path, Done<CarrierPointer> done) {
  auto routes = route_ ? ways_.above(*route_) : std::vector<reach::Route>();
  if (routes.empty()) {
    asio::post(executor_, [done = std::move(done)] {
      done(base::fail_as(base::ErrorKind::kNotFound, "no-better-way", "this is the best way"));
    });
    return;
  }
  asio::co_spawn(executor_, tell<CarrierPointer>(open_link(path, std::move(routes)), std::move(done)),
                 asio::detached);
}

void HttpsNetwork::was_cut(base::Duration age) {
  if (route_) ways_.was_cut(*route_, age);
}

std::optional<base::Duration> HttpsNetwork::longest_session() const {
  return route_ ? ways_.longest_session(*route_) : std::nullopt;
}

Task<void> HttpsNetwork::open_ahead(HttpsNetwork* self, std::shared_ptr<Ahead> ahead) {
  auto opened = co_await self->open_link(ahead->path, self->ways_.all(reach::Channel::kConference));
  if (ahead->waiting) {
    ahead->waiting(std::move(opened));
  } else {
    ahead->opened = std::move(opened);
  }
}

Task<base::Result<HttpsNetwork::CarrierPointer>> HttpsNetwork::open_link(std::string path,
                                                                         std::vector<reach::Route> routes) {
  const auto began = std::chrono::steady_clock::now();
  const reach::TakeRoute<CarrierPointer> take = [connector = connector_.get(), path](reach::Route route) {
    return connector->open_link(std::move(route), path, std::chrono::steady_clock::now() + kRouteLimit);
  };
  auto climbed = co_await reach::climb<CarrierPointer>(std::move(routes), take, ways_.on_failed());
  if (!climbed) co_return std::unexpected(for_people(climbed.error(), settings_.server));
  route_ = climbed->route;
  ways_.won(climbed->route,
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
  co_return std::move(climbed->value);
}

}  // namespace vistime::client
