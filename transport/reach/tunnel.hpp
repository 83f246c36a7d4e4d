// Ways through proxies: libcurl speaks CONNECT (with Basic, Digest, NTLM, Negotiate), SOCKS and TLS to the proxy, and what
// comes out is a socket to the server as if there were no proxy.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "transport/reach/proxy.hpp"
#include "transport/stream.hpp"
#include "transport/timer.hpp"

namespace vistime::transport::reach {

// One for each client; outlives the sockets' making, not the sockets.
class Tunnels {
 public:
  // `ca_file`: trusted beside the system's store, for proxies that are spoken to over TLS; may be empty.
  explicit Tunnels(std::string ca_file);
  // Gives up what is under way, within a tenth of a second.
  ~Tunnels();
  Tunnels(const Tunnels&) = delete;
  Tunnels& operator=(const Tunnels&) = delete;

  // To `host`:`port`, whose name the proxy resolves. A password that a proxy refused is never offered to it again by this
  // object: accounts are locked after few failures. Errors: kUnreachable with "proxy-unreachable", "proxy-timeout",
  // "proxy-garbage" or "tcp-unreachable" (the proxy could not connect); kRefused with "proxy-auth", "proxy-denied" or
  // "tls-untrusted" (an HTTPS proxy's certificate).
  Task<base::Result<Socket>> open(Proxy proxy, std::string host, std::uint16_t port,
                                  std::chrono::milliseconds limit);

 private:
  class Attempt;
  // What is known of a proxy with the credentials that we have.
  enum class SignIn { kUnknown, kTrying, kWorks, kRefused };
  // Waits while another attempt signs in at the same proxy. False: it was refused.
  bool begin_sign_in(const Proxy& proxy);
  void end_sign_in(const Proxy& proxy, SignIn result);
  base::Result<int> connect(const Proxy& proxy, const std::string& host, std::uint16_t port,
                            std::chrono::milliseconds limit);
  // For proxies over TLS: a pair of sockets with a thread that moves bytes between our end and libcurl's connection.
  base::Result<int> pump(std::unique_ptr<Attempt> attempt);

  const std::string ca_file_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable signed_in_;
  std::map<std::string, SignIn> proxies_;  // by address, scheme and user
  std::list<std::jthread> pumps_;
  boost::asio::thread_pool threads_{8};  // as many routes may go through proxies at once
};

}  // namespace vistime::transport::reach
