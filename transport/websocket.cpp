#include "transport/websocket.hpp"

#include <netinet/tcp.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>

#include "protocol/frame.hpp"
#include "transport/timer.hpp"

namespace vistime::transport {
namespace {

namespace websocket = boost::beast::websocket;
using WebSocket = websocket::stream<Stream, false>;

// A polite close waits for the peer's answer for so long.
constexpr auto kCloseTimeout = std::chrono::seconds(2);
// What an idle connection's read buffer may keep.
constexpr std::size_t kIdleBuffer = 2048;
// What may lie unsent in the kernel: enough to keep the line busy, little enough that what is late can still be
// dropped by us.
constexpr int kNotSentLowWater = 32 * 1024;

void tune(Socket& socket) {
  const int bytes = kNotSentLowWater;
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

void configure(WebSocket& websocket) {
  websocket.binary(true);
  websocket.auto_fragment(false);
  websocket.read_message_max(protocol::kMaxCarrierMessage);
  // Links ping and find silence themselves.
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = std::chrono::seconds(10);
  timeout.idle_timeout = websocket::stream_base::none();
  timeout.keep_alive_pings = false;
  websocket.set_option(timeout);
}

// What a server puts before a binary message (RFC 6455, section 5.2: FIN, opcode 2, no mask).
void append_frame_head(base::Bytes& out, std::size_t size) {
  base::ByteWriter writer(out);
  writer.u8(0x82);
  if (size < 126) {
    writer.u8(static_cast<std::uint8_t>(size));
  } else if (size <= 0xFFFF) {
    writer.u8(126);
    writer.u16(static_cast<std::uint16_t>(size));
  } else {
    writer.u8(127);
    writer.u64(size);
  }
}

// Lives for as long as an operation is pending, which may be longer than the carrier in front of it.
enum class Role { kClient, kServer };

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream stream, Role role)
      : websocket_(std::move(stream)), is_server_(role == Role::kServer), force_(websocket_.get_executor()) {
    tune(websocket_.next_layer().socket());
  }
  WebSocket& websocket() { return websocket_; }
  bool writable() const { return !writing_ && !closing_; }

  void set_events(CarrierEvents* events) {
    events_ = events;
    if (events_ != nullptr && !reading_ && !closed_) read();
  }

  void write(base::BytesView message) {
    if (is_server_) return write_now(message);
    outgoing_.assign(message.begin(), message.end());
    writing_ = true;
    websocket_.async_write(
        asio::buffer(outgoing_),
        [self = shared_from_this()](ErrorCode error, std::size_t) { self->written(error); });
  }

  void close(base::Bytes last) {
    if (closing_ || closed_) return;
    closing_ = true;
    force_.expires_after(kCloseTimeout);
    force_.async_wait([self = shared_from_this()](ErrorCode error) {
      if (!error) self->websocket_.next_layer().close();
    });
    last_ = std::move(last);
    if (!writing_) say_goodbye();
  }

  // At once, without a word.
  void cut() { websocket_.next_layer().close(); }

 private:
  // A server writes what fits the socket within the call, past Beast, whose asynchronous write costs as much as the rest of
  // forwarding together. Beast still writes on its own account: answers to pings and the closing handshake, each of them
  // whole; the stream keeps the order.
  void write_now(base::BytesView message) {
    thread_local base::Bytes framed;
    framed.clear();
    append_frame_head(framed, message.size());
    framed.insert(framed.end(), message.begin(), message.end());
    const auto written = websocket_.next_layer().write_now(framed);
    if (written.all_sent) return;
    writing_ = true;
    if (written.error) {
      asio::post(websocket_.get_executor(),
                 [self = shared_from_this(), error = written.error] { self->written(error); });
    } else {
      websocket_.next_layer().async_flush(
          [self = shared_from_this()](ErrorCode error) { self->written(error); });
    }
  }

  void read() {
    reading_ = true;
    websocket_.async_read(
        buffer_, [self = shared_from_this()](ErrorCode error, std::size_t) { self->read_done(error); });
  }

  void read_done(ErrorCode error) {
    if (error) {
      reading_ = false;
      return closed(error);
    }
    const auto data = buffer_.cdata();
    if (events_ != nullptr) {
      if (websocket_.got_text()) {
        events_->on_message({});  // an empty message is refused by every reader: text is not ours
      } else {
        events_->on_message({static_cast<const std::uint8_t*>(data.data()), data.size()});
      }
    }
    buffer_.consume(data.size());
    if (buffer_.capacity() > kIdleBuffer) buffer_.shrink_to_fit();
    // Only now: the handler may have set other events, and the buffer was still in use.
    reading_ = false;
    // Silenced: what comes next waits in the kernel until somebody listens.
    if (events_ != nullptr && !closed_) read();
  }

  void written(ErrorCode error) {
    writing_ = false;
    outgoing_.clear();
    if (error) return closed(error);
    if (closing_) return say_goodbye();
    if (events_ != nullptr) events_->on_writable();
  }

  void say_goodbye() {
    if (!last_.empty()) {
      const base::Bytes last = std::exchange(last_, {});
      write(last);
      if (writing_) return;  // goes on in written()
    }
    websocket_.async_close(websocket::close_code::normal, [self = shared_from_this()](ErrorCode) {
      self->force_.cancel();
      self->websocket_.next_layer().close();
    });
  }

