// The way into a room and back into it: asks master, connects, says Hello, keeps the link, and after a loss tries again
// with growing pauses: first to resume the link, then, when the server does not know it any more, to join anew.
//
// Driven by tick() and an injected clock; one executor. The owner's callbacks come from within calls of this class's
// methods or of the network's answers.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "client/core/backoff.hpp"
#include "client/core/meeting_event.hpp"
#include "client/core/network.hpp"
#include "transport/link.hpp"

namespace vistime::v1 {
class Hello;
class HelloReply;
class Welcome;
}  // namespace vistime::v1

namespace vistime::client {

class ConnectionEvents {
 public:
  virtual ~ConnectionEvents() = default;
  // The link carries. kRejoined, also the first time: both sides begin anew as a new participant; kRestored: begin anew
  // as the same; kResumed: nothing was lost.
  virtual void on_connected(event::Resumption how, std::chrono::milliseconds gap) = 0;
  virtual void on_control(base::BytesView message) = 0;
  virtual void on_object(base::BytesView object) = 0;
  virtual void on_reconnecting(const base::Error& why, int attempt) = 0;
  // For good; nothing follows.
  virtual void on_ended(const base::Error& why) = 0;
};

struct ConnectionSettings {
  std::string room;
  std::string key_check;  // hex; what this link's secret makes of it
  JoinRequest join;
};

class Connection final : private transport::LinkEvents, private transport::CarrierEvents {
 public:
  // Without a connection for so long, we give up.
  static constexpr auto kGiveUp = std::chrono::minutes(5);
  // A connection that held for so long was good: the next loss begins with short pauses again.
  static constexpr auto kStable = std::chrono::seconds(10);

  // Nothing heard for so long, though we have asked: another way is tried beside this one, which keeps its chance until
  // the other has proved itself. A network change cuts connections without a word, and nobody is to wait for timeouts.
  static constexpr auto kSuspicion = std::chrono::milliseconds(1'600);
  static constexpr auto kAskAfter = std::chrono::milliseconds(800);

  // A better way may have returned: looked for after so long, then twice as long, and so on; what is found is moved to
  // while the old way still carries.
  static constexpr auto kFirstLook = std::chrono::seconds(15);
  static constexpr auto kLongestLook = std::chrono::minutes(10);
  // Where connections are known to end after a time, a move begins after four fifths of it; again when it failed.
  static constexpr auto kMoveAgain = std::chrono::seconds(5);

  Connection(const base::Clock& clock, Network& network, ConnectionEvents& events,
             ConnectionSettings settings, std::function<std::uint64_t()> random);
  ~Connection() override;

  void start();
  // A few times a second.
  void tick();
  bool carries() const { return link_ && link_->attached(); }
  bool ended() const { return step_ == Step::kEnded; }
  // Was there ever a link?
  bool was_connected() const { return was_connected_; }

  // Nothing before the first on_connected(); afterwards queued while there is no connection.
  void send_control(base::BytesView message);
  void send_object(transport::QueuedObject object);
  void flush();
  // Tells the server that we leave; no callback follows. The carrier still needs a moment to write.
  void leave();
  // As a network would: without a word.
  void drop_connection();
  transport::LinkStatistics statistics() const;
  std::vector<std::uint64_t> take_broken_streams();

 private:
  enum class Step { kIdle, kAsking, kConnecting, kGreeting, kConnected, kPausing, kEnded };

  void on_control(base::BytesView message) override { events_.on_control(message); }
  void on_object(protocol::Lane, base::BytesView object) override { events_.on_object(object); }
  void on_detached(const base::Error& why) override;
  void on_ended(const base::Error& why) override;
  void on_message(base::BytesView message) override;
  void on_writable() override {}
  void on_closed(const base::Error& why) override;

  // Wraps an answer's handler so that it is dropped once another attempt has begun, or this object is gone.
  template <typename T, typename Handler>
  Network::Done<T> current(Handler handler);
  void ask_master();
  void join();
  void connect();
  void greet(std::unique_ptr<transport::Carrier> carrier);
  void take_reply(const v1::HelloReply& reply);
  void take_welcome(const v1::Welcome& welcome);
  base::Error refused(const v1::HelloReply& reply) const;
  void find_relief();
  void begin_session();
  // Looks for another way beside the one that carries, when it is time.
  void look_ahead();
  void take_move(const v1::Welcome& welcome);
  v1::Hello greeting() const;
  void lost(const base::Error& why);
  void attempt_failed(const base::Error& why);
  void pause(const base::Error& why);
  void end(const base::Error& why);
  void bury_carrier();

  const base::Clock& clock_;
  Network& network_;
  ConnectionEvents& events_;
  ConnectionSettings settings_;
  Backoff backoff_;

  Step step_ = Step::kIdle;
  std::uint64_t attempt_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool was_connected_ = false;
  std::optional<JoinGrant> grant_;
  base::Bytes link_id_;  // empty: there is nothing to resume
  base::Bytes link_key_;
  std::unique_ptr<transport::Link> link_;
  bool link_is_fresh_ = true;  // it has carried nothing yet
  std::unique_ptr<transport::Carrier> greeting_;
  base::TimePoint deadline_;  // of the greeting, or the end of the pause
  base::TimePoint lost_since_;
  std::optional<base::TimePoint> connected_at_;
  bool looking_ = false;  // another way is being tried
  base::TimePoint next_look_;
  std::optional<base::TimePoint> move_at_;
  base::Duration look_pause_ = kFirstLook;
  // Freed by tick(), never from within their own callbacks.
  std::vector<std::unique_ptr<transport::Carrier>> old_carriers_;
  std::vector<std::unique_ptr<transport::Link>> old_links_;
};

}  // namespace vistime::client
