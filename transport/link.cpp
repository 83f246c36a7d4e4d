#include "transport/link.hpp"

#include <algorithm>
#include <utility>

#include "protocol/link.pb.h"
#include "protocol/object_header.hpp"

namespace vistime::transport {
namespace {

using protocol::FrameKind;
using protocol::Lane;

// What one write to the carrier may hold: one TLS record. A higher lane waits for no more than this.
constexpr std::size_t kWriteBudget = 15 * 1024;
// Objects are confirmed so long after the last confirmation; see LinkSettings::prompt_feedback.
constexpr auto kPromptFeedback = std::chrono::milliseconds(50);
constexpr auto kRareFeedback = std::chrono::seconds(1);
// Control messages are acknowledged at the latest after so many; else with the next write or tick.
constexpr std::uint32_t kAckEvery = 32;
// The history of unconfirmed writes is a measure, not a promise: bounded.
constexpr std::size_t kMaxUnconfirmed = 4096;

base::Error protocol_error(std::string message) {
  return {base::ErrorKind::kInvalid, "protocol-error", std::move(message)};
}

// What was on its way when another carrier took over has arrived by then, or is of no use any more.
constexpr auto kPredecessorTime = std::chrono::milliseconds(1'500);

}  // namespace

class Link::Predecessor final : private CarrierEvents {
 public:
  Predecessor(Link& link, std::unique_ptr<Carrier> carrier, protocol::Assembler assembler,
              base::TimePoint until)
      : link_(link), carrier_(std::move(carrier)), assembler_(std::move(assembler)), until_(until) {
    carrier_->set_events(this);
  }
  ~Predecessor() override {
    carrier_->set_events(nullptr);
    if (!closed_) carrier_->close({});
  }
  bool done(base::TimePoint now) const { return closed_ || broken_ || now >= until_; }

 private:
  void on_message(base::BytesView message) override {
    if (broken_) return;
    link_.in_event_ = true;
    const auto received =
        assembler_.receive(message, [this](FrameKind kind, Lane lane, base::BytesView body) {
          return link_.receive_late(kind, lane, body);
        });
    link_.in_event_ = false;
    broken_ = !received;
    link_.flush();
  }
  void on_writable() override {}
  void on_closed(const base::Error&) override { closed_ = true; }

