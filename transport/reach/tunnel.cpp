#include "transport/reach/tunnel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <memory>

#include "protocol/version.hpp"
#include "transport/awaited.hpp"
#include "transport/reach/curl_proxy.hpp"
#include "transport/reach/quiet_pipes.hpp"

namespace vistime::transport::reach {
namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

// How soon a stop or the end of the time is noticed.
constexpr int kLookMs = 50;
// The proxy's name, TCP to it, and what it needs to connect: as connect.cpp.
constexpr long kConnectMs = 4'000;

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

std::string key_of(const Proxy& proxy) { return proxy.print() + " " + proxy.user; }

std::unexpected<base::Error> refused_sign_in(const Proxy& proxy) {
  if (proxy.user.empty()) {
    return base::fail_as(ErrorKind::kRefused, "proxy-auth",
                         "the proxy {} asks for a name and a password; give them with --proxy-user and "
                         "VISTIME_PROXY_PASSWORD, or in the proxy's address",
                         proxy.print());
  }
  return base::fail_as(ErrorKind::kRefused, "proxy-auth",
                       "the proxy {} does not accept the name and password that were given", proxy.print());
}

std::unexpected<base::Error> no_socket() {
  return base::fail(ErrorKind::kInternal, "no socket could be made: too many open files?");
}

}  // namespace

// One libcurl handle from the proxy's name to the open tunnel.
class Tunnels::Attempt {
 public:
  Attempt(const Proxy& proxy, const std::string& host, std::uint16_t port, std::string ca_file)
      : proxy_(proxy), ca_file_(std::move(ca_file)), curl_(curl_easy_init()), multi_(curl_multi_init()) {
    const bool brackets = host.find(':') != std::string::npos;
    target_ = brackets ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
  }
  ~Attempt() {
    if (added_) curl_multi_remove_handle(multi_.get(), curl_.get());
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  base::Result<void> perform(std::chrono::milliseconds limit, const std::atomic<bool>& stopping) {
    if (!curl_ || !multi_) return base::fail(ErrorKind::kInternal, "libcurl could not be started");
    set_options();
    curl_multi_add_handle(multi_.get(), curl_.get());
    added_ = true;
    const auto deadline = Clock::now() + limit;
    for (int running = 1; running > 0;) {
      if (stopping) return base::fail_as(ErrorKind::kClosed, "cancelled", "cancelled");
      if (Clock::now() >= deadline) return failed(CURLE_OPERATION_TIMEDOUT);
      curl_multi_perform(multi_.get(), &running);
      if (running > 0) curl_multi_poll(multi_.get(), nullptr, 0, kLookMs, nullptr);
    }
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
    const CURLcode code = message != nullptr ? message->data.result : CURLE_FAILED_INIT;
    // When a proxy closes between NTLM's steps, libcurl reports success with status 407.
    if (code != CURLE_OK || connect_status() >= 300) return failed(code);
    return {};
  }

  CURL* handle() { return curl_.get(); }
  int socket() const {
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket);
    return socket;
  }
  const Proxy& proxy() const { return proxy_; }