  void closed(ErrorCode error) {
    if (std::exchange(closed_, true)) return;
    if (error != websocket::error::closed) websocket_.next_layer().close();
    CarrierEvents* events = std::exchange(events_, nullptr);
    if (events == nullptr) return;
    if (error == websocket::error::closed) {
      events->on_closed({base::ErrorKind::kClosed, {}, "the other side closed the connection"});
    } else {
      events->on_closed({base::ErrorKind::kUnreachable, {}, "the connection broke: " + error.message()});
    }
  }

  WebSocket websocket_;
  const bool is_server_;
  Timer force_;
  boost::beast::flat_buffer buffer_{protocol::kMaxCarrierMessage};
  base::Bytes outgoing_;
  base::Bytes last_;
  CarrierEvents* events_ = nullptr;
  bool reading_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

class WebSocketCarrier final : public Carrier {
 public:
  explicit WebSocketCarrier(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~WebSocketCarrier() override {
    connection_->set_events(nullptr);
    if (!closing_) connection_->cut();
  }
  void set_events(CarrierEvents* events) override { connection_->set_events(events); }
  bool writable() const override { return connection_->writable(); }
  void write(base::BytesView message) override { connection_->write(message); }
  void close(base::Bytes last) override {
    closing_ = true;
    connection_->close(std::move(last));
  }

 private:
  std::shared_ptr<Connection> connection_;
  bool closing_ = false;
};

// Gathers the one message that receive_one() awaits.
struct OneMessage final : CarrierEvents {
  explicit OneMessage(Carrier& from, Timer& timer) : carrier(from), woken(timer) {}
  void on_message(base::BytesView bytes) override {
    message = base::Bytes(bytes.begin(), bytes.end());
    carrier.set_events(nullptr);
    woken.cancel();
  }
  void on_writable() override {}
  void on_closed(const base::Error& why) override {
    error = why;
    woken.cancel();
  }
  Carrier& carrier;
  Timer& woken;
  std::optional<base::Bytes> message;
  std::optional<base::Error> error;
};

}  // namespace

Task<base::Result<std::unique_ptr<Carrier>>> accept_websocket(Stream stream, UpgradeRequest request) {
  auto connection = std::make_shared<Connection>(std::move(stream), Role::kServer);
  configure(connection->websocket());
  const auto token = asio::as_tuple(use_task);
  const auto [error] = co_await connection->websocket().async_accept(request, token);
  if (error) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "upgrade", "the WebSocket upgrade failed: {}",
                            error.message());
  }
  co_return std::make_unique<WebSocketCarrier>(std::move(connection));
}

Task<base::Result<std::unique_ptr<Carrier>>> open_websocket(Stream stream, std::string authority,
                                                            std::string path, Deadline deadline) {
  auto connection = std::make_shared<Connection>(std::move(stream), Role::kClient);
  WebSocket& websocket = connection->websocket();
  configure(websocket);
  websocket.write_buffer_bytes(protocol::kMaxFrameBody + 1024);  // the client's bytes are masked through it
  bool late = false;
  Timer timer(websocket.get_executor());
  timer.expires_at(deadline);
  timer.async_wait([&late, weak = std::weak_ptr(connection)](ErrorCode error) {
    const auto waiting = weak.lock();
    if (error || !waiting) return;
    late = true;
    waiting->cut();
  });
  websocket::response_type response;
  const auto token = asio::as_tuple(use_task);
  const auto [error] = co_await websocket.async_handshake(response, authority, path, token);
  // A wait that ended this very moment has its handler still to come: it must not write to this frame.
  if (timer.cancel() == 0) co_await asio::post(websocket.get_executor(), use_task);
  if (!error && !late) co_return std::make_unique<WebSocketCarrier>(std::move(connection));
  if (late || error == boost::beast::error::timeout) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "upgrade-timeout",
                            "{} does not answer the request for a WebSocket", authority);
  }
  if (response.result_int() != 0 && response.result() != boost::beast::http::status::switching_protocols) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "upgrade-refused",
                            "{} answered HTTP {} instead of opening a WebSocket", authority,
                            response.result_int());
  }
  co_return base::fail_as(base::ErrorKind::kUnreachable, "upgrade-refused",
                          "the WebSocket upgrade at {} failed: {}", authority, error.message());
}

Task<base::Result<std::unique_ptr<Carrier>>> connect_websocket(WebSocketTarget target, TlsContext context,
                                                               std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto stream = co_await connect_stream(target.host, target.port, context, limit);
  if (!stream) co_return std::unexpected(stream.error());
  co_return co_await open_websocket(std::move(*stream), authority_of(target.host, target.port),
                                    std::move(target.path), deadline);
}

Task<base::Result<base::Bytes>> receive_one(Carrier& carrier, std::chrono::milliseconds limit) {
  const auto executor = co_await asio::this_coro::executor;
  Timer timer(executor);
  timer.expires_after(limit);
  OneMessage one(carrier, timer);
  carrier.set_events(&one);
  const auto token = asio::as_tuple(use_task);
  if (!one.message && !one.error) co_await timer.async_wait(token);
  carrier.set_events(nullptr);
  if (one.message) co_return std::move(*one.message);
  if (one.error) co_return std::unexpected(*one.error);
  co_return base::fail_as(base::ErrorKind::kUnreachable, "starved", "no first message within {} s",
                          limit.count() / 1000);
}

}  // namespace vistime::transport
