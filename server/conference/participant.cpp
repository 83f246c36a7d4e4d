#include "server/conference/participant.hpp"

#include <algorithm>
#include <utility>

namespace vistime::server::conference {

Participant::Participant(ParticipantRecord known, const base::Clock& clock, const RoomLimits& limits,
                         ParticipantEvents& events)
    : record(std::move(known)),
      receiver(std::make_unique<Receiver>(clock, *this)),
      requests(limits.requests_per_second, limits.request_burst, clock.now()),
      chat(limits.chat_per_second, limits.chat_burst, clock.now()),
      reactions(limits.reactions_per_second, limits.reaction_burst, clock.now()),
      connections(limits.connections_per_second, limits.connection_burst, clock.now()),
      objects(limits.objects_per_second, limits.object_burst, clock.now()),
      object_bytes(limits.object_bytes_per_second, limits.object_bytes_burst, clock.now()),
      events_(events) {}

PublishedTrack* Participant::track(std::uint32_t id) {
  const auto found =
      std::ranges::find_if(tracks, [&](const PublishedTrack& t) { return t.description.id() == id; });
  return found == tracks.end() ? nullptr : &*found;
}

std::unique_ptr<Receiver> Participant::replace_receiver(const base::Clock& clock) {
  ended.reset();
  return std::exchange(receiver, std::make_unique<Receiver>(clock, *this));
}

void Participant::describe(vistime::v1::Participant& out, bool with_tracks) const {
  out.set_id(record.id);
  out.set_number(record.number);
  out.set_name(record.name);
  out.set_role(record.role);
  out.set_connected(connected());
  out.set_media_session(record.media_session);
  out.set_recording(recording);
  for (const auto codec : decodes) out.add_decodes(codec);
  if (connection) *out.mutable_connection() = *connection;
  if (!with_tracks) return;
  for (const PublishedTrack& track : tracks) *out.add_tracks() = track.description;
}

void Participant::on_control(base::BytesView message) { events_.on_participant_message(*this, message); }

void Participant::on_object(protocol::Lane /*lane*/, base::BytesView object) {
  events_.on_participant_object(*this, object);
}

void Participant::on_detached(const base::Error& /*why*/) { events_.on_participant_away(*this); }

void Participant::on_ended(const base::Error& why) { events_.on_participant_ended(*this, why); }

}  // namespace vistime::server::conference
