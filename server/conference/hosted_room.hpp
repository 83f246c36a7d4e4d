// A room and its timers on the worker where it lives.
#pragma once

#include <functional>
#include <memory>

#include "server/conference/metrics.hpp"
#include "server/conference/room.hpp"
#include "transport/timer.hpp"

namespace vistime::server::conference {

class HostedRoom : public std::enable_shared_from_this<HostedRoom> {
 public:
  // `on_idle` is called, on the executor, when the room has been without anybody for a while: it may free this.
  HostedRoom(transport::Executor executor, RoomEnvironment environment, StoredRoom stored, Metrics& metrics,
             std::function<void()> on_idle);
  ~HostedRoom();
  // Starts the ticks; when a shared_ptr holds it.
  void start();
  Room& room() { return room_; }

 private:
  RoomEnvironment with_timer(RoomEnvironment environment);
  void arm_gather();
  void arm_tick();
  void tick();

  transport::Timer gather_;
  transport::Timer tick_;
  Metrics& metrics_;
  std::function<void()> on_idle_;
  Room room_;
  RoomFigures told_;
  int idle_ticks_ = 0;
};

}  // namespace vistime::server::conference
