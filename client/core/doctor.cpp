#include "client/core/doctor.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "client/core/master_client.hpp"
#include "protocol/version.hpp"
#include "transport/reach/connector.hpp"

namespace vistime::client {
namespace {

namespace asio = boost::asio;
namespace reach = transport::reach;
using reach::Channel;
using reach::Route;
using transport::Task;
using Clock = std::chrono::steady_clock;

// Any room: a probe is answered before anybody asks which.
constexpr const char* kAnyRoom = "/link/conference/aaaaaaaaaa";
constexpr std::size_t kMaxAnswer = 64 * 1024;

struct Meaning {
  std::string_view code;
  NetworkLayer layer;
};
constexpr std::array<Meaning, 21> kLayers = {{{"dns", NetworkLayer::kName},
                                              {"dns-timeout", NetworkLayer::kName},
                                              {"tcp-refused", NetworkLayer::kTcp},
                                              {"tcp-timeout", NetworkLayer::kTcp},
                                              {"tcp-unreachable", NetworkLayer::kTcp},
                                              {"proxy-unreachable", NetworkLayer::kProxy},
                                              {"proxy-auth", NetworkLayer::kProxy},
                                              {"proxy-denied", NetworkLayer::kProxy},
                                              {"proxy-timeout", NetworkLayer::kProxy},
                                              {"proxy-garbage", NetworkLayer::kProxy},
                                              {"tls-untrusted", NetworkLayer::kTls},
                                              {"tls-timeout", NetworkLayer::kTls},
                                              {"tls-failed", NetworkLayer::kTls},
                                              {"http-timeout", NetworkLayer::kHttp},
                                              {"http-failed", NetworkLayer::kHttp},
                                              {"transformed", NetworkLayer::kHttp},
                                              {"bad-answer", NetworkLayer::kHttp},
                                              {"upgrade-refused", NetworkLayer::kUpgrade},
                                              {"upgrade-timeout", NetworkLayer::kUpgrade},
                                              {"requests-refused", NetworkLayer::kHttp},
                                              {"starved", NetworkLayer::kFirstMessage}}};

Task<base::Result<void>> take_master(reach::Connector& connector, Route route, transport::Deadline deadline) {
  auto stream = co_await connector.open_stream(route, deadline);
  if (!stream) co_return std::unexpected(stream.error());
  reach::HttpConnection connection(std::move(*stream),
                                   transport::authority_of(route.host, std::to_string(route.port)));
  reach::HttpRequest request(reach::http::verb::get, "/api/v1/keys", 11);
  request.set(reach::http::field::accept, "application/json");
  auto answer = co_await connection.ask(std::move(request), kMaxAnswer, deadline);
  if (!answer) co_return std::unexpected(answer.error());
  const auto type = (*answer)[reach::http::field::content_type];
  if (answer->result() != reach::http::status::ok || !type.starts_with("application/json")) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "transformed",
                            "something on the way answers in the server's place (HTTP {})",
                            answer->result_int());
  }
  co_return base::Result<void>();
}

Task<base::Result<void>> take_conference(reach::Connector& connector, Route route,
                                         transport::Deadline deadline) {
  auto carrier = co_await connector.open_link(std::move(route), kAnyRoom, deadline);
  if (!carrier) co_return std::unexpected(carrier.error());
  (*carrier)->close({});
  co_return base::Result<void>();
}

Task<void> examine_route(reach::Connector& connector, Route route, std::chrono::milliseconds limit,
                         ExaminedRoute& out, std::function<void()> done) {
  const auto began = Clock::now();
  const auto deadline = began + limit;
  base::Result<void> result = base::fail(base::ErrorKind::kInternal, "not tried");
  try {
    // Not as one expression: g++ 12 destroys what a conditional co_await holds twice.
    if (route.channel == Channel::kMaster) {
      result = co_await take_master(connector, route, deadline);
    } else {
      result = co_await take_conference(connector, route, deadline);
    }
  } catch (const std::exception& error) {
    result = base::fail_as(base::ErrorKind::kUnreachable, "unreachable", "{}", error.what());
  }
  out.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  if (!result) out.failed = result.error();
  done();
}

