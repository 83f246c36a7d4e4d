#include "transport/reach/request_carrier.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <deque>
#include <list>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/frame.hpp"
#include "transport/reach/http.hpp"
#include "transport/request_records.hpp"
#include "transport/time_limit.hpp"

namespace vistime::transport::reach {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// POSTs under way at once: with 50 ms of round trip, 80 a second.
constexpr int kUploads = 4;
// Polls under way at once: the server always has one to answer.
constexpr int kPolls = 4;
// One body: below what the server takes (128 KiB) with a whole message more.
constexpr std::size_t kUploadBytes = 48 * 1024;
// Unsent bytes beyond which the link is told to wait: what is late can still be dropped by it.
constexpr std::size_t kLowWater = 32 * 1024;
// The server keeps what we have not acknowledged; acknowledgements ride on what we send, or go alone after so much.
constexpr std::size_t kAcknowledgeBytes = 128 * 1024;
// A proxy that has passed nothing of a streamed answer on after so long holds it back.
constexpr auto kFirstBytes = milliseconds(800);
constexpr auto kRequestTime = std::chrono::seconds(15);
// How long the server may take to answer a poll, and the way there and back.
constexpr auto kPollTime = std::chrono::seconds(20);
// The next stream begins before anything on the way finds this one too long.
constexpr auto kStreamTime = std::chrono::seconds(45);
// Longer than the server's padding takes, twice.
constexpr auto kStreamSilence = std::chrono::seconds(12);
// One request after the other that fails: the route is dead, and the link finds another.
constexpr int kMaxFailures = 3;
constexpr auto kRetryPause = milliseconds(150);
constexpr auto kGoodbyeTime = std::chrono::seconds(2);
constexpr std::size_t kMaxAnswer = 256 * 1024;

// Lives for as long as a request is under way, which may be longer than the carrier in front of it.
class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  Pipe(const Executor& executor, OpenStream open, std::string authority, std::string path)
      : executor_(executor),
        open_(std::move(open)),
        authority_(std::move(authority)),
        path_(std::move(path)) {}

  Task<base::Result<void>> begin(Deadline deadline);

  bool writable() const { return !closing_ && !closed_ && queued_bytes_ < kLowWater; }
  void write(base::BytesView message);
  void set_events(CarrierEvents* events);
  void close(base::Bytes last);
  // At once, without a word.
  void cut() { finish({base::ErrorKind::kClosed, {}, "closed"}); }

 private:
  struct Queued {
    std::uint32_t number = 0;
    base::Bytes message;
  };
  using Connection = std::shared_ptr<HttpConnection>;

  HttpRequest request(http::verb method, const std::string& what) const;
  Task<base::Result<Connection>> connection(Deadline deadline);
  void give_back(const Connection& connection);
  Task<base::Result<HttpAnswer>> ask(HttpRequest request, std::size_t max_bytes, milliseconds limit);

  void upload();
  base::Bytes take_batch();
  static Task<void> run_upload(std::shared_ptr<Pipe> self, base::Bytes body);

  static Task<void> run_stream(std::shared_ptr<Pipe> self, std::uint64_t generation, bool again);
  Task<base::Result<void>> read_stream(Connection connection, std::uint64_t generation, bool again);
  static Task<void> run_poll(std::shared_ptr<Pipe> self);
  void begin_polls();
  void next_stream(bool again);
  bool take(base::BytesView bytes, RecordReader& reader);
  void deliver();
  std::string down_query(bool again) const {
    return fmt::format("?from={}{}", down_.next(), again ? "&again=1" : "");
  }
  static Task<void> say_goodbye(std::shared_ptr<Pipe> self);
  Task<void> pause(milliseconds time);
  void finish(const base::Error& why);

  const Executor executor_;
  const OpenStream open_;
  const std::string authority_, path_;
  std::string session_;
  milliseconds round_trip_{0};
  CarrierEvents* events_ = nullptr;

  std::deque<Connection> idle_;
  std::list<std::weak_ptr<HttpConnection>> busy_;

  std::deque<Queued> queue_;
  std::size_t queued_bytes_ = 0;
  std::uint32_t last_number_ = 0;
  int uploads_ = 0;
  bool told_full_ = false;

  Reorder down_;
  std::size_t unacknowledged_ = 0;
  std::uint64_t stream_ = 0;  // the newest; older ones end by themselves
  int stream_failures_ = 0;
  int polls_ = 0;
  int poll_failures_ = 0;
  bool closing_ = false;
  bool closed_ = false;
};

HttpRequest Pipe::request(http::verb method, const std::string& what) const {
  HttpRequest request(method, path_ + "/requests" + what, 11);
  if (!session_.empty()) request.set(http::field::authorization, "Bearer " + session_);
  request.set(http::field::cache_control, "no-cache");
  if (method == http::verb::post) request.set(http::field::content_type, "application/octet-stream");
  return request;
}

