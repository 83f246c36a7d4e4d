// What lies between a client and a server: passes TCP on, as an HTTP proxy when asked to, and ends connections when they
// reach an age.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

namespace vistime::system_tests {

struct RelaySettings {
  std::uint16_t port = 0;  // to listen at, on 127.0.0.1; 0: a free one
  std::string to;          // the server's port
  bool connect = false;    // a proxy: wants CONNECT first, and leads to the server whatever it names
  std::optional<std::chrono::seconds> longest_session = {};
};

class Relay {
 public:
  explicit Relay(RelaySettings settings);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // One at which nobody listens.
  static std::uint16_t free_port();

 private:
  using tcp = boost::asio::ip::tcp;
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(tcp::socket client);

  const RelaySettings settings_;
  boost::asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  std::jthread thread_;
};

}  // namespace vistime::system_tests
