#include "server/conference/lobby.hpp"

namespace vistime::server::conference {
namespace {

std::vector<Participant*> all_waiting(const Roster& roster) {
  std::vector<Participant*> waiting;
  for (const auto& each : roster.all()) {
    if (each->record.waiting) waiting.push_back(each.get());
  }
  return waiting;
}

}  // namespace

void Lobby::wait(Participant& who) {
  core_.save(who);
  membership_.send_state(who);
  membership_.tell_lobby();
}

Outcome Lobby::admit(const vistime::v1::Admit& request) {
  std::vector<Participant*> chosen;
  if (request.participants().empty()) chosen = all_waiting(core_.roster);
  for (const std::string& id : request.participants()) {
    Participant* who = core_.roster.find(id);
    if (who == nullptr || !who->record.waiting) return not_found("one of those to admit");
    if (std::ranges::find(chosen, who) == chosen.end()) chosen.push_back(who);
  }
  if (request.admit()) return admit_all_of(chosen);
  for (Participant* who : chosen) membership_.leave(*who, kLobbyRefused);
  return done();
}

Outcome Lobby::admit_all_of(const std::vector<Participant*>& chosen) {
  bool all = true;
  bool any = false;
  for (Participant* who : chosen) {
    if (membership_.full()) {
      all = false;
      break;
    }
    membership_.enter(*who);
    any = true;
  }
  if (any) membership_.tell_lobby();
  if (!all)
    return base::fail_as(base::ErrorKind::kOverloaded, "room-full", "the room is full: not all were let in");
  return done();
}

Outcome Lobby::set_lobby(bool lobby) {
  if (core_.record.lobby == lobby) return done();
  core_.record.lobby = lobby;
  core_.tell_room_changed();
  return lobby ? done() : admit_all_of(all_waiting(core_.roster));
}

}  // namespace vistime::server::conference
