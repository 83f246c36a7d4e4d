#include "server/edge/network_probe.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "server/common/deadline.hpp"
#include "server/common/networks.hpp"
#include "site/network_record.hpp"
#include "transport/timer.hpp"

namespace vistime::server::edge {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using WebSocket = websocket::stream<transport::Stream, false>;

constexpr std::string_view kReach = "vistime reach\n";

Task<void> answer_and_close(transport::Stream stream, Response response, std::chrono::milliseconds limit) {
  response.keep_alive(false);
  {
    const Deadline deadline(stream, limit);
    const auto token = asio::as_tuple(transport::use_task);
    co_await http::async_write(stream, response, token);
  }
  stream.shutdown_send();
  stream.close();
}

Response too_many(const Request& request) {
  Response response = problem(request, http::status::service_unavailable, "too-many-checks",
                              "too many checks of networks run at once; try again in a minute");
  response.set(http::field::retry_after, "60");
  return response;
}

Task<bool> write_text(transport::Stream& stream, std::string text, std::chrono::milliseconds limit) {
  const Deadline deadline(stream, limit);
  const auto token = asio::as_tuple(transport::use_task);
  const auto [error, size] = co_await asio::async_write(stream, asio::buffer(text), token);
  co_return !error;
}

// HTTP/1.0 knows no chunks: there the closed connection is the end.
std::string chunk(std::string_view text, bool chunked) {
  if (!chunked) return std::string(text);
  return fmt::format("{:x}\r\n{}\r\n", text.size(), text);
}

// Chunked, and with everything that asks proxies to pass it on at once.
Task<void> serve_stream(transport::Stream stream, Request request, Peer peer,
                        std::shared_ptr<ProbeSlots> slots) {
  const ProbeLimits& limits = slots->limits();
  const auto slot = slots->take(peer.address);
  if (!slot) {
    Response refused = too_many(request);
    co_await answer_and_close(std::move(stream), std::move(refused), limits.write);
    co_return;
  }
  std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store, "
      "no-transform\r\n"
      "X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n";
  const bool chunked = request.version() == 11;
  head += chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
  transport::Timer timer(stream.get_executor());
  const auto token = asio::as_tuple(transport::use_task);
  for (int line = 0; line < limits.lines; ++line) {
    std::string text = head + chunk(fmt::format("line {}\n", line), chunked);
    head.clear();
    if (!co_await write_text(stream, std::move(text), limits.write)) co_return;
    if (line + 1 == limits.lines) break;
    timer.expires_after(limits.pause);
    const auto [error] = co_await timer.async_wait(token);
    if (error) co_return;
  }
  if (chunked) co_await write_text(stream, "0\r\n\r\n", limits.write);
  stream.shutdown_send();
  stream.close();
}

// What neither compresses nor is worth caching.
std::string noise(std::size_t bytes) {
  std::string out(bytes, '\0');
  std::mt19937 generator(1);
  for (char& each : out) each = static_cast<char>(generator());
  return out;
}

Task<void> serve_bulk(transport::Stream stream, Request request, Peer peer,
                      std::shared_ptr<ProbeSlots> slots) {
  const ProbeLimits& limits = slots->limits();
  const auto slot = slots->take(peer.address);
  if (!slot) {
    Response refused = too_many(request);
    co_await answer_and_close(std::move(stream), std::move(refused), limits.write);
    co_return;
  }
  static const std::string kBlock = noise(64 * 1024);
  std::string head = fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nCache-Control: no-store, "
      "no-transform\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
      limits.bulk_bytes);
  if (!co_await write_text(stream, std::move(head), limits.write)) co_return;
  for (std::size_t sent = 0; sent < limits.bulk_bytes; sent += kBlock.size()) {
    std::string block = kBlock.substr(0, limits.bulk_bytes - sent);
    if (!co_await write_text(stream, std::move(block), limits.write)) co_return;
  }
  stream.shutdown_send();
  stream.close();
}

// A few short messages, each given back; whoever sends more or longer ones is cut.
Task<void> echo_messages(WebSocket& socket, const ProbeLimits& limits) {
  const auto token = asio::as_tuple(transport::use_task);
  beast::flat_buffer buffer(limits.message_bytes);
  for (std::size_t message = 0; message < limits.messages; ++message) {
    const auto [read_error, size] = co_await socket.async_read(buffer, token);
    if (read_error) co_return;
    socket.text(socket.got_text());
    const auto [write_error, written] = co_await socket.async_write(buffer.cdata(), token);
    if (write_error) co_return;
    buffer.consume(buffer.size());
  }
  co_await socket.async_close(websocket::close_code::normal, token);
}

