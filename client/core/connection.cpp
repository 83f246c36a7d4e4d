#include "client/core/connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/link.pb.h"
#include "protocol/version.hpp"
#include "transport/handshake.hpp"

namespace vistime::client {
namespace {

using base::Error;
using base::ErrorKind;

Error error(ErrorKind kind, std::string code, std::string message) {
  return {kind, std::move(code), std::move(message)};
}

base::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }
std::string text_of(const base::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

struct Meaning {
  std::string_view code;
  ErrorKind kind;
  std::string_view says;
};
// Refusals and closes by code; what is missing keeps the server's words.
constexpr std::array<Meaning, 14> kMeanings = {{
    {"banned", ErrorKind::kRefused, "You have been banned from this room."},
    {"removed", ErrorKind::kRefused, "You have been removed from the meeting."},
    {"room-full", ErrorKind::kRefused, "The room is full."},
    {"room-locked", ErrorKind::kRefused, "The room is locked; ask its host to let you in."},
    {"room-closed", ErrorKind::kClosed, "The meeting has been closed."},
    {"room-unknown", ErrorKind::kNotFound, "There is no such room on this server; check the link."},
    {"lobby-refused", ErrorKind::kRefused, "You have not been let in."},
    {"replaced", ErrorKind::kClosed, "This meeting goes on in another place with your session."},
    {"left", ErrorKind::kClosed, "You have left the meeting."},
    {"protocol-error", ErrorKind::kInternal, "The server did not understand this client; this is a defect."},
    {"overloaded", ErrorKind::kOverloaded, "The server has reached a limit; try again later."},
    {"draining", ErrorKind::kOverloaded, "The server is being restarted; try again in a minute."},
    {"too-slow", ErrorKind::kOverloaded, "Your connection was too slow for the meeting."},
    {"token-expired", ErrorKind::kOverloaded, "The permission to join has expired; try again."},
}};

Error meaning_of(const std::string& code, const std::string& message) {
  const auto known = std::ranges::find(kMeanings, std::string_view(code), &Meaning::code);
  if (known != kMeanings.end()) return error(known->kind, code, std::string(known->says));
  return error(ErrorKind::kRefused, code, message);
}

// What may be better a moment later.
bool may_pass(const Error& why) {
  if (why.code == "token-invalid" || why.code == "resume-unknown" || why.code.starts_with("http-5"))
    return true;
  if (why.kind == ErrorKind::kClosed) return why.code.empty();
  return (why.kind == ErrorKind::kUnreachable || why.kind == ErrorKind::kOverloaded) &&
         why.code != "room-full";
}

}  // namespace

Connection::Connection(const base::Clock& clock, Network& network, ConnectionEvents& events,
                       ConnectionSettings settings, std::function<std::uint64_t()> random)
    : clock_(clock),
      network_(network),
      events_(events),
      settings_(std::move(settings)),
      backoff_(std::move(random)) {}

Connection::~Connection() {
  *alive_ = false;
  if (greeting_) greeting_->set_events(nullptr);
}

template <typename T, typename Handler>
Network::Done<T> Connection::current(Handler handler) {
  return [this, alive = alive_, attempt = attempt_, handler](base::Result<T> result) {
    if (!*alive || attempt != attempt_) return;
    if (!result) return attempt_failed(result.error());
    handler(std::move(*result));
  };
}

void Connection::start() {
  lost_since_ = clock_.now();
  ask_master();
}

void Connection::ask_master() {
  ++attempt_;
  step_ = Step::kAsking;
  network_.room_info(
      settings_.room, current<RoomInfo>([this](const RoomInfo& info) {
        if (info.key_check != settings_.key_check) {
          return end(
              error(ErrorKind::kInvalid, "wrong-key",
                    "This link's key does not match the room: ask for the link again, and copy all of it."));
        }
        join();
      }));
}

void Connection::join() {
  network_.join(settings_.room, settings_.join, current<JoinGrant>([this](JoinGrant grant) {
                  grant_ = std::move(grant);
                  connect();
                }));
}

void Connection::connect() {
  ++attempt_;
  step_ = Step::kConnecting;
  using CarrierPointer = std::unique_ptr<transport::Carrier>;
  network_.connect(grant_->link, current<CarrierPointer>([this](CarrierPointer carrier) {
                     step_ = Step::kGreeting;
                     greet(std::move(carrier));
                   }));
}

v1::Hello Connection::greeting() const {
  v1::Hello hello;
  hello.set_protocol(protocol::kProtocol);
  hello.set_release(std::string(protocol::release()));
  hello.set_build(std::string(protocol::build()));
  if (link_id_.empty()) {
    hello.set_token(grant_->token);
  } else {
    hello.mutable_resume()->set_link_id(text_of(link_id_));
    hello.mutable_resume()->set_link_key(text_of(link_key_));
    hello.mutable_resume()->set_received(link_ ? link_->received() : 0);
  }
  return hello;
}

void Connection::greet(std::unique_ptr<transport::Carrier> carrier) {
  bury_carrier();
  deadline_ = clock_.now() + transport::kHelloTimeout;
  greeting_ = std::move(carrier);
  greeting_->set_events(this);
  greeting_->write(transport::encode_hello(greeting()));
}

void Connection::on_message(base::BytesView message) {
  if (step_ != Step::kGreeting && step_ != Step::kConnected) return;
  const auto reply = transport::decode_hello_reply(message);
  if (step_ == Step::kConnected) {
    if (reply && reply->has_welcome()) return take_move(reply->welcome());
    return bury_carrier();
  }
  if (!reply) {
    bury_carrier();
    return attempt_failed(
        error(ErrorKind::kInternal, "protocol-error", "the server's greeting cannot be understood"));
  }
  take_reply(*reply);
}

void Connection::on_closed(const Error& why) {
  if (step_ == Step::kConnected) return bury_carrier();
  if (step_ != Step::kGreeting) return;
  bury_carrier();
  attempt_failed(error(ErrorKind::kUnreachable, "unreachable", "the connection was closed: " + why.message));
}

void Connection::take_reply(const v1::HelloReply& reply) {
  if (reply.has_welcome()) return take_welcome(reply.welcome());
  const Error why = refused(reply);
  bury_carrier();
  const bool forgotten = why.code == "resume-unknown" || why.code.starts_with("token-");
  if (forgotten && was_connected_) {
    // The link is gone; a token that went bad between master and here is simply asked for again, with a pause.
    link_id_.clear();
    if (why.code == "resume-unknown") return ask_master();
  }
  attempt_failed(why);
}

Error Connection::refused(const v1::HelloReply& reply) const {
  if (reply.has_update_required()) {
    const auto& update = reply.update_required();
    return error(ErrorKind::kUnsupported, "release-mismatch",
                 fmt::format("This meeting runs release {}, this is {}. Get {} from {}.", update.release(),
                             protocol::release(), update.release(),
                             update.url().empty() ? "its operator" : update.url()));
  }
  if (reply.has_server_older()) {
    return error(
        ErrorKind::kUnsupported, "release-mismatch",
        fmt::format("The server runs the older release {}, this is {}: use a client of {}.",
                    reply.server_older().release(), protocol::release(), reply.server_older().release()));
  }
  if (reply.has_draining()) return meaning_of("draining", "");
  if (reply.has_refusal()) return meaning_of(reply.refusal().code(), reply.refusal().message());
  return error(ErrorKind::kInternal, "protocol-error", "the server's greeting says nothing");
}

void Connection::take_welcome(const v1::Welcome& welcome) {
  const bool resumed = welcome.resumption() == v1::RESUMPTION_RESUMED;
  if (resumed && (!link_ || link_is_fresh_)) {
    // We had given the old link up (the server said it was closing): its numbers are gone.
    link_id_.clear();
    bury_carrier();
    return ask_master();
  }
  link_id_ = bytes_of(welcome.link_id());
  link_key_ = bytes_of(welcome.link_key());
  if (!link_) {
    transport::LinkEvents& events = *this;
    link_ = std::make_unique<transport::Link>(
        clock_, events, transport::LinkSettings{.ping_when_silent = kAskAfter, .prompt_feedback = false});
    link_is_fresh_ = true;
  }
  step_ = Step::kConnected;
  begin_session();
  const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - lost_since_);
  const bool restored = welcome.resumption() == v1::RESUMPTION_RESTORED;
  greeting_->set_events(nullptr);
  if (resumed) {
    link_->attach(std::move(greeting_), welcome.received());
  } else {
    link_->attach_fresh(std::move(greeting_));
  }
  link_is_fresh_ = false;
  was_connected_ = true;
  events_.on_connected(resumed    ? event::Resumption::kResumed
                       : restored ? event::Resumption::kRestored
                                  : event::Resumption::kRejoined,
                       gap);
}

