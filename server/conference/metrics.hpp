// The conference role's numbers for Prometheus. Rooms count for themselves, without atomics; now and then each hands
// over what has changed. From any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "server/conference/room.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace vistime::server::conference {

// A room at one moment. The default is a room that is not there.
struct RoomFigures {
  std::uint32_t rooms = 0;
  std::size_t participants = 0;
  std::size_t waiting = 0;
  std::size_t links = 0;
  RoomCounters counters;
  ForwardCounters forward;
};

RoomFigures figures_of(const Room& room);

class Metrics {
 public:
  // The registry outlives this.
  explicit Metrics(prometheus::Registry& registry);
  // Gauges move by the difference, counters by the growth; `after` may be a room that is gone.
  void add(const RoomFigures& before, const RoomFigures& after);

 private:
  prometheus::Gauge& rooms_;
  prometheus::Gauge& participants_;
  prometheus::Gauge& waiting_;
  prometheus::Gauge& links_;
  prometheus::Counter& forwarded_;
  prometheus::Family<prometheus::Counter>& dropped_;
  prometheus::Counter& dropped_quiet_;
  prometheus::Counter& dropped_late_;
  prometheus::Counter& dropped_orphaned_;
  prometheus::Counter& dropped_muted_;
  prometheus::Counter& dropped_unpublished_;
  prometheus::Counter& dropped_too_many_;
  prometheus::Counter& chat_;
  prometheus::Family<prometheus::Counter>& links_started_;
  prometheus::Counter& joined_;
  prometheus::Counter& resumed_;
  prometheus::Counter& restored_;
  prometheus::Counter& refused_;
};

}  // namespace vistime::server::conference
