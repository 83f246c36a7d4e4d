// A room: connections come in with what they showed at the door, and everything else follows from the messages and
// objects they bring and from time. A pure state machine: no sockets, no threads, no timers of its own. Whoever owns
// it calls gather_expired() when asked to (RoomEnvironment::arm_gather) and tick() every kTickInterval, all on one
// executor.
#pragma once

#include <memory>
#include <string_view>

#include "protocol/link.pb.h"
#include "server/common/tokens.hpp"
#include "server/conference/requests.hpp"
#include "transport/carrier.hpp"

namespace vistime::server::conference {

class Room final : public ParticipantEvents {
 public:
  // With everybody who was in it when the process ended; they have kResumeWindow to come back.
  Room(RoomEnvironment environment, StoredRoom stored);
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  // A connection whose token was verified. Answers with Welcome or Refusal, and owns it from here on.
  void join(std::unique_ptr<transport::Carrier> carrier, const RoomGrant& grant);
  // A connection that continues a link: RESUMED, or RESTORED when the link is from before the process's start.
  void resume(std::unique_ptr<transport::Carrier> carrier, const vistime::v1::Resume& resume);

  void gather_expired();
  void tick();
  // Ends the meeting for everybody, for good.
  void close();
  // Tells everybody that the server goes; their places are kept for its successor.
  void drain();

  // From the participants' links.
  void on_participant_message(Participant& from, base::BytesView message) override;
  void on_participant_object(Participant& from, base::BytesView object) override;
  void on_participant_away(Participant& who) override;
  void on_participant_ended(Participant& who, const base::Error& why) override;

  bool empty() const { return core_.roster.empty(); }
  bool closed() const { return core_.record.closed; }
  bool locked() const { return core_.record.locked; }
  std::size_t participants() const { return core_.roster.admitted(); }
  std::size_t waiting() const { return core_.roster.waiting(); }
  std::size_t connected() const;
  const RoomCounters& counters() const { return core_.counters; }
  const ForwardCounters& forward_counters() const { return core_.forwarder.counters(); }

 private:
  void restore(std::vector<ParticipantRecord> participants);
  void rejoin(Participant& who, std::unique_ptr<transport::Carrier> carrier);
  void resume_link(Participant& who, std::unique_ptr<transport::Carrier> carrier,
                   const vistime::v1::Resume& resume);
  void restore_link(Participant& who, std::unique_ptr<transport::Carrier> carrier);
  // New id and key for the participant's link; the key.
  base::Bytes new_credentials(Participant& who);
  // The first thing from a link started anew: the client has the new credentials.
  void confirm(Participant& who);
  void refuse(std::unique_ptr<transport::Carrier> carrier, std::string_view code, std::string_view message);
  void take_out_ended();
  void take_out_lost();

  RoomCore core_;
  Tracks tracks_;
  Chat chat_;
  Hands hands_;
  Membership membership_;
  Lobby lobby_;
  Moderation moderation_;
  RoomParts parts_;
  std::uint64_t last_order_ = 0;
  bool drained_ = false;
};

// Answers a connection and closes it; for those who have no room to do so.
void refuse_connection(std::unique_ptr<transport::Carrier> carrier, std::string_view code,
                       std::string_view message);

}  // namespace vistime::server::conference
