#include "server/edge/relay.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/write.hpp>

#include "server/common/deadline.hpp"
#include "server/common/logging.hpp"

namespace vistime::server::edge {
namespace {

constexpr std::size_t kBlock = 16 * 1024;  // one TLS record
constexpr auto kHeadTime = std::chrono::seconds(10);

// RFC 9110 section 7.6.1: these concern one connection, not the request.
constexpr std::array kHopByHop = {http::field::connection,       http::field::keep_alive,
                                  http::field::proxy_connection, http::field::te,
                                  http::field::trailer,          http::field::transfer_encoding,
                                  http::field::upgrade,          http::field::expect};

Request forwarded(Request request, const Peer& peer, bool upgrade) {
  const std::string protocol = std::string(request[http::field::upgrade]);
  for (const http::field field : kHopByHop) request.erase(field);
  // What the client wrote there has been taken into account already; the other server believes us, not it.
  request.set("X-Forwarded-For", peer.address);
  request.set("X-Forwarded-Proto", "https");
  if (upgrade) {
    request.set(http::field::connection, "Upgrade");
    request.set(http::field::upgrade, protocol);
  }
  return request;
}

// Both ends, shared by the two directions; one executor.
struct Tunnel {
  transport::Stream client;
  transport::Stream upstream;
  void close() {
    client.close();
    upstream.close();
  }
};

// Until this direction ends; an orderly end is passed on, so that the other direction can finish.
Task<void> pump(std::shared_ptr<Tunnel> tunnel, bool to_upstream, std::chrono::milliseconds idle) {
  transport::Stream& from = to_upstream ? tunnel->client : tunnel->upstream;
  transport::Stream& to = to_upstream ? tunnel->upstream : tunnel->client;
  const auto token = asio::as_tuple(transport::use_task);
  const auto block = std::make_unique<std::array<char, kBlock>>();
  for (;;) {
    std::size_t size = 0;
    {
      const Deadline deadline(from, idle);
      const auto [error, read] = co_await from.async_read_some(asio::buffer(*block), token);
      if (error == asio::error::eof) break;
      if (error) co_return tunnel->close();
      size = read;
    }
    const Deadline deadline(to, idle);
    const auto [error, written] = co_await asio::async_write(to, asio::buffer(*block, size), token);
    if (error) co_return tunnel->close();
  }
  to.shutdown_send();
}

Task<void> answer_and_close(transport::Stream stream, Response response) {
  response.keep_alive(false);
  {
    const Deadline deadline(stream, kHeadTime);
    const auto token = asio::as_tuple(transport::use_task);
    co_await http::async_write(stream, response, token);
  }
  stream.shutdown_send();
  stream.close();
}

Task<void> run_tunnel(transport::Stream client, Request request, Peer peer,
                      std::shared_ptr<const HttpClient> upstream, std::chrono::milliseconds idle,
                      bool upgrade) {
  auto connected = co_await upstream->connect();
  if (!connected) {
    log_warning("cannot relay a link",
                {{"upstream", upstream->origin().authority()}, {"error", connected.error().message}});
    Response response = problem(request, connected.error());
    co_await answer_and_close(std::move(client), std::move(response));
    co_return;
  }
  Request head = forwarded(std::move(request), peer, upgrade);
  head.set(http::field::host, upstream->origin().authority());
  {
    const Deadline deadline(*connected, kHeadTime);
    const auto token = asio::as_tuple(transport::use_task);
    const auto [error, written] = co_await http::async_write(*connected, head, token);
    if (error) co_return;
  }
  auto tunnel = std::make_shared<Tunnel>(Tunnel{std::move(client), std::move(*connected)});
  const auto executor = co_await asio::this_coro::executor;
  asio::co_spawn(executor, pump(tunnel, false, idle), asio::detached);
  co_await pump(tunnel, true, idle);
}

}  // namespace

RequestHandler relay_requests(std::shared_ptr<const HttpClient> upstream) {
  return [upstream](Request request, Target, Peer peer) -> Task<Response> {
    const Request head(request.method(), request.target(), request.version(), std::string(), request.base());
    auto answered = co_await upstream->ask(forwarded(std::move(request), peer, false));
    if (!answered) {
      log_warning("cannot relay a request",
                  {{"upstream", upstream->origin().authority()}, {"error", answered.error().message}});
      co_return problem(head, answered.error());
    }
    for (const http::field field : kHopByHop) answered->erase(field);
    answered->version(head.version());
    answered->keep_alive(head.keep_alive());
    answered->prepare_payload();
    co_return std::move(*answered);
  };
}

UpgradeHandler relay_upgrades(std::shared_ptr<const HttpClient> upstream, std::chrono::milliseconds idle) {
  return [upstream, idle](transport::Stream stream, Request request, Target, Peer peer) -> Task<void> {
    co_await run_tunnel(std::move(stream), std::move(request), std::move(peer), upstream, idle, true);
  };
}

UpgradeHandler relay_streams(std::shared_ptr<const HttpClient> upstream, std::chrono::milliseconds idle) {
  return [upstream, idle](transport::Stream stream, Request request, Target, Peer peer) -> Task<void> {
    co_await run_tunnel(std::move(stream), std::move(request), std::move(peer), upstream, idle, false);
  };
}

}  // namespace vistime::server::edge