 private:
  void set_options() {
    CURL* curl = curl_.get();
    curl_easy_setopt(curl, CURLOPT_URL, ("http://" + target_).c_str());
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words_.data());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, fmt::format("vistime/{}", protocol::release()).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, proxy_.is_socks() ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    use_proxy(curl, proxy_, ca_file_);
  }

  long connect_status() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_HTTP_CONNECTCODE, &status);
    return status;
  }

  std::unexpected<base::Error> failed(CURLcode code) const {
    const std::string where = proxy_.print();
    const long status = connect_status();
    if (status == 407) return refused_sign_in(proxy_);
    if (status >= 400 && status < 500) {
      return base::fail_as(ErrorKind::kRefused, "proxy-denied",
                           "the proxy {} does not allow CONNECT to {} (HTTP {})", where, target_, status);
    }
    if (status >= 500) {
      return base::fail_as(ErrorKind::kUnreachable, "tcp-unreachable",
                           "the proxy {} could not connect to {} (HTTP {})", where, target_, status);
    }
    switch (code) {
      case CURLE_COULDNT_RESOLVE_PROXY:
        return unreachable("proxy-unreachable", "its name cannot be resolved");
      case CURLE_COULDNT_CONNECT: return unreachable("proxy-unreachable", words());
      case CURLE_OPERATION_TIMEDOUT: return unreachable("proxy-timeout", "it did not answer in time");
      case CURLE_PEER_FAILED_VERIFICATION:
        return base::fail_as(ErrorKind::kRefused, "tls-untrusted",
                             "the certificate of the proxy {} is not trusted: {}", where, words());
      case CURLE_PROXY: return socks_failed();
      default: return unreachable("proxy-garbage", words());
    }
  }

  std::unexpected<base::Error> socks_failed() const {
    long why = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_PROXY_ERROR, &why);
    switch (static_cast<CURLproxycode>(why)) {
      case CURLPX_NO_AUTH:
      case CURLPX_USER_REJECTED:
      case CURLPX_GSSAPI:
      case CURLPX_REQUEST_FAILED:  // SOCKS4: the user was not accepted
        return refused_sign_in(proxy_);
      case CURLPX_REPLY_NOT_ALLOWED:
        return base::fail_as(ErrorKind::kRefused, "proxy-denied", "the proxy {} does not allow {}",
                             proxy_.print(), target_);
      case CURLPX_REPLY_HOST_UNREACHABLE:
      case CURLPX_REPLY_NETWORK_UNREACHABLE:
      case CURLPX_REPLY_CONNECTION_REFUSED:
      case CURLPX_REPLY_TTL_EXPIRED:
      case CURLPX_REPLY_GENERAL_SERVER_FAILURE:
        return base::fail_as(ErrorKind::kUnreachable, "tcp-unreachable",
                             "the proxy {} could not connect to {}: {}", proxy_.print(), target_, words());
      default: return unreachable("proxy-garbage", words());
    }
  }

  std::unexpected<base::Error> unreachable(const char* code, std::string_view why) const {
    return base::fail_as(ErrorKind::kUnreachable, code, "the proxy {} cannot be used: {}", proxy_.print(),
                         why);
  }
  std::string_view words() const {
    return words_[0] != 0 ? std::string_view(words_.data()) : "it does not answer as a proxy";
  }

  const Proxy proxy_;
  std::string ca_file_;
  std::string target_;
  std::array<char, CURL_ERROR_SIZE> words_{};
  std::unique_ptr<CURL, CurlDeleter> curl_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  bool added_ = false;
};

Tunnels::Tunnels(std::string ca_file) : ca_file_(std::move(ca_file)) {}

Tunnels::~Tunnels() {
  stopping_ = true;
  signed_in_.notify_all();
  threads_.join();
  pumps_.clear();
}

Task<base::Result<Socket>> Tunnels::open(Proxy proxy, std::string host, std::uint16_t port,
                                         std::chrono::milliseconds limit) {
  const auto executor = co_await asio::this_coro::executor;
  const auto start = [&](Completion<base::Result<int>> done) {
    asio::post(threads_, [this, proxy, host, port, limit, done = std::move(done)]() mutable {
      done(connect(proxy, host, port, limit));
    });
  };
  const auto opened = co_await awaited<base::Result<int>>(executor, start);
  if (!opened) co_return std::unexpected(opened.error());
  Socket socket(executor);
  ErrorCode error;
  // asio asks for a family; nothing depends on which it is, also where the descriptor is one of a local pair.
  socket.assign(tcp::v4(), *opened, error);
  if (error) {
    ::close(*opened);
    co_return no_socket();
  }
  co_return std::move(socket);
}