Task<base::Result<Pipe::Connection>> Pipe::connection(Deadline deadline) {
  if (!idle_.empty()) {
    Connection ready = std::move(idle_.back());
    idle_.pop_back();
    busy_.push_back(ready);
    co_return ready;
  }
  auto stream = co_await open_(deadline);
  if (!stream) co_return std::unexpected(stream.error());
  auto made = std::make_shared<HttpConnection>(std::move(*stream), authority_);
  busy_.remove_if([](const auto& weak) { return weak.expired(); });
  busy_.push_back(made);
  co_return made;
}

void Pipe::give_back(const Connection& connection) {
  busy_.remove_if([&](const auto& weak) { return weak.expired() || weak.lock() == connection; });
  if (connection->reusable() && !closed_) idle_.push_back(connection);
}

Task<base::Result<HttpAnswer>> Pipe::ask(HttpRequest request, std::size_t max_bytes, milliseconds limit) {
  const Deadline deadline = Clock::now() + limit;
  const bool reused = !idle_.empty();
  auto connected = co_await connection(deadline);
  if (!connected) co_return std::unexpected(connected.error());
  auto answer = co_await (*connected)->ask(request, max_bytes, deadline);
  give_back(*connected);
  if (answer || !reused || closed_) co_return answer;
  // An idle connection may have been closed while the request was on its way: once more on a new one.
  auto stream = co_await open_(deadline);
  if (!stream) co_return std::unexpected(stream.error());
  auto fresh = std::make_shared<HttpConnection>(std::move(*stream), authority_);
  busy_.push_back(fresh);
  answer = co_await fresh->ask(std::move(request), max_bytes, deadline);
  give_back(fresh);
  co_return answer;
}

Task<base::Result<void>> Pipe::begin(Deadline deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  auto connected = co_await connection(deadline);
  if (!connected) co_return std::unexpected(connected.error());
  give_back(*connected);
  const auto asked = Clock::now();
  auto answer = co_await ask(request(http::verb::post, ""), 4096, left);
  if (!answer) co_return std::unexpected(answer.error());
  round_trip_ = std::chrono::duration_cast<milliseconds>(Clock::now() - asked);
  const auto body = nlohmann::json::parse(answer->body(), nullptr, false);
  if (answer->result() != http::status::created || !body.is_object() || !body.contains("session") ||
      !body["session"].is_string()) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "requests-refused",
                            "{} answered HTTP {} instead of opening a link over requests", authority_,
                            answer->result_int());
  }
  session_ = body["session"].get<std::string>();
  next_stream(false);
  co_return base::Result<void>();
}

// ---- Up

void Pipe::write(base::BytesView message) {
  queue_.push_back({++last_number_, base::Bytes(message.begin(), message.end())});
  queued_bytes_ += message.size();
  told_full_ = !writable();
  // Not from within the call: what the link writes in one go travels together.
  asio::post(executor_, [self = shared_from_this()] { self->upload(); });
}

base::Bytes Pipe::take_batch() {
  base::Bytes body;
  while (!queue_.empty() && (body.empty() || body.size() + queue_.front().message.size() <= kUploadBytes)) {
    append_record(body, {queue_.front().number, queue_.front().message});
    queued_bytes_ -= queue_.front().message.size();
    queue_.pop_front();
  }
  return body;
}

void Pipe::upload() {
  while (!closed_ && uploads_ < kUploads && (!queue_.empty() || unacknowledged_ >= kAcknowledgeBytes)) {
    ++uploads_;
    unacknowledged_ = 0;
    asio::co_spawn(executor_, run_upload(shared_from_this(), take_batch()), asio::detached);
  }
  if (!told_full_ || !writable()) return;
  told_full_ = false;
  if (events_ != nullptr) events_->on_writable();
}

// The server takes a record once, however often it comes: what is unsure is sent again.
Task<void> Pipe::run_upload(std::shared_ptr<Pipe> self, base::Bytes body) {
  base::Error why;
  for (int attempt = 0; attempt < kMaxFailures && !self->closed_; ++attempt) {
    HttpRequest post = self->request(http::verb::post, fmt::format("/up?received={}", self->down_.next()));
    post.body().assign(body.begin(), body.end());
    auto answer = co_await self->ask(std::move(post), 4096, kRequestTime);
    if (answer && answer->result() == http::status::no_content) {
      --self->uploads_;
      self->upload();
      co_return;
    }
    if (answer && answer->result() == http::status::gone) {
      co_return self->finish({base::ErrorKind::kUnreachable, {}, "the server has given this connection up"});
    }
    why = answer ? base::Error{base::ErrorKind::kUnreachable,
                               {},
                               fmt::format("a request was answered with HTTP {}", answer->result_int())}
                 : answer.error();
    co_await self->pause(kRetryPause);
  }
  self->finish({base::ErrorKind::kUnreachable, {}, why.message});
}

