// A byte stream over TCP, with or without TLS, that Beast can read from and write to.
//
// Unlike asio::ssl::stream it gives OpenSSL a way to the socket without buffers between the two, so an idle connection
// costs what OpenSSL costs (with SSL_MODE_RELEASE_BUFFERS) instead of 68 KiB more, and a write that fits the socket needs
// one system call and no intermediate step. It can move to another executor between operations. Not thread-safe.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "transport/socket_writer.hpp"

namespace vistime::transport {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
// The concrete executor: cheaper to copy and to post to than any_io_executor.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
// Shared: a certificate may be replaced while connections still use the old one.
using TlsContext = std::shared_ptr<SSL_CTX>;

struct PeerCertificate {
  std::string sha256;  // hexadecimal
  std::string issuer;  // its common name, else its organisation
};

class Stream {
 public:
  using executor_type = Executor;
  using lowest_layer_type = Socket;

  explicit Stream(Socket socket);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) = delete;
  ~Stream();

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  bool is_tls() const { return ssl_ != nullptr; }

  // Makes this a TLS stream; then await handshake().
  base::Result<void> start_tls_server(const TlsContext& context);
  // `host` goes into SNI and must be named by the certificate.
  base::Result<void> start_tls_client(const TlsContext& context, const std::string& host);
  // Completion: void(ErrorCode). A failed verification is told by tls_error().
  template <typename Token>
  auto handshake(Token&& token);
  // Our certificate's SHA-256 in hexadecimal; empty on a client's side and without TLS.
  std::string own_certificate() const;
  // What the other end has shown; nothing without TLS.
  std::optional<PeerCertificate> peer_certificate() const;
  // Was the other end's certificate found wanting?
  bool refused_certificate() const;
  // Why the last TLS operation failed, in words.
  const std::string& tls_error() const { return tls_error_; }

  // void(ErrorCode, size_t), as AsyncReadStream and AsyncWriteStream demand.
  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token);
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token);
  // For those who frame their messages themselves: takes all of `bytes`, at once. When it answers "not yet", some of it
  // waits for the socket: await async_flush() before the next. Whatever is written later, by whomever, follows it.
  struct Written {
    ErrorCode error;
    bool all_sent = true;
  };
  Written write_now(base::BytesView bytes);
  // void(ErrorCode)
  template <typename Token>
  auto async_flush(Token&& token);
  // Sends close_notify (without waiting for the peer's) and shuts the socket's sending side.
  void shutdown_send();
  void close();

  // The same connection on another executor; no operation may be pending.
  static base::Result<Stream> move_to(Stream stream, const Executor& executor);

 private:
  // The largest TLS record.
  static constexpr std::size_t kGather = 16 * 1024;
  enum class Want { kNothing, kRead, kWrite };
  struct Step {
    ErrorCode error;
    std::size_t bytes = 0;
    Want want = Want::kNothing;
  };
  Step try_handshake();
  Step try_read(void* data, std::size_t size);
  // All or nothing; what the socket does not take waits in writer_.
  Step try_write(const void* data, std::size_t size);
  Step try_flush();
  bool use_context(const TlsContext& context);
  Step tls_step(int result);
  template <typename Attempt>
  struct Operation;
  struct HandshakeAttempt;
  struct ReadAttempt;
  struct FlushAttempt;
  template <typename Buffers>
  struct WriteAttempt;

  Socket socket_;
  std::unique_ptr<SocketWriter> writer_;  // on the heap: OpenSSL keeps a pointer to it while the stream moves
  std::unique_ptr<SSL, SslDeleter> ssl_;
  std::string tls_error_;
  // Why the certificate was found wanting; on the heap because OpenSSL keeps a pointer to it while the stream moves.
  std::unique_ptr<std::string> refused_;
};

}  // namespace vistime::transport

#include "transport/stream_impl.hpp"
