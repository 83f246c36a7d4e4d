#include "server/common/listener.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "server/common/deadline.hpp"
#include "server/common/http_metrics.hpp"
#include "server/common/logging.hpp"
#include "server/common/proxy_protocol.hpp"

namespace vistime::server {

using base::ErrorKind;
using base::fail_as;
using base::Result;
using transport::ErrorCode;
using transport::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, transport::Executor>;

struct Listener::Shared : std::enable_shared_from_this<Listener::Shared> {
  Shared(Workers& on, ListenerSettings with, std::shared_ptr<ConnectionLimits> limit,
         const CertificateSource* shown)
      : workers(on),
        settings(std::move(with)),
        limits(std::move(limit)),
        certificates(shown),
        acceptor(workers.next()) {}

  Task<void> accept_loop();
  void admit(transport::Socket socket, const transport::Executor& executor);
  Task<void> serve(transport::Socket socket, ConnectionLimits::Ticket ticket);
  Task<Result<Peer>> peer_of(transport::Stream& stream, std::string from, std::uint16_t port);
  Task<bool> open_tls(transport::Stream& stream);

  Workers& workers;
  const ListenerSettings settings;
  const std::shared_ptr<ConnectionLimits> limits;
  const CertificateSource* const certificates;
  Acceptor acceptor;
  std::uint16_t port = 0;
  std::shared_ptr<const HttpService> service;
};

namespace {

// After an accept that failed, most likely for want of descriptors: some connection may end meanwhile.
constexpr auto kAcceptBackoff = std::chrono::milliseconds(100);

// RFC 8446 section 5.1: the type of a ClientHello's record.
constexpr std::uint8_t kTlsHandshake = 0x16;

std::string text_of(const asio::ip::address& address) {
  const auto parsed = parse_address(address.to_string());
  return parsed ? format_address(*parsed) : address.to_string();
}

Result<void> bind_error(const ListenerSettings& settings, ErrorCode error) {
  if (error == asio::error::address_in_use) {
    return fail_as(ErrorKind::kRefused, "port-taken",
                   "port {} is taken by another program: stop it, or choose another with {}", settings.port,
                   settings.flag);
  }
  if (error == asio::error::access_denied) {
    return fail_as(ErrorKind::kRefused, "port-forbidden",
                   "port {} is forbidden to this user: choose another with {}, or allow it with 'setcap "
                   "cap_net_bind_service=+ep' on vistimed or 'sysctl net.ipv4.ip_unprivileged_port_start={}'",
                   settings.port, settings.flag, settings.port);
  }
  return fail_as(ErrorKind::kInvalid, "bind",
                 "cannot listen on {} port {} ({}): choose another address with --bind", settings.bind,
                 settings.port, error.message());
}

ErrorCode listen_on(Acceptor& acceptor, const tcp::endpoint& endpoint) {
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (error) return error;
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  ErrorCode ignored;
  if (error) acceptor.close(ignored);
  return error;
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(Workers& workers, ListenerSettings settings,
                                                 std::shared_ptr<ConnectionLimits> limits,
                                                 const CertificateSource* certificates) {
  ErrorCode error;
  const auto address = asio::ip::make_address(settings.bind, error);
  if (error) return fail_as(ErrorKind::kInvalid, "bind", "'{}' is no address: mend --bind", settings.bind);
  auto shared = std::make_shared<Shared>(workers, std::move(settings), std::move(limits), certificates);
  const ListenerSettings& with = shared->settings;
  error = listen_on(shared->acceptor, {address, with.port});
  // A host without IPv6: all of its addresses are IPv4.
  const bool no_ipv6 = error == asio::error::address_family_not_supported ||
                       error == boost::system::errc::address_not_available;
  if (no_ipv6 && with.bind == "::")
    error = listen_on(shared->acceptor, {asio::ip::address_v4::any(), with.port});
  if (error) return std::unexpected(bind_error(with, error).error());
  shared->port = shared->acceptor.local_endpoint(error).port();
  return std::unique_ptr<Listener>(new Listener(std::move(shared)));
}

Listener::~Listener() { stop(); }

std::uint16_t Listener::port() const { return shared_->port; }

void Listener::start(HttpService service) {
  shared_->service = std::make_shared<const HttpService>(std::move(service));
  auto loop = [](std::shared_ptr<Shared> shared) -> Task<void> { co_await shared->accept_loop(); };
  asio::co_spawn(shared_->acceptor.get_executor(), loop(shared_), asio::detached);
}

void Listener::stop() {
  asio::dispatch(shared_->acceptor.get_executor(), [shared = shared_] {
    ErrorCode ignored;
    shared->acceptor.close(ignored);
  });
}

Task<void> Listener::Shared::accept_loop() {
  const auto token = asio::as_tuple(transport::use_task);
  transport::Timer pause(acceptor.get_executor());
  while (acceptor.is_open()) {
    const transport::Executor executor = workers.next();
    auto [error, socket] = co_await acceptor.async_accept(executor, token);
    if (!error) {
      admit(std::move(socket), executor);
      continue;
    }
    if (!acceptor.is_open() || error == asio::error::operation_aborted) co_return;
    service->metrics->accept_errors().Increment();
    log_warning("cannot accept a connection", {{"listener", settings.name}, {"error", error.message()}});
    pause.expires_after(kAcceptBackoff);
    co_await pause.async_wait(token);
  }
}

void Listener::Shared::admit(transport::Socket socket, const transport::Executor& executor) {
  auto ticket = limits->admit();
  if (!ticket) {
    service->metrics->refused(ticket.error().code);
    return;
  }
  auto run = [](std::shared_ptr<Shared> shared, transport::Socket connection,
                ConnectionLimits::Ticket place) -> Task<void> {
    prometheus::Gauge& gauge = shared->service->metrics->connections();
    gauge.Increment();
    try {
      co_await shared->serve(std::move(connection), std::move(place));
    } catch (const std::exception& error) {
      log_error("a connection failed", {{"listener", shared->settings.name}, {"error", error.what()}});
    }
    gauge.Decrement();
  };
  asio::co_spawn(executor, run(shared_from_this(), std::move(socket), std::move(*ticket)), asio::detached);
}

Task<void> Listener::Shared::serve(transport::Socket socket, ConnectionLimits::Ticket ticket) {
  ErrorCode error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) co_return;
  socket.set_option(tcp::no_delay(true), error);
  transport::Stream stream(std::move(socket));
  Peer peer;
  {
    const Deadline deadline(stream, service->limits.handshake);
    auto found = co_await peer_of(stream, text_of(remote.address()), remote.port());
    if (!found) {
      service->metrics->refused("proxy-protocol");
      log_debug("refused", {{"from", text_of(remote.address())}, {"error", found.error().message}});
      co_return;
    }
    peer = std::move(*found);
    // A trusted proxy speaks for many; the limits on what it asks count the clients it names.
    if (!service->trusted_proxies.contain(peer.address)) {
      if (auto counted = ticket.assign(peer.address); !counted) {
        service->metrics->refused(counted.error().code);
        co_return;
      }
    }
    if (certificates != nullptr && !co_await open_tls(stream)) {
      service->metrics->handshake_failures().Increment();
      log_debug("TLS failed", {{"address", peer.address}, {"error", stream.tls_error()}});
      co_return;
    }
  }
  peer.tls = certificates != nullptr;
  ticket.established();
  co_await serve_http(std::move(stream), std::move(peer), service);
}

Task<bool> Listener::Shared::open_tls(transport::Stream& stream) {
  if (auto begun = stream.start_tls_server(certificates->current()); !begun) co_return false;
  const auto token = asio::as_tuple(transport::use_task);
  const auto [error] = co_await stream.handshake(token);
  co_return !error;
}

// Reads no byte more than the header has: what follows is TLS's. A trusted server that speaks TLS at once, as our own
// edge does when it relays, is its own client: the record's first byte cannot begin a header.
Task<Result<Peer>> Listener::Shared::peer_of(transport::Stream& stream, std::string from,
                                             std::uint16_t from_port) {
  Peer peer{std::move(from), from_port, false};
  if (!settings.proxy_protocol || !service->trusted_proxies.contain(peer.address)) co_return peer;
  base::Bytes seen;
  const auto token = asio::as_tuple(transport::use_task);
  for (;;) {
    std::array<std::uint8_t, kMaxProxyHeader> block{};
    const auto room = asio::buffer(block, kMaxProxyHeader - std::min(seen.size(), kMaxProxyHeader - 1));
    auto [error, size] = co_await stream.socket().async_receive(room, asio::socket_base::message_peek, token);
    if (error) co_return fail_as(ErrorKind::kClosed, "closed", "{}", error.message());
    if (certificates != nullptr && seen.empty() && size > 0 && block[0] == kTlsHandshake) co_return peer;
    base::Bytes all = seen;
    all.insert(all.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
    auto header = parse_proxy_header(all);
    if (!header) co_return std::unexpected(std::move(header).error());
    const std::size_t taken = header->size == 0 ? size : header->size - seen.size();
    stream.socket().receive(asio::buffer(block, taken), 0, error);
    if (error) co_return fail_as(ErrorKind::kClosed, "closed", "{}", error.message());
    if (header->size != 0) {
      if (!header->address.empty()) peer = {header->address, header->port, false};
      co_return peer;
    }
    seen = std::move(all);
  }
}

}  // namespace vistime::server
