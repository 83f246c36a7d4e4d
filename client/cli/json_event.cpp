#include "client/cli/json_event.hpp"

#include <nlohmann/json.hpp>

#include "client/cli/exit_code.hpp"

namespace vistime::cli {
namespace {

using client::MeetingState;
using nlohmann::json;
namespace event = client::event;

json as_json(const client::Track& track) {
  json layers = json::array();
  for (const client::Layer& layer : track.layers) {
    layers.push_back({{"spatial", layer.spatial},
                      {"width", layer.width},
                      {"height", layer.height},
                      {"bitrate", layer.bitrate},
                      {"frame_rate", layer.frame_rate}});
  }
  return {{"track", track.id},
          {"participant", track.participant},
          {"kind", to_string(track.kind)},
          {"codec", to_string(track.codec)},
          {"muted", track.muted},
          {"layers", layers},
          {"channels", track.channels}};
}

json as_json(const client::Participant& participant) {
  json tracks = json::array();
  for (const client::Track& track : participant.tracks) tracks.push_back(as_json(track));
  return {{"id", participant.id},
          {"number", participant.number},
          {"name", participant.name},
          {"role", to_string(participant.role)},
          {"connected", participant.connected},
          {"recording", participant.recording},
          {"connection",
           {{"quality", to_string(participant.connection.quality)},
            {"round_trip_ms", participant.connection.round_trip_ms},
            {"backlog_ms", participant.connection.backlog_ms}}},
          {"tracks", tracks}};
}

json as_json(const std::vector<client::Waiter>& waiting) {
  json out = json::array();
  for (const auto& each : waiting) out.push_back({{"participant", each.participant}, {"name", each.name}});
  return out;
}

json whole(const MeetingState& state) {
  json participants = json::array();
  for (const auto& each : state.participants()) participants.push_back(as_json(each));
  const auto* me = state.me();
  return {{"room", state.room().id},
          {"room_name", state.room().name},
          {"you", state.you()},
          {"role", to_string(me != nullptr ? me->role : client::Role::kGuest)},
          {"host", state.room().host},
          {"locked", state.room().locked},
          {"lobby", state.room().lobby},
          {"max_participants", state.room().max_participants},
          {"participants", participants},
          {"hands", state.hands()},
          {"last_chat", state.last_chat()},
          {"waiting", as_json(state.waiting())}};
}

json with(json members, const char* name) {
  members["event"] = name;
  return members;
}

// One case for each event, one line each where it can be.
struct Printer {
  const MeetingState& state;