// ---- Down

void Pipe::next_stream(bool again) {
  asio::co_spawn(executor_, run_stream(shared_from_this(), ++stream_, again), asio::detached);
}

Task<void> Pipe::run_stream(std::shared_ptr<Pipe> self, std::uint64_t generation, bool again) {
  const auto began = Clock::now();
  auto connected = co_await self->connection(began + kRequestTime);
  base::Result<void> done = base::fail(base::ErrorKind::kUnreachable, "not tried");
  if (connected) {
    done = co_await self->read_stream(*connected, generation, again);
    (*connected)->cut();  // the server ends an answer that streams by closing
    self->give_back(*connected);
  } else {
    done = std::unexpected(connected.error());
  }
  if (self->closed_ || self->polls_ > 0 || generation != self->stream_) co_return;
  if (self->down_.ended()) {
    co_return self->finish({base::ErrorKind::kClosed, {}, "the other side closed the connection"});
  }
  if (!done && done.error().code == "buffered") co_return self->begin_polls();
  if (!done && done.error().code == "gone") {
    co_return self->finish({base::ErrorKind::kUnreachable, {}, "the server has given this connection up"});
  }
  // Cut before its time. Some proxies do that to every answer after a while; then polls are no worse.
  self->stream_failures_ = Clock::now() - began > kStreamTime / 3 ? 0 : self->stream_failures_ + 1;
  if (self->stream_failures_ >= kMaxFailures) co_return self->begin_polls();
  if (self->stream_failures_ > 1) co_await self->pause(kRetryPause);
  if (!self->closed_) self->next_stream(true);
}

Task<base::Result<void>> Pipe::read_stream(Connection connection, std::uint64_t generation, bool again) {
  HttpRequest get = request(http::verb::get, "/down" + down_query(again));
  get.set(http::field::host, authority_);
  const auto token = asio::as_tuple(use_task);
  const auto until = Clock::now() + kStreamTime;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  bool handed_over = false;
  {
    // A whole round trip more than what the first request took, and never less than a moment.
    const TimeLimit limit(connection->stream(), Clock::now() + kFirstBytes + 2 * round_trip_);
    auto [error, size] = co_await http::async_write(connection->stream(), get, token);
    if (!error)
      std::tie(error, size) =
          co_await http::async_read_header(connection->stream(), connection->buffer(), parser, token);
    if (limit.passed()) co_return base::fail_as(base::ErrorKind::kUnreachable, "buffered", "held back");
    if (error) co_return base::fail(base::ErrorKind::kUnreachable, "{}", error.message());
  }
  if (parser.get().result() == http::status::gone) {
    co_return base::fail_as(base::ErrorKind::kUnreachable, "gone", "gone");
  }
  if (parser.get().result() != http::status::ok)
    co_return base::fail(base::ErrorKind::kUnreachable, "refused");
  RecordReader reader;
  std::array<std::uint8_t, 16 * 1024> block{};
  for (bool first = true; !parser.is_done(); first = false) {
    parser.get().body().data = block.data();
    parser.get().body().size = block.size();
    const auto silence =
        first ? Clock::duration(kFirstBytes + 2 * round_trip_) : Clock::duration(kStreamSilence);
    const TimeLimit limit(connection->stream(), Clock::now() + silence);
    const auto [error, size] =
        co_await http::async_read_some(connection->stream(), connection->buffer(), parser, token);
    if (limit.passed()) {
      co_return base::fail_as(base::ErrorKind::kUnreachable, first ? "buffered" : "", "held back");
    }
    if (error && error != http::error::need_buffer) {
      co_return base::fail(base::ErrorKind::kUnreachable, "{}", error.message());
    }
    const std::size_t got = block.size() - parser.get().body().size;
    if (closed_ || !take(base::BytesView(block).first(got), reader)) co_return base::Result<void>();
    if (!handed_over && generation == stream_ && Clock::now() > until) {
      handed_over = true;
      next_stream(false);  // the server ends this one when the next has begun
    }
  }
  co_return base::Result<void>();
}

void Pipe::begin_polls() {
  while (!closed_ && polls_ < kPolls) {
    ++polls_;
    asio::co_spawn(executor_, run_poll(shared_from_this()), asio::detached);
  }
}

