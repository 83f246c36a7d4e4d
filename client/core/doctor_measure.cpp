#include "client/core/doctor_measure.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>

#include "client/core/inspection.hpp"
#include "protocol/version.hpp"
#include "transport/reach/http.hpp"
#include "transport/time_limit.hpp"

namespace vistime::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace reach = transport::reach;
using Clock = std::chrono::steady_clock;
using nlohmann::json;
using reach::HttpConnection;
using transport::Task;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxAnswer = 256 * 1024;
constexpr auto kPatience = std::chrono::seconds(5);
constexpr int kRoundTrips = 5;
// Enough for slow start to end on most ways, too little to disturb a meeting for long.
constexpr auto kThroughputTime = std::chrono::milliseconds(1'500);
constexpr std::size_t kUpBytes = 100 * 1000;
// The probe sends a line each 300 ms, for three seconds: what comes within one has been collected on its way.
constexpr auto kCollected = std::chrono::milliseconds(1'000);
constexpr auto kClockTolerance = std::chrono::seconds(30);

http::request<http::string_body> request_for(http::verb method, std::string_view path) {
  http::request<http::string_body> request(method, path, 11);
  request.set(http::field::user_agent, fmt::format("vistime/{}", protocol::release()));
  return request;
}

double mbit_s(std::size_t bytes, Clock::duration time) {
  return static_cast<double>(bytes) * 8 / 1e6 / std::chrono::duration<double>(time).count();
}

class Measuring {
 public:
  Measuring(reach::Connector& connector, const MeasureSettings& settings)
      : connector_(connector),
        settings_(settings),
        authority_(transport::authority_of(settings.route.host, std::to_string(settings.route.port))) {
    result_.route = settings.route.name();
  }

  Task<Measurements> run() {
    const auto executor = co_await asio::this_coro::executor;
    auto quiet = std::make_shared<Quiet>(executor);
    asio::co_spawn(executor, be_silent(quiet), asio::detached);
    auto stream = co_await open();
    if (stream) {
      HttpConnection connection(std::move(*stream), authority_);
      co_await ask_view(connection);
      co_await ask_round_trips(connection);
      co_await ask_record(connection);
    }
    co_await ask_stream();
    co_await receive_bulk();
    co_await send_bulk();
    while (!quiet->done) {
      const auto token = asio::as_tuple(transport::use_task);
      quiet->wake.expires_after(settings_.silence + 2 * kPatience);
      co_await quiet->wake.async_wait(token);
    }
    result_.silence = quiet->held;
    result_.silence_was_cut = quiet->cut;
    co_return std::move(result_);
  }

 private:
  struct Quiet {
    explicit Quiet(const transport::Executor& executor) : wake(executor) {}
    transport::Timer wake;
    bool done = false;
    bool cut = false;
    std::optional<std::chrono::seconds> held;
  };

  Task<base::Result<transport::Stream>> open() {
    return connector_.open_stream(settings_.route, Clock::now() + kPatience);
  }

  Task<void> ask_view(HttpConnection& connection) {
    auto request = request_for(http::verb::get, "/network/view");
    request.set(http::field::accept, "application/json");
    request.set("X-Vistime-Check", "as sent");
    Headers sent = {{"Host", authority_}};
    for (const auto& field : request) sent.emplace_back(field.name_string(), field.value());
    auto answer = co_await connection.ask(std::move(request), kMaxAnswer, Clock::now() + kPatience);
    if (!answer) co_return;
    const auto said = (*answer)[kCertificateField];
    result_.inspected_by =
        client::inspected_by(connection.stream().peer_certificate(), {said.data(), said.size()});
    result_.seen = read_view(answer->body(), sent, std::chrono::system_clock::now());
  }

  Task<void> ask_round_trips(HttpConnection& connection) {
    std::vector<std::chrono::microseconds> times;
    for (int i = 0; i < kRoundTrips && connection.reusable(); ++i) {
      const auto began = Clock::now();
      auto request = request_for(http::verb::get, "/network/reach");
      const auto answer = co_await connection.ask(std::move(request), kMaxAnswer, began + kPatience);
      if (!answer) break;
      times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began));
    }
    if (times.empty()) co_return;
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    result_.round_trip = times[times.size() / 2];
  }

  Task<void> ask_record(HttpConnection& connection) {
    if (!connection.reusable()) co_return;
    auto request = request_for(http::verb::get, "/network.json");
    const auto answer = co_await connection.ask(std::move(request), kMaxAnswer, Clock::now() + kPatience);
    if (!answer || answer->result() != http::status::ok) co_return;
    if (auto record = site::record_from_json(answer->body())) result_.record = std::move(*record);
  }

  // Asks for `path` and tells of each piece of the body until its end, or until the time is over.
  template <typename OnPiece>
  Task<bool> receive(std::string_view path, std::chrono::milliseconds limit, OnPiece on_piece) {
    auto stream = co_await open();
    if (!stream) co_return false;
    auto request = request_for(http::verb::get, path);
    request.set(http::field::host, authority_);
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    beast::flat_buffer buffer;
    const transport::TimeLimit guard(*stream, limit);
    const auto token = asio::as_tuple(transport::use_task);
    auto [error, size] = co_await http::async_write(*stream, request, token);
    if (!error) std::tie(error, size) = co_await http::async_read_header(*stream, buffer, parser, token);
    if (error || parser.get().result() != http::status::ok) co_return false;
    std::array<char, 16 * 1024> block{};
    while (!parser.is_done()) {
      parser.get().body().data = block.data();
      parser.get().body().size = block.size();
      std::tie(error, size) = co_await http::async_read_some(*stream, buffer, parser, token);
      if (error == http::error::need_buffer) error = {};
      on_piece(block.size() - parser.get().body().size);
      if (error) break;
    }
    co_return guard.passed() || !error;
  }

  Task<void> ask_stream() {
    std::optional<Clock::time_point> first;
    Clock::time_point last;
    const auto on_piece = [&](std::size_t bytes) {
      if (bytes == 0) return;
      last = Clock::now();
      if (!first) first = last;
    };
    const bool whole = co_await receive("/network/stream", 2 * kPatience, on_piece);
    if (whole && first) result_.holds_answers_back = last - *first < kCollected;
  }

  Task<void> receive_bulk() {
    std::size_t bytes = 0;
    std::optional<Clock::time_point> first;
    Clock::time_point last;
    const auto on_piece = [&](std::size_t size) {
      last = Clock::now();
      if (!first) {
        first = last;  // what came with it came for nothing
      } else {
        bytes += size;
      }
    };
    co_await receive("/network/bulk", 2 * kThroughputTime, on_piece);
    if (first && last > *first && bytes > 0) result_.down_mbit_s = mbit_s(bytes, last - *first);
  }

  Task<void> send_bulk() {
    auto stream = co_await open();
    if (!stream) co_return;
    HttpConnection connection(std::move(*stream), authority_);
    const auto began = Clock::now();
    std::size_t bytes = 0;
    Clock::time_point last = began;
    while (connection.reusable() && last - began < kThroughputTime) {
      auto request = request_for(http::verb::post, "/network/bulk");
      request.set(http::field::content_type, "application/octet-stream");
      request.body().assign(kUpBytes, 'x');
      const auto answer = co_await connection.ask(std::move(request), kMaxAnswer, Clock::now() + kPatience);
      if (!answer || answer->result() != http::status::no_content) break;
      bytes += kUpBytes;
      last = Clock::now();
    }
    if (bytes > 0) result_.up_mbit_s = mbit_s(bytes, last - began);
  }

  // A connection on which nothing is said for a while: does it still carry then?
  Task<void> be_silent(std::shared_ptr<Quiet> quiet) {
    co_await hold(quiet);
    quiet->done = true;
    quiet->wake.cancel();
  }
  Task<void> hold(std::shared_ptr<Quiet> quiet) {
    auto stream = co_await open();
    if (!stream) co_return;
    HttpConnection connection(std::move(*stream), authority_);
    auto first = request_for(http::verb::get, "/network/reach");
    const auto before = co_await connection.ask(std::move(first), kMaxAnswer, Clock::now() + kPatience);
    if (!before || !connection.reusable()) co_return;
    transport::Timer timer(co_await asio::this_coro::executor);
    timer.expires_after(settings_.silence);
    const auto token = asio::as_tuple(transport::use_task);
    co_await timer.async_wait(token);
    auto second = request_for(http::verb::get, "/network/reach");
    const auto after = co_await connection.ask(std::move(second), kMaxAnswer, Clock::now() + kPatience);
    quiet->held = settings_.silence;
    quiet->cut = !after;
  }

  reach::Connector& connector_;
  const MeasureSettings settings_;
  const std::string authority_;
  Measurements result_;
};

