// What a forwarded object costs before any system call: queueing to all subscribers, and the gathered flush.
#include <benchmark/benchmark.h>

#include "server/conference/forwarder.hpp"
#include "server/conference/forwarding_testing.hpp"

namespace vistime::server::conference {
namespace {

// Arguments: subscribers, talkers. One iteration is one 20 ms period: an object of each talker, then the flush.
void forward_voice(benchmark::State& state) {
  const auto subscribers = static_cast<std::size_t>(state.range(0));
  const auto talkers = static_cast<std::uint32_t>(state.range(1));
  base::ManualClock clock;
  Gather gather([] {});
  VideoRecorder events;
  Forwarder forwarder(clock, gather, events, 4);
  std::vector<std::unique_ptr<Listener>> listeners;
  for (std::size_t i = 0; i < subscribers; ++i) {
    listeners.push_back(std::make_unique<Listener>(clock, true));
    forwarder.listen(listeners.back()->receiver, true);
  }
  std::vector<std::pair<Route*, base::Bytes>> sources;
  for (std::uint32_t i = 0; i < talkers; ++i) {
    const std::uint32_t track = protocol::track_id(i + 1, 0);
    sources.emplace_back(&forwarder.add(track, RouteKind::kMicrophone, 0, listeners[i]->receiver),
                         make_object({.track = track, .voice = true, .audio_level = 25}));
  }
  for (auto _ : state) {
    for (auto& [route, bytes] : sources)
      forwarder.forward(*route, *protocol::decode_object_header(bytes), bytes);
    gather.flush();
    clock.advance(std::chrono::milliseconds(20));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(forwarder.counters().forwarded));
}
BENCHMARK(forward_voice)->ArgsProduct({{50, 200}, {1, 4}})->ArgNames({"subscribers", "talkers"});

}  // namespace
}  // namespace vistime::server::conference