  Link& link_;
  const std::unique_ptr<Carrier> carrier_;
  protocol::Assembler assembler_;
  const base::TimePoint until_;
  bool closed_ = false;
  bool broken_ = false;
};

Link::Link(const base::Clock& clock, LinkEvents& events, LinkSettings settings)
    : clock_(clock), events_(events), settings_(settings), queue_(settings.queue) {}

Link::~Link() {
  if (carrier_) carrier_->set_events(nullptr);
}

void Link::install(std::unique_ptr<Carrier> carrier) {
  if (carrier_) {
    predecessor_ = std::make_unique<Predecessor>(*this, std::move(carrier_), std::move(assembler_),
                                                 clock_.now() + kPredecessorTime);
  }
  assembler_.reset();
  queue_.connection_lost();
  unconfirmed_.clear();
  objects_sent_before_ = queue_.counters().object_bytes_sent;
  objects_sent_bytes_ = objects_received_bytes_ = feedback_sent_ = 0;
  last_received_ = last_ping_ = clock_.now();
  ++statistics_.connections;
  carrier_ = std::move(carrier);
}

void Link::attach(std::unique_ptr<Carrier> carrier, std::uint32_t peer_received) {
  if (ended_) return;
  install(std::move(carrier));
  while (!unacknowledged_.empty() && unacknowledged_.front().number <= peer_received) {
    unacknowledged_bytes_ -= unacknowledged_.front().frame_body->size();
    unacknowledged_.pop_front();
  }
  for (std::size_t i = 0; i < unacknowledged_.size(); ++i) {
    queue_.push_control(FrameKind::kControl, unacknowledged_[i].frame_body);
  }
  acknowledged_ = received_;  // the greeting said so
  carrier_->set_events(this);
  flush();
}

void Link::attach_fresh(std::unique_ptr<Carrier> carrier) {
  if (ended_) return;
  if (carrier_) release_carrier(base::Bytes());  // what it still brings was counted from another beginning
  predecessor_.reset();
  unacknowledged_.clear();
  unacknowledged_bytes_ = 0;
  sent_number_ = received_ = acknowledged_ = 0;
  attach(std::move(carrier), 0);
}

void Link::send_control(base::BytesView message) {
  if (ended_) return;
  auto body = std::make_shared<base::Bytes>();
  body->reserve(4 + message.size());
  base::ByteWriter writer(*body);
  writer.u32(++sent_number_);
  writer.bytes(message);
  unacknowledged_bytes_ += body->size();
  SharedBytes shared = std::move(body);
  unacknowledged_.push_back({sent_number_, shared});
  const bool too_many = unacknowledged_.size() > settings_.max_unacknowledged ||
                        unacknowledged_bytes_ > settings_.max_unacknowledged_bytes;
  if (too_many || (attached() && !queue_.push_control(FrameKind::kControl, std::move(shared)))) {
    fail({base::ErrorKind::kOverloaded, "too-slow", "the other side takes no messages"});
  }
}

void Link::send_object(QueuedObject object) {
  if (attached()) queue_.push(std::move(object));
}

void Link::put_number(FrameKind kind, std::uint64_t value, std::size_t bytes) {
  auto body = std::make_shared<base::Bytes>();
  base::ByteWriter writer(*body);
  bytes == 4 ? writer.u32(static_cast<std::uint32_t>(value)) : writer.u64(value);
  queue_.push_control(kind, std::move(body));
}

void Link::acknowledge() {
  if (acknowledged_ == received_) return;
  acknowledged_ = received_;
  put_number(FrameKind::kAck, received_, 4);
}

void Link::flush() {
  if (in_event_ || !carrier_ || !carrier_->writable() || queue_.empty()) return;
  acknowledge();  // rides along
  while (carrier_->writable() && !queue_.empty()) write_some();
}

void Link::write_some() {
  thread_local base::Bytes out;
  out.clear();
  const auto sent_before = queue_.counters().objects_sent;
  queue_.fill(out, kWriteBudget, clock_.now());
  if (out.empty()) return;
  statistics_.bytes_sent += out.size();
  // Counted as the peer counts: whole objects. A part's bytes count with its last part.
  if (queue_.counters().objects_sent != sent_before) {
    objects_sent_bytes_ = queue_.counters().object_bytes_sent - objects_sent_before_;
    if (unconfirmed_.size() < kMaxUnconfirmed) unconfirmed_.push_back({objects_sent_bytes_, clock_.now()});
  }
  carrier_->write(out);
}

void Link::tick() {
  closing_.clear();
  const auto now = clock_.now();
  if (predecessor_ && predecessor_->done(now)) predecessor_.reset();
  if (!carrier_) return;
  if (now - last_received_ > settings_.silence_limit) {
    return detach({base::ErrorKind::kUnreachable, "silent", "nothing has been heard from the other side"});
  }
  acknowledge();
  confirm_if_due();
  const auto in_between = settings_.ping_when_silent;
  const bool asks =
      in_between.count() > 0 && now - last_received_ >= in_between && now - last_ping_ >= in_between;
  if (asks || now - last_ping_ >= settings_.ping_interval) {
    last_ping_ = now;
    put_number(FrameKind::kPing, static_cast<std::uint64_t>(now.time_since_epoch().count()), 8);
  }
  flush();
}

void Link::end(std::string_view code, std::string_view message) {
  if (std::exchange(ended_, true)) return;
  if (!carrier_) return;
  vistime::v1::Close close;
  close.set_code(std::string(code));
  close.set_message(std::string(message));
  const std::string body = close.SerializeAsString();
  queue_.push_control(FrameKind::kClose, std::make_shared<base::Bytes>(body.begin(), body.end()));
  // Control goes first, so that what was said before is still heard.
  base::Bytes last;
  queue_.fill(last, protocol::kMaxCarrierMessage / 2, clock_.now());
  release_carrier(std::move(last));
}

void Link::drop_connection() {
  if (carrier_) detach({base::ErrorKind::kUnreachable, "dropped", "the connection was dropped"});
}

LinkStatistics Link::statistics() const {
  LinkStatistics statistics = statistics_;
  statistics.queue = queue_.counters();
  if (!unconfirmed_.empty()) statistics.oldest_unconfirmed = clock_.now() - unconfirmed_.front().at;
  return statistics;
}

void Link::on_message(base::BytesView message) {
  last_received_ = clock_.now();
  statistics_.bytes_received += message.size();
  if (message.empty()) return fail(protocol_error("an empty or textual carrier message"));
  in_event_ = true;
  auto done = assembler_.receive(
      message, [this](FrameKind kind, Lane lane, base::BytesView body) { return receive(kind, lane, body); });
  in_event_ = false;
  if (ended_) return;
  if (!done) return fail(protocol_error(done.error().message));
  if (!carrier_) return;
  if (received_ - acknowledged_ >= kAckEvery) acknowledge();
  confirm_if_due();
  flush();
}

void Link::confirm_if_due() {
  if (feedback_sent_ == objects_received_bytes_) return;
  const bool at_once = settings_.prompt_feedback && video_received_;
  const auto interval = settings_.prompt_feedback ? kPromptFeedback : kRareFeedback;
  if (!at_once && clock_.now() - last_feedback_ < interval) return;
  video_received_ = false;
  last_feedback_ = clock_.now();
  feedback_sent_ = objects_received_bytes_;
  put_number(FrameKind::kFeedback, feedback_sent_, 8);
}

base::Result<void> Link::receive(FrameKind kind, Lane lane, base::BytesView body) {
  // An event handler may have ended the link or dropped the connection: the rest of the message is not for us.
  if (ended_ || !carrier_) return {};
  switch (kind) {
    case FrameKind::kControl: return receive_control(body);
    case FrameKind::kAck: return receive_ack(body);
    case FrameKind::kObject: return receive_object(lane, body);
    case FrameKind::kPing: return receive_ping(body);
    case FrameKind::kPong: return receive_pong(body);
    case FrameKind::kFeedback: return receive_feedback(body);
    case FrameKind::kClose: {
      vistime::v1::Close close;
      if (!close.ParseFromArray(body.data(), static_cast<int>(body.size()))) break;
      fail({base::ErrorKind::kClosed, close.code(), close.message()});
      return {};
    }
    case FrameKind::kHello:
    case FrameKind::kHelloReply: break;
  }
  return base::fail(base::ErrorKind::kInvalid, "a message of kind {} has no place here",
                    static_cast<int>(kind));
}

// By the carrier before: media and what was said counts, all else belongs to a connection.
base::Result<void> Link::receive_late(FrameKind kind, Lane lane, base::BytesView body) {
  if (ended_) return {};
  if (kind == FrameKind::kControl) return receive_control(body);
  if (kind != FrameKind::kObject) return {};
  if (body.size() < protocol::kObjectHeaderBytes) {
    return base::fail(base::ErrorKind::kInvalid, "an object shorter than its header");
  }
  ++statistics_.objects_received;
  events_.on_object(lane, body);
  return {};
}

base::Result<void> Link::receive_control(base::BytesView body) {
  base::ByteReader reader(body);
  const auto number = reader.u32();
  if (!number) return base::fail(base::ErrorKind::kInvalid, "a control message without a number");
  if (*number <= received_) return {};  // sent again although it had arrived
  if (*number != received_ + 1) {
    return base::fail(base::ErrorKind::kInvalid, "control message {} follows {}", *number, received_);
  }
  received_ = *number;
  events_.on_control(reader.rest());
  return {};
}

base::Result<void> Link::receive_ack(base::BytesView body) {
  const auto number = base::ByteReader(body).u32();
  if (!number || *number > sent_number_)
    return base::fail(base::ErrorKind::kInvalid, "an impossible acknowledgement");
  while (!unacknowledged_.empty() && unacknowledged_.front().number <= *number) {
    unacknowledged_bytes_ -= unacknowledged_.front().frame_body->size();
    unacknowledged_.pop_front();
  }
  return {};
}

base::Result<void> Link::receive_ping(base::BytesView body) {
  const auto value = base::ByteReader(body).u64();
  if (!value) return base::fail(base::ErrorKind::kInvalid, "a ping without a value");
  put_number(FrameKind::kPong, *value, 8);
  return {};
}

base::Result<void> Link::receive_pong(base::BytesView body) {
  const auto value = base::ByteReader(body).u64();
  if (!value) return base::fail(base::ErrorKind::kInvalid, "a pong without a value");
  const base::Duration trip =
      clock_.now().time_since_epoch() - base::Duration(static_cast<std::int64_t>(*value));
  if (trip.count() >= 0) statistics_.round_trip = trip;
  return {};
}

base::Result<void> Link::receive_feedback(base::BytesView body) {
  const auto bytes = base::ByteReader(body).u64();
  if (!bytes || *bytes > objects_sent_bytes_)
    return base::fail(base::ErrorKind::kInvalid, "an impossible confirmation");
  while (!unconfirmed_.empty() && unconfirmed_.front().total <= *bytes) unconfirmed_.pop_front();
  return {};
}

base::Result<void> Link::receive_object(Lane lane, base::BytesView body) {
  if (body.size() < protocol::kObjectHeaderBytes) {
    return base::fail(base::ErrorKind::kInvalid, "an object shorter than its header");
  }
  objects_received_bytes_ += body.size();
  video_received_ = video_received_ || lane == Lane::kVideo;
  ++statistics_.objects_received;
  events_.on_object(lane, body);
  return {};
}

void Link::on_writable() {
  if (!ended_) flush();
}

void Link::on_closed(const base::Error& why) { detach(why); }

void Link::release_carrier(std::optional<base::Bytes> last) {
  carrier_->set_events(nullptr);
  if (last) carrier_->close(std::move(*last));
  // Freed by the next tick: this may run within one of its callbacks.
  closing_.push_back(std::move(carrier_));
}

void Link::detach(const base::Error& why) {
  if (!carrier_) return;
  release_carrier(std::nullopt);
  queue_.connection_lost();
  if (!ended_) events_.on_detached(why);
}

void Link::fail(const base::Error& why) {
  if (ended_) return;
  if (why.kind == base::ErrorKind::kClosed) {
    ended_ = true;
    if (carrier_) release_carrier(base::Bytes());
  } else {
    end(why.code, why.message);
  }
  events_.on_ended(why);
}

}  // namespace vistime::transport
