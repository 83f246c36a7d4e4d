#include "vistime.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>

#include "protocol/object_header.hpp"
#include "protocol/room.pb.h"
#include "protocol/version.hpp"
#include "transport/handshake.hpp"
#include "transport/link.hpp"
#include "transport/websocket.hpp"

namespace vistime::bench {
namespace {

using namespace std::chrono_literals;
namespace http = boost::beast::http;
using nlohmann::json;

constexpr auto kLimit = 10s;
constexpr auto kTick = 250ms;

template <typename Message>
void say(transport::Link& link, const Message& message) {
  const std::string bytes = message.SerializeAsString();
  link.send_control(base::as_bytes(bytes));
  link.flush();
}

class VistimeMember final : public Member, private transport::LinkEvents {
 public:
  VistimeMember(const base::Clock& clock, const Executor& executor)
      : clock_(clock), link_(clock, *this, {.prompt_feedback = false}), timer_(executor) {}
  ~VistimeMember() override { link_.end("left", ""); }

  Task<base::Result<void>> enter(transport::WebSocketTarget target, transport::TlsContext tls,
                                 std::string token) {
    auto carrier = co_await transport::connect_websocket(target, tls, kLimit);
    if (!carrier) co_return std::unexpected(carrier.error());
    vistime::v1::Hello hello;
    hello.set_protocol(protocol::kProtocol);
    hello.set_release(std::string(protocol::release()));
    hello.set_token(token);
    (*carrier)->write(transport::encode_hello(hello));
    auto message = co_await transport::receive_one(**carrier, kLimit);
    if (!message) co_return std::unexpected(message.error());
    const auto reply = transport::decode_hello_reply(*message);
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->has_welcome()) co_return base::fail(base::ErrorKind::kRefused, "{}", reply->refusal().code());
    link_.attach(std::move(*carrier), 0);
    tick();
    const auto wait = asio::as_tuple(transport::use_task);
    ready_ = std::make_unique<transport::Timer>(timer_.get_executor(), kLimit);
    if (number_ == 0) co_await ready_->async_wait(wait);
    if (number_ == 0) co_return base::fail(base::ErrorKind::kUnreachable, "no snapshot of the room");
    co_return base::Result<void>();
  }

  Task<base::Result<void>> get_ready(bool talks) {
    vistime::v1::ClientMessage wish;
    wish.mutable_set_subscriptions()->set_microphones(true);
    say(link_, wish);
    if (!talks) co_return base::Result<void>();
    vistime::v1::ClientMessage publish;
    publish.mutable_publish()->set_index(0);
    publish.mutable_publish()->set_kind(vistime::v1::TRACK_KIND_MICROPHONE);
    publish.mutable_publish()->set_codec(vistime::v1::CODEC_OPUS);
    publish.mutable_publish()->set_channels(1);
    say(link_, publish);
    const auto wait = asio::as_tuple(transport::use_task);
    ready_ = std::make_unique<transport::Timer>(timer_.get_executor(), kLimit);
    if (!published_) co_await ready_->async_wait(wait);
    if (!published_) co_return base::fail(base::ErrorKind::kUnreachable, "the track was not published");
    co_return base::Result<void>();
  }

  void send_voice() override {
    auto object = std::make_shared<base::Bytes>();
    protocol::ObjectHeader header;
    header.track = protocol::track_id(number_, 0);
    header.sequence = ++sequence_;
    header.capture_us = sequence_ * 20'000ull;
    header.keyframe = true;
    header.voice = true;
    header.audio_level = 20;
    protocol::encode(header, *object);
    for (std::size_t i = 0; i < kPayloadBytes; ++i) object->push_back(static_cast<std::uint8_t>(i * 7));
    link_.send_object(
        {std::move(object), protocol::Lane::kAudio, clock_.now() + 200ms, header.track, true, true});
    link_.flush();
  }
  std::uint64_t received() const override { return received_; }

 private:
  void on_control(base::BytesView bytes) override {
    vistime::v1::ServerMessage message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    if (message.has_snapshot()) {
      for (const auto& participant : message.snapshot().participants()) {
        if (participant.id() == message.snapshot().you()) number_ = participant.number();
      }
    } else if (message.has_track_published()) {
      published_ =
          published_ || protocol::participant_number(message.track_published().track().id()) == number_;
    }
    if (ready_) ready_->cancel();
  }
  void on_object(protocol::Lane, base::BytesView) override { ++received_; }
  void on_detached(const base::Error&) override {}
  void on_ended(const base::Error&) override {}

  void tick() {
    timer_.expires_after(kTick);
    timer_.async_wait([this](transport::ErrorCode error) {
      if (error) return;
      link_.tick();
      tick();
    });
  }

