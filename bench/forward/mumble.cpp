// The wire format, from Mumble's protocol documentation: over TLS, each message is u16 type, u32 length, body. Types
// used: Version 0, UDPTunnel 1 (a voice packet, as it would be in a UDP datagram), Authenticate 2, Ping 3, ServerSync 5.
// A voice packet: u8 codec << 5 | target, then from a client: varint sequence, varint length, Opus bytes.
#include "mumble.hpp"

#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <thread>

#include "base/bytes.hpp"
#include "transport/ring.hpp"
#include "transport/websocket.hpp"

namespace vistime::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kVersion = 0, kTunnel = 1, kAuthenticate = 2, kServerSync = 5, kReject = 4;
constexpr std::uint8_t kOpus = 4 << 5;
constexpr std::uint8_t kLoopback = 31;
constexpr std::size_t kHead = 6;
constexpr std::size_t kMaxMessage = 1 << 20;
constexpr std::size_t kBuffer = 4096;

base::Bytes message(std::uint16_t type, base::BytesView body) {
  base::Bytes out;
  base::ByteWriter writer(out);
  writer.u16(type);
  writer.u32(static_cast<std::uint32_t>(body.size()));
  writer.bytes(body);
  return out;
}

base::Bytes voice(std::uint8_t target, std::uint32_t sequence) {
  base::Bytes packet;
  base::ByteWriter writer(packet);
  writer.u8(kOpus | target);
  // Mumble's varints: 0… for 7 bits, 10… for 14, 110… for 21.
  sequence &= 0x1fffff;
  writer.u8(static_cast<std::uint8_t>(0xc0 | sequence >> 16));
  writer.u16(static_cast<std::uint16_t>(sequence));
  writer.u8(kPayloadBytes);
  for (std::size_t i = 0; i < kPayloadBytes; ++i) writer.u8(static_cast<std::uint8_t>(i * 7));
  return message(kTunnel, packet);
}

// Shared by its member and by its own pending operations.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(transport::Stream stream) : stream_(std::move(stream)) {}
  void close() { stream_.close(); }
  std::uint64_t received() const { return received_; }

  Task<base::Result<void>> log_in(std::string name) {
    base::Bytes body{0x0a, static_cast<std::uint8_t>(name.size())};  // username
    body.insert(body.end(), name.begin(), name.end());
    body.push_back(0x28);  // opus = true
    body.push_back(1);
    base::Bytes hello;
    for (const auto& part : {message(kVersion, base::Bytes{0x08, 0x84, 0x86, 0x04}),  // version = 1.3.4
                             message(kAuthenticate, body), voice(kLoopback, 0)}) {
      hello.insert(hello.end(), part.begin(), part.end());
    }
    const auto token = asio::as_tuple(transport::use_task);
    const auto [error, written] = co_await asio::async_write(stream_, asio::buffer(hello), token);
    if (error) co_return base::fail(base::ErrorKind::kUnreachable, "{}", error.message());
    while (!synchronised_) {
      auto read = co_await read_some();
      if (!read) co_return read;
    }
    co_return base::Result<void>();
  }

  static Task<void> listen(std::shared_ptr<Connection> self) {
    while (true) {
      auto read = co_await self->read_some();
      if (!read) co_return;
    }
  }

  void send_voice() {
    outgoing_.push_back(voice(0, sequence_ += 2));
    if (outgoing_.size() == 1) write_next();
  }

 private:
  void write_next() {
    asio::async_write(stream_, asio::buffer(outgoing_.front()),
                      [self = shared_from_this()](transport::ErrorCode error, std::size_t) {
                        if (error) return;
                        self->outgoing_.pop_front();
                        if (!self->outgoing_.empty()) self->write_next();
                      });
  }

  Task<base::Result<void>> read_some() {
    buffer_.resize(filled_ + kBuffer);
    const auto token = asio::as_tuple(transport::use_task);
    const auto [error, bytes] =
        co_await stream_.async_read_some(asio::buffer(buffer_.data() + filled_, kBuffer), token);
    if (error) co_return base::fail(base::ErrorKind::kUnreachable, "{}", error.message());
    filled_ += bytes;
    co_return parse();
  }

  base::Result<void> parse() {
    std::size_t at = 0;
    while (filled_ - at >= kHead) {
      base::ByteReader reader(base::BytesView(buffer_).subspan(at, filled_ - at));
      const auto type = reader.u16();
      const auto length = reader.u32();
      if (*length > kMaxMessage) return base::fail(base::ErrorKind::kInvalid, "an impossible message");
      if (!reader.bytes(*length)) break;
      if (*type == kReject) return base::fail(base::ErrorKind::kRefused, "mumble-server refused the sign-in");
      if (*type == kServerSync) synchronised_ = true;
      // The loopback of the first packet comes before anything is measured.
      if (*type == kTunnel) ++received_;
      at += kHead + *length;
    }
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at));
    filled_ -= at;
    return {};
  }

  transport::Stream stream_;
  base::Bytes buffer_;
  std::size_t filled_ = 0;
  bool synchronised_ = false;
  std::uint64_t received_ = 0;
  std::uint32_t sequence_ = 0;
  transport::Ring<base::Bytes> outgoing_;
};

