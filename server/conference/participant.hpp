// One person in a room, or in its lobby: who it is, the link it is reached by, and what it publishes and wishes.
// On the room's executor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/room.pb.h"
#include "server/conference/forwarder.hpp"
#include "server/conference/gather.hpp"
#include "server/conference/limits.hpp"
#include "server/conference/room_store.hpp"
#include "server/conference/token_bucket.hpp"

namespace vistime::server::conference {

class Participant;

// What comes from participants' links. A participant may be taken out of the room within a call, but is freed later.
class ParticipantEvents {
 public:
  virtual ~ParticipantEvents() = default;
  virtual void on_participant_message(Participant& from, base::BytesView message) = 0;
  virtual void on_participant_object(Participant& from, base::BytesView object) = 0;
  virtual void on_participant_away(Participant& who) = 0;
  virtual void on_participant_ended(Participant& who, const base::Error& why) = 0;
};

struct LinkCredentials {
  base::Bytes id;
  base::Bytes key_hash;
};

struct PublishedTrack {
  vistime::v1::Track description;
  Route* route = nullptr;  // owned by the forwarder
  bool muted_by_moderator = false;
};

class Participant final : public transport::LinkEvents {
 public:
  Participant(ParticipantRecord known, const base::Clock& clock, const RoomLimits& limits,
              ParticipantEvents& events);

  // From its link.
  void on_control(base::BytesView message) override;
  void on_object(protocol::Lane lane, base::BytesView object) override;
  void on_detached(const base::Error& why) override;
  void on_ended(const base::Error& why) override;

  bool connected() const { return receiver->link.attached(); }
  bool is_moderator() const { return record.role >= vistime::v1::ROLE_MODERATOR; }
  PublishedTrack* track(std::uint32_t id);
  // Gives it a new link; the old one is handed back, to be ended and freed when nothing refers to it.
  std::unique_ptr<Receiver> replace_receiver(const base::Clock& clock);
  // As others see it.
  void describe(vistime::v1::Participant& out, bool with_tracks) const;

  ParticipantRecord record;
  std::unique_ptr<Receiver> receiver;  // never null
  std::vector<PublishedTrack> tracks;
  bool microphones = false;                    // hears the loudest
  std::vector<vistime::v1::TrackWish> wishes;  // also for tracks that are not there yet
  std::optional<base::TimePoint> away_since;   // without a connection
  // What its client says of itself; said again after each Welcome that is not RESUMED, so it is not stored.
  bool recording = false;
  std::vector<vistime::v1::Codec> decodes;
  std::optional<vistime::v1::Connection> connection;
  // What proves who it is since before the server's restart: a connection with this starts the link anew, under a new
  // id and key. Holds until the client shows that it has those, for a Welcome may be lost.
  std::optional<LinkCredentials> before_restart;
  std::optional<base::Error> ended;  // the link is over for this reason; the room will take it out

  TokenBucket requests;
  TokenBucket chat;
  TokenBucket reactions;
  TokenBucket connections;
  TokenBucket objects;
  TokenBucket object_bytes;

 private:
  ParticipantEvents& events_;
};

}  // namespace vistime::server::conference