  json operator()(const event::Waiting& e) const {
    return {{"event", "waiting"}, {"room_name", e.room_name}};
  }
  json operator()(const event::Joined&) const { return with(whole(state), "joined"); }
  json operator()(const event::ParticipantJoined& e) const {
    return {{"event", "participant_joined"}, {"participant", as_json(e.participant)}};
  }
  json operator()(const event::ParticipantChanged& e) const {
    return {{"event", "participant_changed"}, {"participant", as_json(e.participant)}};
  }
  json operator()(const event::ParticipantLeft& e) const {
    return {{"event", "participant_left"},
            {"participant", e.participant.id},
            {"name", e.participant.name},
            {"reason", e.reason}};
  }
  json operator()(const event::TrackPublished& e) const {
    return {{"event", "track_published"}, {"track", as_json(e.track)}};
  }
  json operator()(const event::TrackUnpublished& e) const {
    return {{"event", "track_unpublished"},
            {"track", e.track.id},
            {"participant", e.track.participant},
            {"kind", to_string(e.track.kind)},
            {"by", e.by}};
  }
  json operator()(const event::TrackMuted& e) const {
    return {{"event", "track_muted"},          {"track", e.track.id},    {"participant", e.track.participant},
            {"kind", to_string(e.track.kind)}, {"muted", e.track.muted}, {"by", e.by}};
  }
  json operator()(const event::Chat& e) const {
    const client::ChatEntry& entry = e.entry;
    json out = {{"event", "chat"},
                {"id", entry.id},
                {"sequence", entry.sequence},
                {"from", entry.from},
                {"from_name", entry.from_name},
                {"to", entry.to},
                {"text", entry.text ? json(*entry.text) : json()},
                {"reply_to", entry.reply_to},
                {"sent_ms", entry.sent_ms},
                {"mine", entry.mine}};
    if (!entry.reference.empty()) out["ref"] = entry.reference;
    return out;
  }
  json operator()(const event::ChatReacted& e) const {
    return {{"event", "chat_reaction"},        {"id", e.entry.id},
            {"from", e.reaction.from},         {"from_name", e.reaction.from_name},
            {"reaction", e.reaction.reaction}, {"withdrawn", e.withdrawn}};
  }
  json operator()(const event::Recording& e) const {
    return {{"event", "recording"}, {"participant", e.participant.id}, {"on", e.participant.recording}};
  }
  json operator()(const event::Hands& e) const {
    return {{"event", "hands"}, {"participants", e.participants}};
  }
  json operator()(const event::Reaction& e) const {
    return {{"event", "reaction"}, {"participant", e.participant}, {"reaction", e.reaction}};
  }
  json operator()(const event::Speakers& e) const {
    json participants = json::array();
    for (const std::uint32_t track : e.tracks) {
      const auto* who = state.find_number(track >> 8);
      if (who != nullptr) participants.push_back(who->id);
    }
    return {{"event", "speakers"}, {"tracks", e.tracks}, {"participants", participants}};
  }
  json operator()(const event::KeyframeWanted& e) const {
    return {{"event", "keyframe_wanted"}, {"track", e.track}, {"spatial", e.spatial}};
  }
  json operator()(const event::LayersWanted& e) const {
    return {{"event", "layers_wanted"}, {"track", e.track}, {"spatial", e.spatial}};
  }
  json operator()(const event::LayerForwarded& e) const {
    return {{"event", "layer_forwarded"}, {"track", e.track}, {"spatial", e.spatial}, {"limited", e.limited}};
  }
  json operator()(const event::UnmuteAsked& e) const {
    return {{"event", "unmute_asked"}, {"kind", to_string(e.kind)}, {"by", e.by}};
  }
  json operator()(const event::Lobby& e) const {
    return {{"event", "lobby"}, {"waiting", as_json(e.waiting)}};
  }
  json operator()(const event::RoomChanged& e) const {
    return {{"event", "room_changed"},
            {"room_name", e.room.name},
            {"locked", e.room.locked},
            {"lobby", e.room.lobby},
            {"max_participants", e.room.max_participants},
            {"host", e.room.host}};
  }
  json operator()(const event::RouteTaken& e) const {
    return {{"event", "route"},
            {"channel", e.route.channel},
            {"route", e.route.route},
            {"proxy", e.route.proxy.empty() ? json() : json(e.route.proxy)},
            {"connect_ms", e.route.took.count()},
            {"inspected_by", e.route.inspected_by ? json(*e.route.inspected_by) : json()}};
  }
  json operator()(const event::RouteFailed& e) const {
    return {{"event", "route_failed"},      {"channel", e.route.channel},
            {"route", e.route.route},       {"proxy", e.route.proxy.empty() ? json() : json(e.route.proxy)},
            {"code", e.route.failed->code}, {"message", e.route.failed->message}};
  }
  json operator()(const event::Answered& e) const {
    return {{"event", "answer"},    {"ref", e.reference}, {"do", e.command},
            {"ok", e.code.empty()}, {"code", e.code},     {"message", e.message}};
  }
  json operator()(const event::Reconnecting& e) const {
    return {
        {"event", "reconnecting"}, {"code", e.why.code}, {"message", e.why.message}, {"attempt", e.attempt}};
  }
  json operator()(const event::Resumed& e) const {
    const char* how = e.how == event::Resumption::kResumed    ? "resumed"
                      : e.how == event::Resumption::kRestored ? "restored"
                                                              : "rejoined";
    return {{"event", "resumed"}, {"how", how}, {"gap_ms", e.gap.count()}};
  }
  json operator()(const event::Receiving& e) const { return about("receiving", e.track); }
  json operator()(const event::Unreadable& e) const { return about("unreadable", e.track); }
  json operator()(const event::SentEnded& e) const {
    return {{"event", "sent_ended"}, {"kind", to_string(e.kind)}};
  }
  json operator()(const event::RecordingFailed& e) const {
    return {{"event", "recording_failed"}, {"code", e.why.code}, {"message", e.why.message}};
  }
  json operator()(const event::Ended& e) const {
    return {{"event", e.joined ? "left" : "failed"},
            {"code", e.why.code},
            {"message", e.why.message},
            {"exit_code", static_cast<int>(exit_code(e.why))}};
  }
  static json about(const char* name, const client::Track& track) {
    return {{"event", name},
            {"track", track.id},
            {"participant", track.participant},
            {"kind", to_string(track.kind)}};
  }
};

std::string line(json members, std::int64_t time_ms) {
  members["time_ms"] = time_ms;
  // Names may hold broken UTF-8; the line must not.
  return members.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string event_line(const client::Event& event, const MeetingState& state, std::int64_t time_ms) {
  return line(std::visit(Printer{state}, event), time_ms);
}

std::string state_line(const MeetingState& state, const std::string& reference, std::int64_t time_ms) {
  json members = with(whole(state), "state");
  members["phase"] = to_string(state.phase);
  members["speakers"] = state.speakers();
  members["round_trip_ms"] = static_cast<double>(state.round_trip.count()) / 1000.0;
  members["ref"] = reference;
  return line(std::move(members), time_ms);
}

std::string recording_started_line(const std::string& directory, std::int64_t time_ms) {
  return line({{"event", "recording_started"}, {"directory", directory}}, time_ms);
}

std::string recording_finished_line(const std::string& directory, const std::vector<std::string>& files,
                                    std::int64_t time_ms) {
  return line({{"event", "recording_finished"}, {"directory", directory}, {"files", files}}, time_ms);
}

std::string command_failed_line(const std::string& reference, const std::string& message,
                                std::int64_t time_ms) {
  return line({{"event", "command_failed"}, {"ref", reference}, {"message", message}}, time_ms);
}

std::string failed_line(const base::Error& error, std::int64_t time_ms) {
  return event_line(event::Ended{error, false}, MeetingState([](base::BytesView) { return std::nullopt; }),
                    time_ms);
}

}  // namespace vistime::cli