void Connection::on_detached(const Error& why) { lost(why); }

void Connection::on_ended(const Error& why) {
  if (step_ == Step::kEnded) return;
  old_links_.push_back(std::move(link_));
  link_is_fresh_ = true;
  const Error meaning = meaning_of(why.code, why.message);
  // After a restart the server restores who was there; any other end leaves nothing to resume.
  if (meaning.code != "draining") link_id_.clear();
  if (!may_pass(meaning)) return end(meaning);
  lost(meaning);
}

void Connection::find_relief() {
  looking_ = true;
  network_.connect(grant_->link, [this, alive = alive_, attempt = attempt_](
                                     base::Result<std::unique_ptr<transport::Carrier>> carrier) {
    if (!*alive) return;
    looking_ = false;
    // Dropped where this link has been heard again, or has been given up meanwhile.
    if (!carrier || attempt != attempt_ || step_ != Step::kConnected || link_->silence() < kSuspicion) return;
    link_->drop_connection();  // calls lost()
    if (step_ != Step::kPausing) return;
    ++attempt_;
    step_ = Step::kGreeting;
    greet(std::move(*carrier));
  });
}

void Connection::begin_session() {
  connected_at_ = clock_.now();
  next_look_ = clock_.now() + look_pause_;
  move_at_.reset();
  if (const auto limit = network_.longest_session()) move_at_ = clock_.now() + *limit * 4 / 5;
}