Task<void> serve_echo(transport::Stream stream, Request request, Peer peer,
                      std::shared_ptr<ProbeSlots> slots) {
  const ProbeLimits& limits = slots->limits();
  const auto slot = slots->take(peer.address);
  if (!slot) {
    Response refused = too_many(request);
    co_await answer_and_close(std::move(stream), std::move(refused), limits.write);
    co_return;
  }
  WebSocket socket(std::move(stream));
  socket.read_message_max(limits.message_bytes);
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = limits.write;
  timeout.idle_timeout = limits.silence;
  timeout.keep_alive_pings = false;
  socket.set_option(timeout);
  const Deadline whole(socket.next_layer(), limits.whole);
  const auto token = asio::as_tuple(transport::use_task);
  const auto [error] = co_await socket.async_accept(request, token);
  if (error) co_return;
  co_await echo_messages(socket, limits);
  socket.next_layer().close();
}

// Whoever asks learns what others put into the request on its way, and nothing that was secret in it.
std::string view_of(const Request& request, const Peer& peer) {
  constexpr std::size_t kMaxHeaders = 40, kMaxValue = 200;
  nlohmann::json headers = nlohmann::json::array();
  for (const auto& field : request) {
    const std::string name(field.name_string());
    const bool secret = beast::iequals(name, "Cookie") || beast::iequals(name, "Authorization") ||
                        beast::iequals(name, "Proxy-Authorization");
    if (headers.size() == kMaxHeaders) break;
    headers.push_back({name, secret ? "…" : std::string(field.value().substr(0, kMaxValue))});
  }
  const nlohmann::json view = {{"address", peer.address},
                               {"http", fmt::format("{}.{}", request.version() / 10, request.version() % 10)},
                               {"headers", headers},
                               {"time", site::rfc3339(std::chrono::time_point_cast<base::WallTime::duration>(
                                            std::chrono::system_clock::now()))}};
  return view.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

ProbeSlots::ProbeSlots(ProbeLimits limits, prometheus::Registry& registry)
    : limits_(limits),
      begun_(prometheus::BuildCounter()
                 .Name("vistime_network_checks_total")
                 .Help("Streams and echoes that checks of networks asked for")
                 .Register(registry)
                 .Add({})),
      refused_(prometheus::BuildCounter()
                   .Name("vistime_network_checks_refused_total")
                   .Help("The same, refused because too many ran at once")
                   .Register(registry)
                   .Add({})) {}

std::optional<ProbeSlots::Slot> ProbeSlots::take(const std::string& address) {
  std::string key = limit_key(address);
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_address_.find(key);
    if (running_ >= limits_.at_once ||
        (found != by_address_.end() && found->second >= limits_.at_once_per_address)) {
      refused_.Increment();
      return std::nullopt;
    }
    ++running_;
    ++by_address_[key];
  }
  begun_.Increment();
  return std::optional<Slot>(std::in_place, shared_from_this(), std::move(key));
}

void ProbeSlots::release(const std::string& key) {
  const std::lock_guard lock(mutex_);
  --running_;
  const auto found = by_address_.find(key);
  if (found != by_address_.end() && --found->second == 0) by_address_.erase(found);
}

void register_reach(Router& router) {
  router.on(http::verb::get, "/network/reach", [](Request request, Target, Peer) -> Task<Response> {
    Response response = json_response(request, http::status::ok, std::string(kReach));
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.set(http::field::access_control_allow_origin, "*");
    co_return response;
  });
}

void register_probes(Router& router, prometheus::Registry& registry, ProbeLimits limits) {
  register_reach(router);
  const auto slots = std::make_shared<ProbeSlots>(limits, registry);
  router.on_connection("/network/stream",
                       [slots](transport::Stream stream, Request request, Target, Peer peer) -> Task<void> {
                         return serve_stream(std::move(stream), std::move(request), std::move(peer), slots);
                       });
  router.on_connection("/network/bulk",
                       [slots](transport::Stream stream, Request request, Target, Peer peer) -> Task<void> {
                         return serve_bulk(std::move(stream), std::move(request), std::move(peer), slots);
                       });
  router.on(http::verb::post, "/network/bulk", [](Request request, Target, Peer) -> Task<Response> {
    Response response(http::status::no_content, request.version());
    response.keep_alive(request.keep_alive());
    co_return response;
  });
  router.on(http::verb::get, "/network/view", [](Request request, Target, Peer peer) -> Task<Response> {
    Response response = json_response(request, http::status::ok, view_of(request, peer));
    response.set(http::field::cache_control, "no-store, no-transform");
    co_return response;
  });
  router.on_upgrade("/network/echo",
                    [slots](transport::Stream stream, Request request, Target, Peer peer) -> Task<void> {
                      return serve_echo(std::move(stream), std::move(request), std::move(peer), slots);
                    });
  router.on(http::verb::get, "/network/echo", [](Request request, Target, Peer) -> Task<Response> {
    co_return problem(request, http::status::upgrade_required, "upgrade-required",
                      "this address speaks WebSocket");
  });
}

}  // namespace vistime::server::edge
