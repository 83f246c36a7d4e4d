#include "transport/request_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "protocol/frame.hpp"

namespace vistime::transport {

class RequestSession::End final : public Carrier {
 public:
  explicit End(std::shared_ptr<RequestSession> session) : session_(std::move(session)) {}
  ~End() override {
    session_->set_events(nullptr);
    if (!closing_) session_->end({base::ErrorKind::kClosed, {}, "closed"});
  }
  void set_events(CarrierEvents* events) override { session_->set_events(events); }
  bool writable() const override { return session_->writable(); }
  void write(base::BytesView message) override { session_->write(message); }
  void close(base::Bytes last) override {
    closing_ = true;
    session_->close(std::move(last));
  }

 private:
  const std::shared_ptr<RequestSession> session_;
  bool closing_ = false;
};

std::shared_ptr<RequestSession> RequestSession::make(const Executor& executor, std::function<void()> on_end) {
  return std::shared_ptr<RequestSession>(new RequestSession(executor, std::move(on_end)));
}

std::unique_ptr<Carrier> RequestSession::carrier() { return std::make_unique<End>(shared_from_this()); }

base::Result<void> RequestSession::take_up(base::BytesView body, std::uint32_t received) {
  stay_alive();
  acknowledge(received);
  RecordReader reader;
  bool fits = true;
  const auto read = reader.feed(body, [&](const Record& record) {
    if (record.number == kGoodbyeRecord) {
      up_.goodbye(record.payload);
    } else if (record.number != kPaddingRecord) {
      fits = up_.put(record.number, record.payload) && fits;
    }
  });
  if (!read || !reader.at_boundary()) {
    return base::fail_as(base::ErrorKind::kInvalid, "protocol-error",
                         "the body is not made of whole records");
  }
  if (!fits) {
    return base::fail_as(base::ErrorKind::kOverloaded, "overloaded",
                         "too much arrives ahead of what is missing: send that again first");
  }
  deliver();
  if (up_.ended()) end({base::ErrorKind::kClosed, {}, "the other side closed the connection"});
  return {};
}

void RequestSession::acknowledge(std::uint32_t next) {
  while (!kept_.empty() && unsent_from_ > 0 && kept_.front().number < next) {
    kept_bytes_ -= kept_.front().message.size();
    kept_.pop_front();
    --unsent_from_;
  }
  tell_writable();
}

void RequestSession::send_again() {
  unsent_from_ = 0;
  unsent_bytes_ = kept_bytes_;
  wake();
}

base::Bytes RequestSession::take_down(std::size_t max_bytes) {
  stay_alive();
  base::Bytes out;
  while (unsent_from_ < kept_.size() && (out.empty() || out.size() < max_bytes)) {
    const Kept& next = kept_[unsent_from_++];
    unsent_bytes_ -= next.message.size();
    append_record(out, {next.number, next.message});
  }
  if (!out.empty()) tell_writable();
  return out;
}

Task<void> RequestSession::wait_for_down(std::chrono::milliseconds limit) {
  const auto self = shared_from_this();
  const auto until = std::chrono::steady_clock::now() + limit;
  const auto token = asio::as_tuple(use_task);
  const std::uint64_t streams = streams_;
  while (!failed_ && !closed_ && unsent_from_ >= kept_.size() && streams == streams_ &&
         std::chrono::steady_clock::now() < until) {
    const auto timer = std::make_shared<Timer>(executor_);
    timer->expires_at(until);
    waiting_.push_back(timer);
    co_await timer->async_wait(token);
    stay_alive();
  }
}

void RequestSession::end(const base::Error& why) {
  if (std::exchange(failed_, true)) return;
  idle_.cancel();
  wake();
  while (!waiting_.empty()) wake();
  if (on_end_) on_end_();
  if (CarrierEvents* events = std::exchange(events_, nullptr)) events->on_closed(why);
}

std::uint64_t RequestSession::begin_stream() {
  ++streams_;
  streaming_ = true;
  while (!waiting_.empty()) wake();  // an older answer is to notice
  return streams_;
}

void RequestSession::end_stream() {
  if (!std::exchange(streaming_, false)) return;
  ++streams_;
  while (!waiting_.empty()) wake();
}

void RequestSession::set_events(CarrierEvents* events) {
  events_ = events;
  if (events_ == nullptr) return;
  asio::post(executor_, [self = shared_from_this()] { self->deliver(); });
}

bool RequestSession::writable() const {
  return !failed_ && !closed_ && unsent_bytes_ < kLowWater && kept_bytes_ < kMaxKept;
}

void RequestSession::write(base::BytesView message) {
  kept_.push_back({++last_number_, base::Bytes(message.begin(), message.end())});
  kept_bytes_ += message.size();
  unsent_bytes_ += message.size();
  told_full_ = !writable();
  wake();
}

void RequestSession::close(base::Bytes last) {
  if (closed_ || failed_) return;
  if (!last.empty()) write(last);
  base::Bytes number;
  base::ByteWriter(number).u32(last_number_);
  kept_.push_back({kGoodbyeRecord, std::move(number)});
  closed_ = true;
  events_ = nullptr;
  stay_alive();
  while (!waiting_.empty()) wake();
}

// The handler may silence the events: what follows waits until somebody listens.
void RequestSession::deliver() {
  const auto self = shared_from_this();
  while (events_ != nullptr) {
    const auto message = up_.take();
    if (!message) return;
    events_->on_message(*message);
  }
}

void RequestSession::tell_writable() {
  if (!told_full_ || !writable()) return;
  told_full_ = false;
  asio::post(executor_, [self = shared_from_this()] {
    if (self->events_ != nullptr && self->writable()) self->events_->on_writable();
  });
}

// One of those who wait: each answer carries all that there is.
void RequestSession::wake() {
  while (!waiting_.empty()) {
    const auto timer = waiting_.front().lock();
    waiting_.pop_front();
    if (timer && timer->cancel() > 0) return;
  }
}

void RequestSession::stay_alive() {
  if (failed_) return;
  idle_.expires_after(closed_ ? kLinger : kIdle);
  idle_.async_wait([weak = weak_from_this()](ErrorCode error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->end({base::ErrorKind::kUnreachable, {}, "the client asks for nothing any more"});
  });
}

}  // namespace vistime::transport
