// A listener on a free loopback port with a router of the test's choice, and two ways of talking to it: bytes over a
// plain socket, and requests over TLS.
#pragma once

#include <prometheus/registry.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "server/common/certificates.hpp"
#include "server/common/http_client.hpp"
#include "server/common/http_metrics.hpp"
#include "server/common/listener.hpp"
#include "server/common/run_testing.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server {

// The real time, because OpenSSL compares certificates with it.
inline std::filesystem::path make_test_certificates(const TemporaryFolder& folder) {
  auto made = ensure_certificates(folder.path() / "tls", {"localhost"}, base::SystemClock().wall());
  if (!made) throw std::runtime_error(made.error().message);
  return folder.path() / "tls";
}

class TestListener {
 public:
  struct Options {
    bool tls = false;
    bool proxy_protocol = false;
    std::vector<std::string> trusted = {};
    HttpLimits limits = {};
    ConnectionLimitSettings connections = {};
  };
  // The router outlives it.
  TestListener(const Router& router, const Options& options)
      : metrics(registry), limits(std::make_shared<ConnectionLimits>(options.connections)) {
    if (options.tls)
      certificates = CertificateSource::open(certificate_files(make_test_certificates(folder))).value();
    ListenerSettings settings{"test", "--test-port", "127.0.0.1", 0, options.proxy_protocol};
    listener = Listener::open(workers, settings, limits, certificates.get()).value();
    listener->start({&router, &metrics, Networks::parse(options.trusted).value(), options.limits});
    workers.start();
  }
  ~TestListener() { workers.stop(); }

  std::uint16_t port() const { return listener->port(); }
  HttpClient client() const {
    auto tls = transport::make_client_tls((folder.path() / "tls" / "ca.pem").string());
    return HttpClient(Origin{"localhost", std::to_string(port())}, tls.value());
  }

  TemporaryFolder folder;
  prometheus::Registry registry;
  HttpMetrics metrics;
  Workers workers{2};
  std::shared_ptr<ConnectionLimits> limits;
  std::unique_ptr<CertificateSource> certificates;
  std::unique_ptr<Listener> listener;
};

// A plain connection that blocks.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) { socket_.connect({asio::ip::address_v4::loopback(), port}); }
  void send(const std::string& bytes) {
    transport::ErrorCode ignored;  // the server may have closed already
    asio::write(socket_, asio::buffer(bytes), ignored);
  }
  // Everything until the server closes.
  std::string rest() {
    std::string text;
    transport::ErrorCode end;
    asio::read(socket_, asio::dynamic_buffer(text), end);
    return text;
  }
  // Until `mark` has come, with what followed it.
  std::string until(const std::string& mark) {
    transport::ErrorCode end;
    while (text_.find(mark) == std::string::npos && !end) {
      char block[4096];
      const std::size_t size = socket_.read_some(asio::buffer(block), end);
      text_.append(block, size);
    }
    return text_;
  }
  void end_sending() { socket_.shutdown(asio::ip::tcp::socket::shutdown_send); }

 private:
  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
  std::string text_;
};

}  // namespace vistime::server
