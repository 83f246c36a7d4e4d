// Two participants send a room whatever the input says: messages, objects, cuts, resumes, time. The room must stay
// consistent: never more people than allowed, at most one host, answers only to requests.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const RoomHarness& house) {
  require(house.room->participants() <= house.limits.max_participants);
  require(house.room->waiting() <= house.limits.max_waiting);
  require(house.room->connected() <= house.room->participants() + house.room->waiting());
  for (const auto& [name, client] : house.clients) {
    const auto changed = client->last(vistime::v1::ServerMessage::kRoomChanged);
    if (changed) require(changed->room_changed().room().max_participants() == house.limits.max_participants);
    for (const auto& message : client->messages) {
      require(message.body_case() != vistime::v1::ServerMessage::BODY_NOT_SET);
      if (message.has_answer()) require(message.answer().request() != 0);
    }
  }
}

// The lowest bits say what, the next who; then a length and the bytes.
void act(RoomHarness& house, std::uint8_t what, base::BytesView bytes) {
  const std::string name = (what & 8) != 0 ? "anna" : "ben";
  Client& client = *house.clients.at(name);
  switch (what & 7) {
    case 0:
    case 1:
    case 2:
      if (client.link && client.link->attached()) client.link->send_control(bytes);
      break;
    case 3: {
      // A header that is right, so that what lies behind it is reached.
      const std::uint8_t pick = bytes.empty() ? 0 : bytes[0];
      client.send_object({.track = client.track(pick & 3),
                          .keyframe = (pick & 4) != 0,
                          .spatial = static_cast<std::uint8_t>((pick >> 3) & 3),
                          .audio_level = static_cast<std::uint8_t>(pick >> 1)});
      break;
    }
    case 4:
      if (bytes.size() >= protocol::kObjectHeaderBytes && client.link) {
        client.link->send_object({.object = std::make_shared<base::Bytes>(bytes.begin(), bytes.end()),
                                  .deadline = base::TimePoint::max()});
      }
      break;
    case 5: house.cut(client); break;
    case 6:
      client.ended ? void(house.join(name, name == "anna" ? RoomRole::kHost : RoomRole::kGuest))
                   : house.resume(client);
      break;
    default: house.pass(kTickInterval * (bytes.size() % 8 + 1)); break;
  }
  if (client.link) client.link->flush();
  house.settle();
}

}  // namespace
}  // namespace vistime::server::conference

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  using namespace vistime::server::conference;
  RoomHarness house(
      {.max_participants = 2, .max_waiting = 1, .tracks_per_participant = 3, .subscriptions = 4});
  house.join("anna", server::RoomRole::kHost);
  house.join("ben");
  base::ByteReader reader({data, size});
  for (int steps = 0; steps < 64 && !reader.empty(); ++steps) {
    const auto what = *reader.u8();
    const auto length = reader.u8();
    const auto bytes = reader.bytes(std::min<std::size_t>(length.value_or(0), reader.rest().size()));
    act(house, what, bytes.value_or(base::BytesView{}));
  }
  check(house);
  house.restart();
  for (auto& [name, client] : house.clients) house.resume(*client);
  house.settle();
  check(house);
  return 0;
}