  const base::Clock& clock_;
  transport::Link link_;
  transport::Timer timer_;
  std::unique_ptr<transport::Timer> ready_;
  std::uint32_t number_ = 0;
  std::uint32_t sequence_ = 0;
  std::uint64_t received_ = 0;
  bool published_ = false;
};

// A request and its answer on a connection of its own.
Task<base::Result<json>> call(std::string port, transport::TlsContext tls, std::string target, json body) {
  auto stream = co_await transport::connect_stream("localhost", port, tls, kLimit);
  if (!stream) co_return std::unexpected(stream.error());
  http::request<http::string_body> request(http::verb::post, target, 11);
  request.set(http::field::host, "localhost:" + port);
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = body.dump();
  request.prepare_payload();
  const auto token = asio::as_tuple(transport::use_task);
  const auto [write_error, written] = co_await http::async_write(*stream, request, token);
  if (write_error)
    co_return base::fail(base::ErrorKind::kUnreachable, "{}: {}", target, write_error.message());
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  const auto [read_error, read] = co_await http::async_read(*stream, buffer, response, token);
  if (read_error) co_return base::fail(base::ErrorKind::kUnreachable, "{}: {}", target, read_error.message());
  auto answer = json::parse(response.body(), nullptr, false);
  if (response.result_int() >= 300 || answer.is_discarded()) {
    co_return base::fail(base::ErrorKind::kRefused, "{}: HTTP {}: {}", target, response.result_int(),
                         response.body());
  }
  co_return answer;
}

class VistimeMeeting final : public Meeting {
 public:
  VistimeMeeting(Process process, std::string port, transport::TlsContext tls)
      : process_(std::move(process)), port_(std::move(port)), tls_(std::move(tls)) {}
  std::string name() const override { return "vistimed"; }
  double cpu_seconds() const override { return process_.cpu_seconds(); }
  double memory_bytes() const override { return process_.memory_bytes(); }
  pid_t process() const override { return process_.id(); }

  Task<base::Result<void>> create_room() {
    const json body{{"name", "bench"}, {"key_check", std::string(32, '0')}, {"max_participants", 500}};
    auto created = co_await call(port_, tls_, "/api/v1/rooms", body);
    if (!created) co_return std::unexpected(created.error());
    room_ = (*created)["room"];
    co_return base::Result<void>();
  }

  Task<base::Result<std::unique_ptr<Member>>> join(std::size_t, bool talks) override {
    const json body{{"name", fmt::format("member {}", ++joined_)}, {"device", base::random_id(16)}};
    auto joined = co_await call(port_, tls_, "/api/v1/rooms/" + room_ + "/join", body);
    if (!joined) co_return std::unexpected(joined.error());
    const auto executor = co_await asio::this_coro::executor;
    auto member = std::make_unique<VistimeMember>(clock_, executor);
    const transport::WebSocketTarget target{"localhost", port_, (*joined)["link"]};
    const std::string token = (*joined)["token"];
    auto in = co_await member->enter(target, tls_, token);
    if (!in) co_return std::unexpected(in.error());
    auto ready = co_await member->get_ready(talks);
    if (!ready) co_return std::unexpected(ready.error());
    co_return std::move(member);
  }

 private:
  Process process_;
  std::string port_;
  transport::TlsContext tls_;
  base::SystemClock clock_;
  std::string room_;
  std::size_t joined_ = 0;
};

// "READY https=40123 http=…": what --print-ports writes once the server listens.
base::Result<std::string> await_port(const std::filesystem::path& log, const Process& process) {
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  while (std::chrono::steady_clock::now() < deadline && process.running()) {
    std::ifstream file(log);
    std::string line;
    while (std::getline(file, line)) {
      const auto at = line.find("https=");
      if (!line.starts_with("READY") || at == std::string::npos) continue;
      return line.substr(at + 6, line.find(' ', at) - at - 6);
    }
    std::this_thread::sleep_for(20ms);
  }
  return base::fail(base::ErrorKind::kUnreachable, "vistimed did not start; see {}", log.string());
}

}  // namespace

base::Result<std::unique_ptr<Meeting>> start_vistimed(asio::io_context& context, const std::string& program,
                                                      const std::filesystem::path& folder, int cpu) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "vistimed.toml")
      << "max-connections-per-address = 2000\nmax-joins-per-minute = 100000\n"
      << "max-handshakes = 1000\nmax-participants = 600\n";
  auto process = Process::start({program,
                                 "--config",
                                 (folder / "vistimed.toml").string(),
                                 "--data",
                                 (folder / "data").string(),
                                 "--bind",
                                 "127.0.0.1",
                                 "--https-port",
                                 "0",
                                 "--http-port",
                                 "0",
                                 "--master-port",
                                 "0",
                                 "--conference-port",
                                 "0",
                                 "--host-name",
                                 "localhost",
                                 "--log-level",
                                 "warn",
                                 "--print-ports"},
                                cpu, (folder / "vistimed.log").string());
  if (!process) return std::unexpected(process.error());
  const auto port = await_port(folder / "vistimed.log", *process);
  if (!port) return std::unexpected(port.error());
  auto tls = transport::make_client_tls((folder / "data/tls/ca.pem").string());
  if (!tls) return std::unexpected(tls.error());
  auto meeting = std::make_unique<VistimeMeeting>(std::move(*process), *port, std::move(*tls));
  std::optional<base::Result<void>> created;
  asio::co_spawn(context.get_executor(), meeting->create_room(),
                 [&created](std::exception_ptr, base::Result<void> result) { created = std::move(result); });
  context.restart();
  while (!created && context.run_one() > 0) {
  }
  if (!created || !*created) return base::within("creating a room", created->error());
  return meeting;
}

}  // namespace vistime::bench