bool same_name(const std::string& left, const std::string& right) { return beast::iequals(left, right); }

bool holds(const Headers& headers, const std::string& name) {
  return std::ranges::any_of(headers, [&](const auto& each) { return same_name(each.first, name); });
}

}  // namespace

Task<Measurements> measure(reach::Connector& connector, MeasureSettings settings) {
  Measuring measuring(connector, settings);
  co_return co_await measuring.run();
}

std::optional<ServerView> read_view(std::string_view text, const Headers& sent,
                                    std::chrono::system_clock::time_point now) {
  const json view = json::parse(text, nullptr, false);
  if (!view.is_object() || !view.contains("address") || !view["address"].is_string()) return std::nullopt;
  if (!view.contains("headers") || !view["headers"].is_array()) return std::nullopt;
  ServerView out{.address = view["address"], .added = {}, .lost = {}, .clock_ahead = {}};
  Headers arrived;
  for (const json& each : view["headers"]) {
    if (!each.is_array() || each.size() != 2 || !each[0].is_string() || !each[1].is_string()) continue;
    arrived.emplace_back(each[0], each[1]);
  }
  for (const auto& each : arrived) {
    if (!holds(sent, each.first)) out.added.push_back(each);
  }
  for (const auto& each : sent) {
    if (!holds(arrived, each.first)) out.lost.push_back(each.first);
  }
  const json said = view.value("time", json());
  const auto time = said.is_string() ? site::from_rfc3339(said.get<std::string>()) : std::nullopt;
  if (time) {
    const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(now - *time);
    if (std::chrono::abs(ahead) > kClockTolerance) out.clock_ahead = ahead;
  }
  return out;
}

}  // namespace vistime::client