Task<void> look_up(std::string host, std::vector<std::string>& out, std::function<void()> done) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::basic_resolver<transport::tcp, transport::Executor> resolver(executor);
  const auto token = asio::as_tuple(transport::use_task);
  const auto [error, results] = co_await resolver.async_resolve(host, "443", token);
  if (!error) {
    for (const auto& result : results) out.push_back(result.endpoint().address().to_string());
  }
  done();
}

}  // namespace

std::string_view to_string(NetworkLayer layer) {
  switch (layer) {
    case NetworkLayer::kName: return "dns";
    case NetworkLayer::kTcp: return "tcp";
    case NetworkLayer::kProxy: return "proxy";
    case NetworkLayer::kTls: return "tls";
    case NetworkLayer::kHttp: return "http";
    case NetworkLayer::kUpgrade: return "upgrade";
    case NetworkLayer::kFirstMessage: return "first-message";
  }
  return "";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood: return "good";
    case Verdict::kFallback: return "fallback";
    case Verdict::kNothing: return "nothing";
  }
  return "";
}

NetworkLayer layer_of(std::string_view code) {
  const auto found = std::ranges::find(kLayers, code, &Meaning::code);
  return found == kLayers.end() ? NetworkLayer::kHttp : found->layer;
}

const ExaminedRoute* Diagnosis::find(std::string_view channel, std::string_view route) const {
  for (const ExaminedRoute& each : routes) {
    if (each.channel == channel && each.route == route) return &each;
  }
  return nullptr;
}

void judge(Diagnosis& diagnosis) {
  const auto carries = [&](std::string_view channel) {
    const ExaminedRoute* first = nullptr;
    for (const ExaminedRoute& each : diagnosis.routes) {
      if (each.channel == channel && !each.failed && first == nullptr) first = &each;
    }
    return first;
  };
  const ExaminedRoute* conference = carries("conference");
  const ExaminedRoute* master = carries("master");
  diagnosis.best = conference != nullptr ? conference->route : std::string();
  if (conference == nullptr || master == nullptr) {
    diagnosis.verdict = Verdict::kNothing;
  } else if (conference->port == diagnosis.server.port && conference->route.starts_with("wss-") &&
             master->port == diagnosis.server.port) {
    diagnosis.verdict = Verdict::kGood;
  } else {
    diagnosis.verdict = Verdict::kFallback;
  }
}

base::Result<Diagnosis> examine(
    const DoctorSettings& settings,
    const std::function<void(const ExaminedRoute&, std::size_t, std::size_t)>& told) {
  asio::io_context context(1);  // outlives the connector, whose threads answer on it
  auto connector = reach::Connector::create(settings.ca_file);
  if (!connector) return std::unexpected(connector.error());
  Diagnosis diagnosis{.server = settings.server,
                      .release = std::string(protocol::release()),
                      .addresses = {},
                      .proxies = {},
                      .routes = {},
                      .problems = settings.proxies.problems,
                      .best = {}};
  for (const Proxy& proxy : settings.proxies.proxies) diagnosis.proxies.push_back(proxy.print());
  std::vector<Route> routes;
  for (const Channel channel : {Channel::kConference, Channel::kMaster}) {
    for (Route& route :
         reach::ladder(channel, settings.server.host, settings.server.port, settings.proxies.proxies)) {
      diagnosis.routes.push_back({.channel = std::string(reach::to_string(channel)),
                                  .route = route.name(),
                                  .proxy = route.proxy ? route.proxy->print() : std::string(),
                                  .port = route.port,
                                  .took = {},
                                  .failed = {}});
      routes.push_back(std::move(route));
    }
  }
  // Each writes to a place of its own; the context runs until all have.
  std::size_t done = 0;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    ExaminedRoute& out = diagnosis.routes[i];
    asio::co_spawn(context.get_executor(),
                   examine_route(**connector, routes[i], settings.route_limit, out,
                                 [&, place = &out] {
                                   ++done;
                                   told(*place, done, routes.size());
                                   if (done == routes.size()) context.stop();
                                 }),
                   asio::detached);
  }
  asio::co_spawn(context.get_executor(), look_up(settings.server.host, diagnosis.addresses, [] {}),
                 asio::detached);
  context.run();
  std::ranges::sort(diagnosis.addresses);
  diagnosis.addresses.erase(std::ranges::unique(diagnosis.addresses).begin(), diagnosis.addresses.end());
  judge(diagnosis);
  return diagnosis;
}

}  // namespace vistime::client
