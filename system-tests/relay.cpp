#include "relay.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace vistime::system_tests {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

namespace {

// Both directions keep the pair alive; whichever ends first ends the other.
struct Sockets {
  tcp::socket client, server;
  asio::steady_timer age;
  void close() {
    boost::system::error_code ignored;
    client.close(ignored);
    server.close(ignored);
    age.cancel();
  }
};

asio::awaitable<void> pass(std::shared_ptr<Sockets> sockets, bool up) {
  tcp::socket& from = up ? sockets->client : sockets->server;
  tcp::socket& to = up ? sockets->server : sockets->client;
  std::array<char, 16 * 1024> block{};
  for (;;) {
    const auto [error, size] = co_await from.async_read_some(asio::buffer(block), kTuple);
    if (error) break;
    const auto [broken, written] = co_await asio::async_write(to, asio::buffer(block.data(), size), kTuple);
    if (broken) break;
  }
  sockets->close();
}

asio::awaitable<void> grow_old(std::shared_ptr<Sockets> sockets, std::chrono::seconds longest) {
  sockets->age.expires_after(longest);
  const auto [error] = co_await sockets->age.async_wait(kTuple);
  if (!error) sockets->close();
}

}  // namespace

Relay::Relay(RelaySettings settings) : settings_(std::move(settings)) {
  const tcp::endpoint at(asio::ip::address_v4::loopback(), settings_.port);
  acceptor_.open(at.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(at);
  acceptor_.listen();
  asio::co_spawn(context_, accept(), asio::detached);
  thread_ = std::jthread([this] { context_.run(); });
}

Relay::~Relay() { context_.stop(); }

std::uint16_t Relay::free_port() {
  asio::io_context context;
  const tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return acceptor.local_endpoint().port();
}

asio::awaitable<void> Relay::accept() {
  for (;;) {
    auto [error, client] = co_await acceptor_.async_accept(kTuple);
    if (!error) asio::co_spawn(context_, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> Relay::serve(tcp::socket client) {
  if (settings_.connect) {
    asio::streambuf request(16 * 1024);
    const auto [error, size] = co_await asio::async_read_until(client, request, "\r\n\r\n", kTuple);
    if (error) co_return;
    const std::string_view answer = "HTTP/1.1 200 Connection established\r\n\r\n";
    co_await asio::async_write(client, asio::buffer(answer), kTuple);
  }
  tcp::resolver resolver(context_);
  const auto [unknown, found] = co_await resolver.async_resolve("localhost", settings_.to, kTuple);
  tcp::socket server(context_);
  const auto [error, endpoint] = co_await asio::async_connect(server, found, kTuple);
  if (unknown || error) co_return;
  auto sockets =
      std::make_shared<Sockets>(std::move(client), std::move(server), asio::steady_timer(context_));
  asio::co_spawn(context_, pass(sockets, true), asio::detached);
  asio::co_spawn(context_, pass(sockets, false), asio::detached);
  if (settings_.longest_session)
    asio::co_spawn(context_, grow_old(sockets, *settings_.longest_session), asio::detached);
}

}  // namespace vistime::system_tests
