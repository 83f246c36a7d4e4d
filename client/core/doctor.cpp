#include "client/core/doctor.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>

#include "client/core/master_client.hpp"
#include "protocol/version.hpp"
#include "transport/reach/connector.hpp"
#include "transport/reach/http.hpp"
#include "transport/reach/plain_get.hpp"

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
constexpr std::uint16_t kHttps = 443, kHttp = 80;

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
  out.failed = result ? std::nullopt : std::optional(result.error());
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

// What answers a request for anything on port 80 is a redirect to the site itself.
base::Result<void> take_update(const Server& server, std::uint16_t port, const std::optional<Proxy>& proxy,
                               std::chrono::milliseconds limit) {
  const bool brackets = server.host.find(':') != std::string::npos;
  const std::string host = brackets ? "[" + server.host + "]" : server.host;
  const std::string where = port == kHttp ? host : fmt::format("{}:{}", host, port);
  auto answer = reach::plain_get("http://" + where + "/", proxy, limit);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == 407) {
    return base::fail_as(base::ErrorKind::kRefused, "proxy-auth",
                         "the proxy {} asks for a name and a password", proxy ? proxy->print() : "");
  }
  if (answer->status / 100 == 3 && answer->location.starts_with("https://" + host)) return {};
  return base::fail_as(base::ErrorKind::kUnreachable, "transformed",
                       "something on the way answers in the server's place (HTTP {})", answer->status);
}

// One run: routes side by side, then the best of them measured.
class Examination {
 public:
  Examination(const DoctorSettings& settings, const std::function<void(const DoctorProgress&)>& told)
      : settings_(settings), told_(told) {}

  base::Result<Diagnosis> run() {
    auto connector = reach::Connector::create(settings_.ca_file);
    if (!connector) return std::unexpected(connector.error());
    connector_ = std::move(*connector);
    diagnosis_.server = settings_.server;
    diagnosis_.release = std::string(protocol::release());
    diagnosis_.problems = settings_.proxies.problems;
    for (const Proxy& proxy : settings_.proxies.proxies) diagnosis_.proxies.push_back(proxy.print());
    list_routes();
    take_routes();
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      diagnosis_.interrupted = true;
      context_.stop();
    });
    context_.run();
    connector_.reset();  // its threads post to the context
    std::ranges::sort(diagnosis_.addresses);
    diagnosis_.addresses.erase(std::ranges::unique(diagnosis_.addresses).begin(), diagnosis_.addresses.end());
    judge(diagnosis_);
    return std::move(diagnosis_);
  }

 private:
  void list_routes() {
    for (const Channel channel : {Channel::kConference, Channel::kMaster}) {
      for (Route& route :
           reach::ladder(channel, settings_.server.host, settings_.server.port, settings_.proxies.proxies)) {
        add_row(std::string(reach::to_string(channel)), route.name(), route.proxy, route.port);
        routes_.push_back(std::move(route));
      }
    }
    if (settings_.server.port != kHttps) return;  // port 80 belongs to a site on 443
    updates_.emplace_back();
    for (const Proxy& proxy : settings_.proxies.proxies) updates_.emplace_back(proxy);
    for (const auto& proxy : updates_) {
      add_row("update", fmt::format("http-{}{}", settings_.update_port, proxy ? "-proxy" : ""), proxy,
              settings_.update_port);
    }
  }
  void add_row(std::string channel, std::string name, const std::optional<Proxy>& proxy, std::uint16_t port) {
    diagnosis_.routes.push_back(
        {.channel = std::move(channel),
         .route = std::move(name),
         .proxy = proxy ? proxy->print() : std::string(),
         .port = port,
         .took = {},
         .failed = base::Error{base::ErrorKind::kUnreachable, "not-tried", "this was not waited for"}});
  }

  // Each writes to a place of its own.
  void take_routes() {
    const auto executor = context_.get_executor();
    asio::co_spawn(executor, look_up(settings_.server.host, diagnosis_.addresses, [] {}), asio::detached);
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      asio::co_spawn(executor,
                     examine_route(*connector_, routes_[i], settings_.route_limit, diagnosis_.routes[i],
                                   [this, i] { done(i); }),
                     asio::detached);
    }
    for (std::size_t i = 0; i < updates_.size(); ++i) {
      asio::post(threads_, [this, i, keep = asio::make_work_guard(context_)] {
        const auto began = Clock::now();
        auto result =
            take_update(settings_.server, settings_.update_port, updates_[i], settings_.route_limit);
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
        asio::post(context_, [this, i, result = std::move(result), took] {
          ExaminedRoute& row = diagnosis_.routes[routes_.size() + i];
          row.took = took;
          row.failed = result ? std::nullopt : std::optional(result.error());
          done(routes_.size() + i);
        });
      });
    }
  }

  void done(std::size_t row) {
    ++done_;
    const std::size_t all = diagnosis_.routes.size();
    told_({diagnosis_.routes[row].channel + " " + diagnosis_.routes[row].route, done_, all + 1});
    if (done_ < all) return;
    judge(diagnosis_);
    const auto carries = [&](std::size_t i) {
      return !diagnosis_.routes[i].failed && routes_[i].port == settings_.server.port;
    };
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      if (!carries(i)) continue;
      told_({"measuring", done_, all + 1});
      asio::co_spawn(context_, measure_route(routes_[i]), asio::detached);
      return;
    }
    end();
  }
  Task<void> measure_route(Route route) {
    MeasureSettings settings{.route = std::move(route), .silence = settings_.silence};
    diagnosis_.measured = co_await measure(*connector_, std::move(settings));
    end();
  }
  void end() {
    told_({"", diagnosis_.routes.size() + 1, diagnosis_.routes.size() + 1});
    context_.stop();
  }

  const DoctorSettings& settings_;
  const std::function<void(const DoctorProgress&)>& told_;
  asio::io_context context_{1};  // outlives what posts to it
  asio::signal_set signals_{context_, SIGINT};
  asio::thread_pool threads_{4};
  std::unique_ptr<reach::Connector> connector_;
  std::vector<Route> routes_;
  std::vector<std::optional<Proxy>> updates_;
  std::size_t done_ = 0;
  Diagnosis diagnosis_;
};

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

site::NetworkRecord record_of(const Diagnosis& diagnosis) {
  if (diagnosis.measured && diagnosis.measured->record) return *diagnosis.measured->record;
  site::NetworkContent content;
  content.names = {diagnosis.server.host};
  for (const std::string& address : diagnosis.addresses)
    (address.find(':') == std::string::npos ? content.ipv4 : content.ipv6).push_back(address);
  using site::PortPurpose;
  content.ports = {{diagnosis.server.port, false, PortPurpose::kEverything, true}};
  if (diagnosis.server.port == kHttps) {
    content.ports.push_back({kHttp, false, PortPurpose::kRedirect});
    content.ports.push_back({reach::kMasterPort, false, PortPurpose::kMaster});
    content.ports.push_back({reach::kConferencePort, false, PortPurpose::kConference});
  }
  return site::updated(
      {}, std::move(content),
      std::chrono::time_point_cast<base::WallTime::duration>(std::chrono::system_clock::now()));
}

base::Result<Diagnosis> examine(const DoctorSettings& settings,
                                const std::function<void(const DoctorProgress&)>& told) {
  Examination examination(settings, told);
  return examination.run();
}

}  // namespace vistime::client