base::Result<int> Tunnels::connect(const Proxy& proxy, const std::string& host, std::uint16_t port,
                                   std::chrono::milliseconds limit) {
  if (!begin_sign_in(proxy)) return refused_sign_in(proxy);
  const QuietPipes quiet;
  auto attempt = std::make_unique<Attempt>(proxy, host, port, ca_file_);
  const auto performed = attempt->perform(limit, stopping_);
  const bool refused = !performed && performed.error().code == "proxy-auth";
  const bool answered =
      performed || performed.error().code == "proxy-denied" || performed.error().code == "tcp-unreachable";
  end_sign_in(proxy, refused ? SignIn::kRefused : answered ? SignIn::kWorks : SignIn::kUnknown);
  if (!performed) return std::unexpected(performed.error());
  if (proxy.kind == Proxy::Kind::kHttps) return pump(std::move(attempt));
  // libcurl closes its own descriptor when the handle goes.
  const int own = ::fcntl(attempt->socket(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return no_socket();
  return own;
}

bool Tunnels::begin_sign_in(const Proxy& proxy) {
  if (proxy.user.empty()) return true;
  std::unique_lock lock(mutex_);
  SignIn& state = proxies_[key_of(proxy)];
  signed_in_.wait(lock, [&] { return stopping_ || state != SignIn::kTrying; });
  if (state == SignIn::kRefused) return false;
  if (state == SignIn::kUnknown) state = SignIn::kTrying;
  return true;
}

void Tunnels::end_sign_in(const Proxy& proxy, SignIn result) {
  if (proxy.user.empty()) return;
  const std::lock_guard lock(mutex_);
  SignIn& state = proxies_[key_of(proxy)];
  if (state == SignIn::kTrying || result == SignIn::kRefused) state = result;
  signed_in_.notify_all();
}

namespace {

// Takes what `read` gives and hands it to `write`, as much as both allow now. False: one side has ended.
template <typename Read, typename Write>
class OneWay {
 public:
  OneWay(Read read, Write write) : read_(std::move(read)), write_(std::move(write)) {}
  bool move() {
    for (;;) {
      if (at_ == size_) {
        const auto got = read_(block_.data(), block_.size());
        if (got == 0) return false;
        if (got < 0) return true;
        at_ = 0;
        size_ = static_cast<std::size_t>(got);
      }
      const auto put = write_(block_.data() + at_, size_ - at_);
      if (put == 0) return false;
      if (put < 0) return true;
      at_ += static_cast<std::size_t>(put);
    }
  }
  bool full() const { return at_ < size_; }

 private:
  Read read_;
  Write write_;
  std::array<std::uint8_t, 16 * 1024> block_{};
  std::size_t at_ = 0, size_ = 0;
};

// Bytes moved, 0 at the end or on an error, -1 for "not now".
long from_curl(CURLcode code, std::size_t moved) {
  if (code == CURLE_AGAIN) return -1;
  return code == CURLE_OK ? static_cast<long>(moved) : 0;
}
long from_socket(ssize_t moved) {
  if (moved >= 0) return static_cast<long>(moved);
  return errno == EAGAIN || errno == EINTR ? -1 : 0;
}

void run_pump(CURL* curl, int curl_socket, int own, const std::stop_token& stop) {
  OneWay out([own](void* data, std::size_t size) { return from_socket(::recv(own, data, size, 0)); },
             [curl](const void* data, std::size_t size) {
               std::size_t sent = 0;
               const CURLcode code = curl_easy_send(curl, data, size, &sent);
               return from_curl(code, sent);
             });
  OneWay in(
      [curl](void* data, std::size_t size) {
        std::size_t got = 0;
        const CURLcode code = curl_easy_recv(curl, data, size, &got);
        return from_curl(code, got);
      },
      [own](const void* data, std::size_t size) {
        return from_socket(::send(own, data, size, MSG_NOSIGNAL));
      });
  while (!stop.stop_requested() && out.move() && in.move()) {
    // TLS may want to write in order to read, and the other way round: a look now and then costs little.
    const auto ask = [](bool full) { return static_cast<short>(full ? POLLOUT : 0); };
    std::array<pollfd, 2> ends = {
        {{own, static_cast<short>((out.full() ? 0 : POLLIN) | ask(in.full())), 0},
         {curl_socket, static_cast<short>((in.full() ? 0 : POLLIN) | ask(out.full())), 0}}};
    ::poll(ends.data(), ends.size(), kLookMs);
  }
  ::close(own);
}

}  // namespace

base::Result<int> Tunnels::pump(std::unique_ptr<Attempt> attempt) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()) != 0)
    return no_socket();
  const std::lock_guard lock(mutex_);
  pumps_.emplace_back([held = std::move(attempt), own = pair[1]](const std::stop_token& stop) mutable {
    const QuietPipes quiet;
    const auto tunnel = std::move(held);  // its end writes, too
    run_pump(tunnel->handle(), tunnel->socket(), own, stop);
  });
  return pair[0];
}

}  // namespace vistime::transport::reach