Task<void> Pipe::run_poll(std::shared_ptr<Pipe> self) {
  bool again = true;  // whatever the stream held back
  while (!self->closed_) {
    auto answer = co_await self->ask(self->request(http::verb::get, "/poll" + self->down_query(again)),
                                     kMaxAnswer, kPollTime);
    if (self->closed_) co_return;
    if (answer && answer->result() == http::status::gone) {
      co_return self->finish(
          self->down_.ended()
              ? base::Error{base::ErrorKind::kClosed, {}, "the other side closed the connection"}
              : base::Error{base::ErrorKind::kUnreachable, {}, "the server has given this connection up"});
    }
    RecordReader reader;
    again = !answer || answer->result() != http::status::ok ||
            !self->take(base::as_bytes(answer->body()), reader) || !reader.at_boundary();
    if (self->down_.ended()) {
      co_return self->finish({base::ErrorKind::kClosed, {}, "the other side closed the connection"});
    }
    if (!again) {
      self->poll_failures_ = 0;
    } else if (++self->poll_failures_ >= kMaxFailures * kPolls) {
      co_return self->finish({base::ErrorKind::kUnreachable, {}, "the server cannot be asked any more"});
    } else {
      co_await self->pause(kRetryPause);
    }
  }
}

// False: nothing more can be read from here.
bool Pipe::take(base::BytesView bytes, RecordReader& reader) {
  bool good = true;
  const auto read = reader.feed(bytes, [&](const Record& record) {
    if (record.number == kGoodbyeRecord) {
      down_.goodbye(record.payload);
    } else if (record.number != kPaddingRecord) {
      good = down_.put(record.number, record.payload) && good;
    }
  });
  if (!read || !good) {
    finish({base::ErrorKind::kUnreachable, {}, "what comes from the server cannot be understood"});
    return false;
  }
  unacknowledged_ += bytes.size();
  deliver();
  if (unacknowledged_ >= kAcknowledgeBytes) upload();
  return !closed_;
}

void Pipe::deliver() {
  while (events_ != nullptr && !closed_) {
    const auto message = down_.take();
    if (!message) return;
    events_->on_message(*message);
  }
}

// ---- Both

void Pipe::set_events(CarrierEvents* events) {
  events_ = events;
  if (events_ == nullptr || closed_) return;
  asio::post(executor_, [self = shared_from_this()] { self->deliver(); });
}

void Pipe::close(base::Bytes last) {
  if (closing_ || closed_) return;
  if (!last.empty()) queue_.push_back({++last_number_, std::move(last)});
  closing_ = true;
  asio::co_spawn(executor_, say_goodbye(shared_from_this()), asio::detached);
}

// What was written, then the goodbye; the server forgets the session with it.
Task<void> Pipe::say_goodbye(std::shared_ptr<Pipe> self) {
  base::Bytes body = self->take_batch();
  append_goodbye(body, self->last_number_);
  HttpRequest post = self->request(http::verb::post, fmt::format("/up?received={}", self->down_.next()));
  post.body().assign(body.begin(), body.end());
  const auto answered = co_await self->ask(std::move(post), 4096, kGoodbyeTime);
  self->finish({base::ErrorKind::kClosed, {}, answered ? "closed" : "closed without an answer"});
}

Task<void> Pipe::pause(milliseconds time) {
  Timer timer(executor_);
  timer.expires_after(time);
  const auto token = asio::as_tuple(use_task);
  co_await timer.async_wait(token);
}

void Pipe::finish(const base::Error& why) {
  if (std::exchange(closed_, true)) return;
  idle_.clear();
  for (const auto& weak : busy_) {
    if (const auto connection = weak.lock()) connection->cut();
  }
  if (CarrierEvents* events = std::exchange(events_, nullptr)) events->on_closed(why);
}

class RequestCarrier final : public Carrier {
 public:
  explicit RequestCarrier(std::shared_ptr<Pipe> pipe) : pipe_(std::move(pipe)) {}
  ~RequestCarrier() override {
    pipe_->set_events(nullptr);
    if (!closing_) pipe_->cut();
  }
  void set_events(CarrierEvents* events) override { pipe_->set_events(events); }
  bool writable() const override { return pipe_->writable(); }
  void write(base::BytesView message) override { pipe_->write(message); }
  void close(base::Bytes last) override {
    closing_ = true;
    pipe_->close(std::move(last));
  }

 private:
  const std::shared_ptr<Pipe> pipe_;
  bool closing_ = false;
};

}  // namespace

Task<base::Result<std::unique_ptr<Carrier>>> open_requests(OpenStream open, std::string authority,
                                                           std::string path, Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  auto pipe = std::make_shared<Pipe>(executor, std::move(open), std::move(authority), std::move(path));
  auto begun = co_await pipe->begin(deadline);
  if (!begun) co_return std::unexpected(begun.error());
  co_return std::make_unique<RequestCarrier>(std::move(pipe));
}

}  // namespace vistime::transport::reach
