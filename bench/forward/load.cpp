#include "load.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>
#include <thread>

namespace vistime::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kSettle = 2s;  // after joining and before measuring
constexpr std::uint32_t kSeed = 20;

using Crowd = std::vector<std::unique_ptr<Member>>;

Task<void> pause(Clock::duration how_long) {
  const auto executor = co_await asio::this_coro::executor;
  transport::Timer timer(executor);
  timer.expires_after(how_long);
  const auto token = asio::as_tuple(transport::use_task);
  co_await timer.async_wait(token);
}

Task<base::Result<void>> gather(Meeting& meeting, std::size_t talkers, std::size_t listeners, Crowd& crowd) {
  for (std::size_t i = 0; i < talkers + listeners; ++i) {
    auto member = co_await meeting.join(i, i < talkers);
    if (!member) co_return base::within(fmt::format("{}, member {}", meeting.name(), i), member.error());
    crowd.push_back(std::move(*member));
  }
  co_return base::Result<void>();
}

// Speaks 50 times a second until `end`; the phase within the 20 ms changes every second.
// `talking` counts who still does.
Task<void> talk(Member& member, std::mt19937& random, Clock::time_point start, Clock::time_point end,
                std::uint64_t& sent, std::size_t& talking) {
  const auto executor = co_await asio::this_coro::executor;
  transport::Timer timer(executor);
  const auto token = asio::as_tuple(transport::use_task);
  for (auto second = start; second < end; second += 1s) {
    const auto phase = std::chrono::microseconds(random() % 20'000);
    for (int packet = 0; packet < 50; ++packet) {
      timer.expires_at(second + phase + packet * kPacketInterval);
      co_await timer.async_wait(token);
      member.send_voice();
      ++sent;
    }
  }
  --talking;
}

std::uint64_t received_by(const Crowd& crowd) {
  std::uint64_t total = 0;
  for (const auto& member : crowd) total += member->received();
  return total;
}

Task<base::Result<Measured>> run(Meeting& meeting, std::size_t talkers, std::size_t listeners,
                                 double seconds) {
  Measured measured;
  Crowd crowd;
  const std::size_t members = talkers + listeners;
  // The first one costs what all of them need (a room, caches): it is not counted.
  auto first = co_await meeting.join(members, false);
  if (!first) co_return std::unexpected(first.error());
  const double memory_before = meeting.memory_bytes();
  const double cpu_before = meeting.cpu_seconds();
  auto gathered = co_await gather(meeting, talkers, listeners, crowd);
  if (!gathered) co_return std::unexpected(gathered.error());
  measured.cpu_per_join_ms = (meeting.cpu_seconds() - cpu_before) * 1e3 / static_cast<double>(members);
  co_await pause(kSettle);
  measured.memory_per_idle_kib =
      (meeting.memory_bytes() - memory_before) / 1024 / static_cast<double>(members);

  std::mt19937 random(kSeed);
  const auto executor = co_await asio::this_coro::executor;
  const auto start = Clock::now() + 100ms;
  const auto end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::uint64_t sent = 0;
  std::size_t talking = talkers;
  const double cpu_at_start = meeting.cpu_seconds();
  const std::uint64_t received_at_start = received_by(crowd) + (*first)->received();
  for (std::size_t i = 0; i < talkers; ++i) {
    asio::co_spawn(executor, talk(*crowd[i], random, start, end, sent, talking), asio::detached);
  }
  co_await pause(end - Clock::now());
  while (talking > 0) co_await pause(10ms);  // a machine that paused lets them end late
  co_await pause(1s);                        // what is under way arrives
  const double cpu = meeting.cpu_seconds() - cpu_at_start;
  const auto received = static_cast<double>(received_by(crowd) + (*first)->received() - received_at_start);
  // Everybody but the speaker hears each object; `members` counts one too few (the first) and one too many (the speaker).
  measured.delivered = received / (static_cast<double>(sent) * static_cast<double>(members));
  measured.forwarded_per_cpu_second = received / cpu;
  measured.cpu_share = cpu / seconds;
  co_return measured;
}

}  // namespace

base::Result<Measured> measure(asio::io_context& context, Meeting& meeting, std::size_t talkers,
                               std::size_t listeners, double seconds) {
  std::optional<base::Result<Measured>> outcome;
  asio::co_spawn(context.get_executor(), run(meeting, talkers, listeners, seconds),
                 [&outcome](std::exception_ptr failed, base::Result<Measured> result) {
                   outcome = failed ? base::fail(base::ErrorKind::kInternal, "the measurement threw")
                                    : std::move(result);
                 });
  context.restart();
  // Looked after once a millisecond rather than woken by every packet: on one machine the sender pays for the wake-up,
  // which in the field happens on the listener's.
  while (!outcome && !context.stopped()) {
    context.poll();
    std::this_thread::sleep_for(1ms);
  }
  if (!outcome) return base::fail(base::ErrorKind::kInternal, "the measurement did not finish");
  // What the members left behind (connections that close) is settled before the next measurement.
  context.poll();
  return *outcome;
}

}  // namespace vistime::bench
