#include "server/conference/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace vistime::server::conference {
namespace {

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

void grow(prometheus::Counter& counter, std::uint64_t before, std::uint64_t after) {
  if (after > before) counter.Increment(static_cast<double>(after - before));
}

void move(prometheus::Gauge& gauge, std::size_t before, std::size_t after) {
  if (after != before) gauge.Increment(static_cast<double>(after) - static_cast<double>(before));
}

}  // namespace

RoomFigures figures_of(const Room& room) {
  return {.rooms = 1,
          .participants = room.participants(),
          .waiting = room.waiting(),
          .links = room.connected(),
          .counters = room.counters(),
          .forward = room.forward_counters()};
}

Metrics::Metrics(prometheus::Registry& registry)
    : rooms_(gauge(registry, "vistime_conference_rooms", "Rooms with somebody in them")),
      participants_(gauge(registry, "vistime_conference_participants", "People in rooms")),
      waiting_(gauge(registry, "vistime_conference_waiting", "People in lobbies")),
      links_(gauge(registry, "vistime_conference_links", "Links with a connection")),
      forwarded_(
          counters(registry, "vistime_conference_objects_forwarded_total", "Objects queued to subscribers")
              .Add({})),
      dropped_(
          counters(registry, "vistime_conference_objects_dropped_total", "Objects not forwarded, by reason")),
      dropped_quiet_(dropped_.Add({{"reason", "quiet"}})),
      dropped_late_(dropped_.Add({{"reason", "late"}})),
      dropped_orphaned_(dropped_.Add({{"reason", "orphaned"}})),
      dropped_muted_(dropped_.Add({{"reason", "muted"}})),
      dropped_unpublished_(dropped_.Add({{"reason", "unpublished"}})),
      dropped_too_many_(dropped_.Add({{"reason", "too-many"}})),
      chat_(counters(registry, "vistime_conference_chat_messages_total", "Chat messages").Add({})),
      links_started_(
          counters(registry, "vistime_conference_connections_total", "Connections, by how they began")),
      joined_(links_started_.Add({{"how", "joined"}})),
      resumed_(links_started_.Add({{"how", "resumed"}})),
      restored_(links_started_.Add({{"how", "restored"}})),
      refused_(links_started_.Add({{"how", "refused"}})) {}

void Metrics::add(const RoomFigures& before, const RoomFigures& after) {
  move(rooms_, before.rooms, after.rooms);
  move(participants_, before.participants, after.participants);
  move(waiting_, before.waiting, after.waiting);
  move(links_, before.links, after.links);
  grow(forwarded_, before.forward.forwarded, after.forward.forwarded);
  grow(dropped_quiet_, before.forward.quiet, after.forward.quiet);
  grow(dropped_late_, before.forward.late, after.forward.late);
  grow(dropped_orphaned_, before.forward.orphaned, after.forward.orphaned);
  grow(dropped_muted_, before.counters.objects_muted, after.counters.objects_muted);
  grow(dropped_unpublished_, before.counters.objects_unpublished, after.counters.objects_unpublished);
  grow(dropped_too_many_, before.counters.objects_too_many, after.counters.objects_too_many);
  grow(chat_, before.counters.chat_messages, after.counters.chat_messages);
  grow(joined_, before.counters.joined, after.counters.joined);
  grow(resumed_, before.counters.resumed, after.counters.resumed);
  grow(restored_, before.counters.restored, after.counters.restored);
  grow(refused_, before.counters.refused, after.counters.refused);
}

}  // namespace vistime::server::conference
