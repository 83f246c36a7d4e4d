// connect_stream(): from a name to a verified TLS connection.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <deque>
#include <optional>

#include "transport/timer.hpp"
#include "transport/websocket.hpp"

namespace vistime::transport {
namespace {

using Resolver = asio::ip::basic_resolver<tcp, Executor>;

// RFC 8305 section 5: the next address is tried when the last has been silent for so long.
constexpr auto kAttemptDelay = std::chrono::milliseconds(250);

// Attempts run side by side; the first to connect wins and the others are closed.
struct Race : std::enable_shared_from_this<Race> {
  explicit Race(const Executor& on) : executor(on), wake(on) {}

  void start(const tcp::endpoint& endpoint) {
    auto& socket = sockets.emplace_back(executor);
    ++running;
    const std::size_t index = sockets.size() - 1;
    socket.async_connect(endpoint,
                         [self = shared_from_this(), index](ErrorCode error) { self->done(index, error); });
  }
  void done(std::size_t index, ErrorCode error) {
    --running;
    if (!error && !winner) {
      winner = index;
    } else if (error) {
      last_error = error;
    }
    wake.cancel();
  }
  void stop() {
    ErrorCode ignored;
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      if (i != winner) sockets[i].close(ignored);
    }
  }

  Executor executor;
  Timer wake;
  std::deque<Socket> sockets;  // stable addresses
  std::size_t running = 0;
  std::optional<std::size_t> winner;
  ErrorCode last_error = asio::error::host_unreachable;
};

Task<base::Result<Socket>> connect_any(std::vector<tcp::endpoint> endpoints, std::string where,
                                       std::chrono::steady_clock::time_point deadline) {
  const auto executor = co_await asio::this_coro::executor;
  auto race = std::make_shared<Race>(executor);
  const auto token = asio::as_tuple(use_task);
  std::size_t next = 0;
  while (!race->winner) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) break;
    if (next < endpoints.size()) {
      race->start(endpoints[next++]);
    } else if (race->running == 0) {
      break;
    }
    race->wake.expires_at(next < endpoints.size() ? std::min(deadline, now + kAttemptDelay) : deadline);
    co_await race->wake.async_wait(token);
  }
  race->stop();
  if (race->winner) co_return std::move(race->sockets[*race->winner]);
  if (race->running > 0) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "timeout", "{} does not answer", where);
  }
  co_return base::fail_as(base::ErrorKind::kUnreachable, "tcp", "{} cannot be reached: {}", where,
                          race->last_error.message());
}

Task<base::Result<void>> shake_hands(Stream& stream, std::string where,
                                     std::chrono::steady_clock::time_point deadline) {
  const auto executor = co_await asio::this_coro::executor;
  Timer timer(executor);
  timer.expires_at(deadline);
  bool late = false;
  // Both live in this frame; the handler runs before it ends, or is told that the wait was aborted.
  auto guard = std::make_shared<bool>(true);
  timer.async_wait([&stream, &late, guard](ErrorCode error) {
    if (error || !*guard) return;
    late = true;
    stream.close();
  });
  const auto token = asio::as_tuple(use_task);
  const auto [error] = co_await stream.handshake(token);
  *guard = false;
  timer.cancel();
  if (!error) co_return base::Result<void>();
  if (late)
    co_return base::fail_as(base::ErrorKind::kUnreachable, "timeout", "{} opens, but TLS gets no answer",
                            where);
  if (error == asio::error::connection_aborted && stream.tls_error().find("issued by") != std::string::npos) {
    co_return base::fail_as(base::ErrorKind::kRefused, "tls-untrusted",
                            "the certificate of {} is not trusted: {}", where, stream.tls_error());
  }
  co_return base::fail_as(base::ErrorKind::kUnreachable, "tls", "TLS with {} failed: {}", where,
                          stream.tls_error().empty() ? error.message() : stream.tls_error());
}

}  // namespace

Task<base::Result<Stream>> connect_stream(std::string host, std::string port, TlsContext context,
                                          std::chrono::milliseconds limit) {
  const auto executor = co_await asio::this_coro::executor;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const std::string where = host + ":" + port;
  const auto token = asio::as_tuple(use_task);
  Resolver resolver(executor);
  const auto [error, results] = co_await resolver.async_resolve(host, port, token);
  if (error) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "dns", "the name {} cannot be resolved: {}", host,
                            error.message());
  }
  std::vector<tcp::endpoint> endpoints;
  for (const auto& result : results) endpoints.push_back(result.endpoint());
  auto socket = co_await connect_any(std::move(endpoints), where, deadline);
  if (!socket) co_return std::unexpected(socket.error());
  Stream stream(std::move(*socket));
  if (context) {
    if (auto started = stream.start_tls_client(context, host); !started)
      co_return std::unexpected(started.error());
    auto shaken = co_await shake_hands(stream, where, deadline);
    if (!shaken) co_return std::unexpected(shaken.error());
  }
  co_return std::move(stream);
}

}  // namespace vistime::transport
