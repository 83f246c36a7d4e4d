#include "server/conference/hosted_room.hpp"

#include <utility>

namespace vistime::server::conference {
namespace {

// Two seconds: who comes back at once, or joins as another leaves, does not wait for the disk.
constexpr int kIdleTicks = 8;

}  // namespace

HostedRoom::HostedRoom(transport::Executor executor, RoomEnvironment environment, StoredRoom stored,
                       Metrics& metrics, std::function<void()> on_idle)
    : gather_(executor),
      tick_(executor),
      metrics_(metrics),
      on_idle_(std::move(on_idle)),
      room_(with_timer(std::move(environment)), std::move(stored)) {}

HostedRoom::~HostedRoom() {
  metrics_.add(told_, {.rooms = 0, .counters = told_.counters, .forward = told_.forward});
}

RoomEnvironment HostedRoom::with_timer(RoomEnvironment environment) {
  environment.arm_gather = [this] { arm_gather(); };
  return environment;
}

void HostedRoom::start() {
  metrics_.add(told_, figures_of(room_));
  told_ = figures_of(room_);
  arm_tick();
}

void HostedRoom::arm_gather() {
  gather_.expires_after(kGatherTime);
  gather_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->room_.gather_expired();
  });
}

void HostedRoom::arm_tick() {
  tick_.expires_after(kTickInterval);
  tick_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->tick();
  });
}

void HostedRoom::tick() {
  room_.tick();
  const RoomFigures now = figures_of(room_);
  metrics_.add(told_, now);
  told_ = now;
  idle_ticks_ = room_.empty() ? idle_ticks_ + 1 : 0;
  if (idle_ticks_ >= kIdleTicks) return on_idle_();
  arm_tick();
}

}  // namespace vistime::server::conference