class MumbleMember final : public Member {
 public:
  explicit MumbleMember(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~MumbleMember() override { connection_->close(); }
  void send_voice() override { connection_->send_voice(); }
  std::uint64_t received() const override { return connection_->received(); }

 private:
  std::shared_ptr<Connection> connection_;
};

class MumbleMeeting final : public Meeting {
 public:
  MumbleMeeting(Process process, std::string port, transport::TlsContext tls)
      : process_(std::move(process)), port_(std::move(port)), tls_(std::move(tls)) {}
  std::string name() const override { return "mumble-server"; }
  double cpu_seconds() const override { return process_.cpu_seconds(); }
  double memory_bytes() const override { return process_.memory_bytes(); }
  pid_t process() const override { return process_.id(); }

  Task<base::Result<std::unique_ptr<Member>>> join(std::size_t, bool) override {
    auto stream = co_await transport::connect_stream("localhost", port_, tls_, 5s);
    if (!stream) co_return std::unexpected(stream.error());
    auto connection = std::make_shared<Connection>(std::move(*stream));
    auto in = co_await connection->log_in(fmt::format("member{}", ++joined_));
    if (!in) co_return std::unexpected(in.error());
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, Connection::listen(connection), asio::detached);
    co_return std::make_unique<MumbleMember>(std::move(connection));
  }

 private:
  Process process_;
  std::string port_;
  transport::TlsContext tls_;
  std::size_t joined_ = 0;
};

constexpr auto kStartPatience = 10s;

// Waits until something accepts connections there.
base::Result<void> await_listening(asio::io_context& context, const std::string& port,
                                   const Process& process) {
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  while (std::chrono::steady_clock::now() < deadline && process.running()) {
    transport::Socket probe(context.get_executor());
    transport::ErrorCode error;
    probe.connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(std::stoi(port))}, error);
    if (!error) return {};
    std::this_thread::sleep_for(20ms);
  }
  return base::fail(base::ErrorKind::kUnreachable, "mumble-server does not listen on port {}", port);
}

}  // namespace

base::Result<std::unique_ptr<Meeting>> start_mumble(asio::io_context& context,
                                                    const std::filesystem::path& folder,
                                                    const std::string& certificate, const std::string& key,
                                                    const std::string& ca_file, int cpu) {
  const std::string port = "47380";
  const auto file = folder / "mumble.ini";
  std::ofstream(file) << "database=" << (folder / "mumble.sqlite").string()
                      << "\nhost=127.0.0.1\nport=" << port << "\nsslCert=" << certificate
                      << "\nsslKey=" << key
                      << "\nbandwidth=558000\nusers=900\nautobanAttempts=0\nbonjour=False\nallowping=False\n"
                      << "logfile=\nsslCiphers=TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256\n"
                      // Started by root it would become a user who cannot read this folder.
                      << (geteuid() == 0 ? "uname=root\n" : "");
  auto process = Process::start({"/usr/sbin/murmurd", "-ini", file.string(), "-fg"}, cpu,
                                (folder / "mumble.log").string());
  if (!process) return std::unexpected(process.error());
  auto tls = transport::make_client_tls(ca_file);
  if (!tls) return std::unexpected(tls.error());
  if (auto listens = await_listening(context, port, *process); !listens)
    return std::unexpected(listens.error());
  return std::make_unique<MumbleMeeting>(std::move(*process), port, std::move(*tls));
}

}  // namespace vistime::bench
