// From a name to a verified TLS connection.
#include "transport/connect.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <deque>
#include <optional>

namespace vistime::transport {
namespace {

using Resolver = asio::ip::basic_resolver<tcp, Executor>;

// RFC 8305 section 5: the next address is tried when the last has been silent for so long.
constexpr auto kAttemptDelay = std::chrono::milliseconds(250);

// Names, and then TCP, get so long at most: a packet may be lost twice (RFC 6298: sent again after 1 s and 3 s), and whoever
// is behind a closed firewall learns it within five seconds.
constexpr auto kStepTime = std::chrono::seconds(4);

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
                                       Deadline deadline) {
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
    co_return base::fail_as(base::ErrorKind::kUnreachable, "tcp-timeout", "{} does not answer", where);
  }
  const bool refused = race->last_error == asio::error::connection_refused ||
                       race->last_error == asio::error::connection_reset;
  co_return base::fail_as(base::ErrorKind::kUnreachable, refused ? "tcp-refused" : "tcp-unreachable",
                          "{} cannot be reached: {}", where, race->last_error.message());
}

// getaddrinfo cannot be interrupted: past the deadline its answer is no longer waited for.
struct Lookup {
  explicit Lookup(const Executor& executor) : resolver(executor), wake(executor) {}
  Resolver resolver;
  Timer wake;
  bool answered = false;
  ErrorCode error;
  std::vector<tcp::endpoint> endpoints;
};

Task<base::Result<std::vector<tcp::endpoint>>> resolve(std::string host, std::string port,
                                                       Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  auto lookup = std::make_shared<Lookup>(executor);
  lookup->resolver.async_resolve(host, port,
                                 [lookup](ErrorCode error, const Resolver::results_type& results) {
                                   lookup->answered = true;
                                   lookup->error = error;
                                   for (const auto& result : results)
                                     lookup->endpoints.push_back(result.endpoint());
                                   lookup->wake.cancel();
                                 });
  lookup->wake.expires_at(deadline);
  const auto token = asio::as_tuple(use_task);
  if (!lookup->answered) co_await lookup->wake.async_wait(token);
  if (!lookup->answered) {
    lookup->resolver.cancel();
    co_return base::fail_as(base::ErrorKind::kUnreachable, "dns-timeout",
                            "the name {} cannot be resolved: no name server answers", host);
  }
  if (lookup->error == asio::error::host_not_found_try_again) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "dns-timeout",
                            "the name {} cannot be resolved: no name server answers", host);
  }
  if (lookup->error) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "dns", "the name {} cannot be resolved: {}", host,
                            lookup->error.message());
  }
  co_return std::move(lookup->endpoints);
}

Task<base::Result<void>> shake_hands(Stream& stream, std::string where, Deadline deadline) {
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
    co_return base::fail_as(base::ErrorKind::kUnreachable, "tls-timeout", "{} opens, but TLS gets no answer",
                            where);
  if (error == asio::error::connection_aborted && stream.refused_certificate()) {
    co_return base::fail_as(base::ErrorKind::kRefused, "tls-untrusted",
                            "the certificate of {} is not trusted: {}", where, stream.tls_error());
  }
  co_return base::fail_as(base::ErrorKind::kUnreachable, "tls-failed", "TLS with {} failed: {}", where,
                          stream.tls_error().empty() ? error.message() : stream.tls_error());
}

}  // namespace

Task<base::Result<Socket>> connect_socket(std::string host, std::string port, Deadline deadline) {
  const std::string where = host + ":" + port;
  const auto began = std::chrono::steady_clock::now();
  auto endpoints = co_await resolve(std::move(host), std::move(port), std::min(deadline, began + kStepTime));
  if (!endpoints) co_return std::unexpected(endpoints.error());
  const auto resolved = std::chrono::steady_clock::now();
  co_return co_await connect_any(std::move(*endpoints), where, std::min(deadline, resolved + kStepTime));
}

Task<base::Result<Stream>> secure(Socket socket, std::string host, std::string where, TlsContext context,
                                  Deadline deadline) {
  Stream stream(std::move(socket));
  if (auto started = stream.start_tls_client(context, host); !started)
    co_return std::unexpected(started.error());
  auto shaken = co_await shake_hands(stream, std::move(where), deadline);
  if (!shaken) co_return std::unexpected(shaken.error());
  co_return std::move(stream);
}

Task<base::Result<Stream>> connect_stream(std::string host, std::string port, TlsContext context,
                                          std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const std::string where = host + ":" + port;
  auto socket = co_await connect_socket(host, std::move(port), deadline);
  if (!socket) co_return std::unexpected(socket.error());
  if (!context) co_return Stream(std::move(*socket));
  co_return co_await secure(std::move(*socket), std::move(host), where, std::move(context), deadline);
}

std::string authority_of(const std::string& host, const std::string& port) {
  const bool address = host.find(':') != std::string::npos;
  const std::string name = address ? "[" + host + "]" : host;
  return port == "443" ? name : name + ":" + port;
}

}  // namespace vistime::transport
