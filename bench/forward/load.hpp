// What both servers are put under: the same talkers, listeners, rhythm and payload.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "transport/timer.hpp"

namespace vistime::bench {

namespace asio = boost::asio;
using transport::Executor;
using transport::Task;

inline constexpr std::size_t kPayloadBytes = 80;
inline constexpr auto kPacketInterval = std::chrono::milliseconds(20);

// One member of a meeting on some server; leaves when destroyed.
class Member {
 public:
  virtual ~Member() = default;
  virtual void send_voice() = 0;
  virtual std::uint64_t received() const = 0;  // voice objects so far
};

// A server of either kind, and how to get into a meeting on it.
class Meeting {
 public:
  virtual ~Meeting() = default;
  virtual std::string name() const = 0;
  virtual double cpu_seconds() const = 0;
  virtual double memory_bytes() const = 0;
  virtual pid_t process() const = 0;
  // In the meeting when it returns; talkers are ready to send.
  virtual Task<base::Result<std::unique_ptr<Member>>> join(std::size_t number, bool talks) = 0;
};

struct Measured {
  double forwarded_per_cpu_second = 0;
  double delivered = 0;  // of what should have arrived, 0 … 1
  double cpu_share = 0;  // of one processor
  double cpu_per_join_ms = 0;
  double memory_per_idle_kib = 0;
};

// `listeners` join `meeting` (and talkers besides), all idle at first; then the talkers talk for `seconds`. The
// talkers' phases within the 20 ms are drawn anew every second, from a fixed seed: the same for either server.
base::Result<Measured> measure(asio::io_context& context, Meeting& meeting, std::size_t talkers,
                               std::size_t listeners, double seconds);

}  // namespace vistime::bench
