#include "server/conference/hands.hpp"

#include <algorithm>

namespace vistime::server::conference {

void Hands::restore() {
  for (const auto& each : core_.roster.all()) last_ = std::max(last_, each->record.hand);
}

Outcome Hands::set(Participant& from, bool raised) {
  if ((from.record.hand != 0) == raised) return done();
  from.record.hand = raised ? ++last_ : 0;
  core_.save(from);
  tell();
  return done();
}

Outcome Hands::react(Participant& from, const std::string& reaction) {
  if (reaction.empty() || reaction.size() > kReactionBytes) return invalid("a reaction is one emoji");
  if (std::ranges::any_of(reaction, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return invalid("a reaction holds no control characters");
  }
  if (!from.reactions.take(1, core_.clock.now())) return too_many("reactions come too fast: wait a moment");
  vistime::v1::ServerMessage message;
  message.mutable_reaction()->set_participant(from.record.id);
  message.mutable_reaction()->set_reaction(reaction);
  core_.to_all(message);
  return done();
}

void Hands::forget(Participant& who) {
  if (who.record.hand == 0) return;
  who.record.hand = 0;
  tell();
}

std::vector<std::string> Hands::order() const {
  std::vector<const Participant*> raised;
  for (const auto& each : core_.roster.all()) {
    if (each->record.hand != 0) raised.push_back(each.get());
  }
  std::ranges::sort(raised, {}, [](const Participant* each) { return each->record.hand; });
  std::vector<std::string> ids;
  for (const Participant* each : raised) ids.push_back(each->record.id);
  return ids;
}

void Hands::tell() {
  vistime::v1::ServerMessage message;
  message.mutable_hands();
  for (const std::string& id : order()) message.mutable_hands()->add_participants(id);
  core_.to_all(message);
}

}  // namespace vistime::server::conference
