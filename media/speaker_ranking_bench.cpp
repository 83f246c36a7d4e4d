// One audio object through the ranking, in rooms of several sizes where a tenth of the people talk.
#include <benchmark/benchmark.h>

#include "media/speaker_ranking.hpp"

namespace vistime::media {
namespace {

void rank_object(benchmark::State& state) {
  const auto people = static_cast<std::uint64_t>(state.range(0));
  SpeakerRanking ranking;
  base::TimePoint now{std::chrono::seconds(1)};
  std::uint64_t object = 0;
  for (auto _ : state) {
    const std::uint64_t track = object % people;
    const bool talks = (track * 10 / people + object / people / 100) % 10 == 0;
    const auto level = static_cast<std::uint8_t>(talks ? 25 + (object * 7 + track) % 20 : 80);
    benchmark::DoNotOptimize(ranking.on_audio(track, level, now));
    if (++object % people == 0) now += std::chrono::milliseconds(20);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(rank_object)->Arg(4)->Arg(20)->Arg(200)->Arg(2000);

}  // namespace
}  // namespace vistime::media
