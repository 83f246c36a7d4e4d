// A link: an ordered two-way pipe of messages between a client and a role that survives its connection.
//
// Control messages are numbered, acknowledged, and sent again on the next connection: none is lost, none arrives
// twice. Media objects are never resumed, only continued. The link does no I/O itself: it writes to a Carrier, reads
// what the carrier hands it, and is told the time by tick(). One executor owns it.
//
// Hello and HelloReply are exchanged before a carrier is attached; see handshake.hpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "protocol/frame.hpp"
#include "transport/carrier.hpp"
#include "transport/ring.hpp"
#include "transport/send_queue.hpp"

namespace vistime::transport {

struct LinkSettings {
  base::Duration ping_interval = std::chrono::seconds(4);
  // Nothing received for so long: a ping in between asks whether the other side is still there. 0: never.
  base::Duration ping_when_silent{0};
  // Nothing at all received for so long: the connection is dead, whatever the kernel says.
  base::Duration silence_limit = std::chrono::seconds(10);
  // Objects are confirmed promptly where the peer paces its encoders by it, as a server's peers do: video at once, others
  // within 50 ms. Else once a second, as a measure only: every confirmation costs the other side a wake-up.
  bool prompt_feedback = true;
  std::size_t max_unacknowledged = 4096;  // messages
  std::size_t max_unacknowledged_bytes = 4 << 20;
  SendQueueLimits queue = {};
};

struct LinkStatistics {
  base::Duration round_trip{0};          // the last ping's
  base::Duration oldest_unconfirmed{0};  // age of the oldest object that the peer has not confirmed
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::uint64_t objects_received = 0;
  std::uint64_t connections = 0;
  SendQueueCounters queue;
};

// A link must not be destroyed from within its events: post that.
class LinkEvents {
 public:
  virtual ~LinkEvents() = default;
  // In order, each once. The bytes (ClientMessage or ServerMessage) are valid during the call.
  virtual void on_control(base::BytesView message) = 0;
  // Header and payload, valid during the call; the header is not yet decoded.
  virtual void on_object(protocol::Lane lane, base::BytesView object) = 0;
  // The connection is gone; the link waits to be resumed with attach().
  virtual void on_detached(const base::Error& why) = 0;
  // The peer ended the link for good, or it broke the protocol, or it is hopelessly slow. Nothing follows.
  virtual void on_ended(const base::Error& why) = 0;
};

class Link final : private CarrierEvents {
 public:
  Link(const base::Clock& clock, LinkEvents& events, LinkSettings settings = {});
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Takes a connection on which the handshake is done. `peer_received` is the number of the last control message that
  // the peer says it has; later ones are sent again. A carrier that is still attached is written to no more, but read for
  // a moment longer: what was on its way by it still arrives, so that a move from one way to another leaves no gap.
  void attach(std::unique_ptr<Carrier> carrier, std::uint32_t peer_received);
  // As attach(), but both sides count from 1 (the peer was restarted); what was not acknowledged is given up.
  void attach_fresh(std::unique_ptr<Carrier> carrier);
  bool attached() const { return carrier_ != nullptr; }
  // The number of the last control message received: goes into Hello or Welcome.
  std::uint32_t received() const { return received_; }

  // Queues; goes out with the next flush(). Ends the link as too slow when the peer acknowledges nothing.
  void send_control(base::BytesView message);
  // Queues, or drops by rule; dropped at once while no connection is attached.
  void send_object(QueuedObject object);
  // Writes as much as the carrier takes. Call once after a batch of sends; safe to call at any time, except from
  // within this link's events (they are followed by a flush anyway).
  void flush();
  // Call a few times a second: pings, acknowledges, finds dead connections.
  void tick();
  // Tells the peer why, closes the connection, ends the link. Calls no event.
  void end(std::string_view code, std::string_view message);
  // Drops the connection as a network would, without a word.
  void drop_connection();

  std::vector<std::uint64_t> take_broken_streams() { return queue_.take_broken(); }
  std::size_t queued_video_bytes() const { return queue_.queued_video_bytes(); }
  bool idle() const { return queue_.empty(); }
  LinkStatistics statistics() const;
  // For how long nothing has been received; of no meaning while nothing is attached.
  base::Duration silence() const { return clock_.now() - last_received_; }

 private:
  struct Unacknowledged {
    std::uint32_t number = 0;
    SharedBytes frame_body;  // number and message
  };
  struct SentObjects {
    std::uint64_t total = 0;  // bytes of objects handed to the carrier up to and with this write
    base::TimePoint at;
  };

  void on_message(base::BytesView message) override;
  void on_writable() override;
  void on_closed(const base::Error& why) override;

  // The carrier before the one that is attached.
  class Predecessor;

  void install(std::unique_ptr<Carrier> carrier);
  base::Result<void> receive_late(protocol::FrameKind kind, protocol::Lane lane, base::BytesView body);
  base::Result<void> receive(protocol::FrameKind kind, protocol::Lane lane, base::BytesView body);
  base::Result<void> receive_control(base::BytesView body);
  base::Result<void> receive_ack(base::BytesView body);
  base::Result<void> receive_ping(base::BytesView body);
  base::Result<void> receive_pong(base::BytesView body);
  base::Result<void> receive_feedback(base::BytesView body);
  base::Result<void> receive_object(protocol::Lane lane, base::BytesView body);
  // Says goodbye with these last words, or nothing when there are none to say.
  void release_carrier(std::optional<base::Bytes> last);
  void detach(const base::Error& why);
  void fail(const base::Error& why);
  void put_number(protocol::FrameKind kind, std::uint64_t value, std::size_t bytes);
  void write_some();
  void acknowledge();
  void confirm_if_due();

  const base::Clock& clock_;
  LinkEvents& events_;
  LinkSettings settings_;
  SendQueue queue_;
  protocol::Assembler assembler_;
  std::unique_ptr<Carrier> carrier_;
  std::unique_ptr<Predecessor> predecessor_;
  std::vector<std::unique_ptr<Carrier>>
      closing_;  // freed on the next tick, never from within their own callbacks

  Ring<Unacknowledged> unacknowledged_;
  std::size_t unacknowledged_bytes_ = 0;
  std::uint32_t sent_number_ = 0;
  std::uint32_t received_ = 0;
  std::uint32_t acknowledged_ = 0;  // the last number we acknowledged

  Ring<SentObjects> unconfirmed_;
  std::uint64_t objects_sent_bytes_ = 0;   // on this connection, whole objects
  std::uint64_t objects_sent_before_ = 0;  // on earlier ones
  std::uint64_t objects_received_bytes_ = 0;
  std::uint64_t feedback_sent_ = 0;
  bool video_received_ = false;  // and not yet confirmed
  base::TimePoint last_feedback_;

  base::TimePoint last_received_;
  base::TimePoint last_ping_;
  bool ended_ = false;
  bool in_event_ = false;
  LinkStatistics statistics_;
};

}  // namespace vistime::transport