void Connection::look_ahead() {
  const auto now = clock_.now();
  const bool ends_soon = move_at_ && now >= *move_at_;
  if (!ends_soon && now < next_look_) return;
  if (ends_soon) {
    move_at_ = now + kMoveAgain;
  } else {
    next_look_ = now + look_pause_;
    look_pause_ = std::min<base::Duration>(look_pause_ * 2, kLongestLook);
  }
  looking_ = true;
  auto found = [this, alive = alive_,
                attempt = attempt_](base::Result<std::unique_ptr<transport::Carrier>> carrier) {
    if (!*alive) return;
    looking_ = false;
    if (carrier && attempt == attempt_ && step_ == Step::kConnected) greet(std::move(*carrier));
  };
  if (ends_soon) {
    network_.connect(grant_->link, std::move(found));
  } else {
    network_.connect_better(grant_->link, std::move(found));
  }
}

// Both sides read the old connection a moment longer: nothing is lost, and nobody is told.
void Connection::take_move(const v1::Welcome& welcome) {
  if (welcome.resumption() != v1::RESUMPTION_RESUMED) return bury_carrier();
  link_id_ = bytes_of(welcome.link_id());
  link_key_ = bytes_of(welcome.link_key());
  begin_session();
  greeting_->set_events(nullptr);
  link_->attach(std::move(greeting_), welcome.received());
}

void Connection::lost(const Error& why) {
  if (step_ == Step::kEnded) return;
  bury_carrier();
  lost_since_ = clock_.now();
  if (connected_at_ && clock_.now() - *connected_at_ >= kStable) backoff_.reset();
  if (connected_at_ && why.kind == ErrorKind::kUnreachable) {
    network_.was_cut(clock_.now() - *connected_at_ - (link_ ? link_->silence() : base::Duration(0)));
  }
  connected_at_.reset();
  pause(why);
}

void Connection::attempt_failed(const Error& why) {
  if (!was_connected_ || !may_pass(why)) return end(why);
  if (clock_.now() - lost_since_ >= kGiveUp) {
    return end(error(ErrorKind::kUnreachable, "connection-lost",
                     "The connection was lost and could not be made again: " + why.message));
  }
  pause(why);
}

void Connection::pause(const Error& why) {
  ++attempt_;  // answers to what was under way come too late
  step_ = Step::kPausing;
  deadline_ = clock_.now() + backoff_.next();
  events_.on_reconnecting(why, backoff_.attempts());
}

void Connection::end(const Error& why) {
  ++attempt_;
  step_ = Step::kEnded;
  events_.on_ended(why);
}

void Connection::bury_carrier() {
  if (!greeting_) return;
  greeting_->set_events(nullptr);
  old_carriers_.push_back(std::move(greeting_));
}

void Connection::tick() {
  old_carriers_.clear();
  old_links_.clear();
  if (link_) link_->tick();
  const auto now = clock_.now();
  if (step_ == Step::kConnected && connected_at_ && now - *connected_at_ >= kStable) backoff_.reset();
  if (step_ == Step::kGreeting && now >= deadline_) {
    bury_carrier();
    return attempt_failed(
        error(ErrorKind::kUnreachable, "unreachable", "the server did not answer the greeting"));
  }
  if (step_ == Step::kConnected && greeting_ && now >= deadline_) bury_carrier();
  if (step_ == Step::kConnected && !looking_ && !greeting_)
    return link_->silence() >= kSuspicion ? find_relief() : look_ahead();
  if (step_ != Step::kPausing || now < deadline_) return;
  link_id_.empty() ? ask_master() : connect();
}

void Connection::send_control(base::BytesView message) {
  if (link_) link_->send_control(message);
}

void Connection::send_object(transport::QueuedObject object) {
  if (link_) link_->send_object(std::move(object));
}

void Connection::flush() {
  if (link_) link_->flush();
}

void Connection::leave() {
  ++attempt_;
  step_ = Step::kEnded;
  bury_carrier();
  if (link_) link_->end("left", "");
}

void Connection::drop_connection() {
  if (link_) link_->drop_connection();
}

transport::LinkStatistics Connection::statistics() const {
  return link_ ? link_->statistics() : transport::LinkStatistics{};
}

std::vector<std::uint64_t> Connection::take_broken_streams() {
  return link_ ? link_->take_broken_streams() : std::vector<std::uint64_t>{};
}

}  // namespace vistime::client
