// One line of figures a second, as JSON, from counters that only grow. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/core/audio_sender.hpp"
#include "client/core/meeting_state.hpp"
#include "client/core/reception.hpp"
#include "transport/link.hpp"

namespace vistime::client {

struct Figures {
  std::int64_t time_ms = 0;  // Unix time
  base::Duration elapsed{0};
  std::string route = {};  // "wss://host:443"
  Phase phase = Phase::kJoining;
  transport::LinkStatistics link = {};
  std::vector<SentStatistics> sent = {};
  std::vector<TrackStatistics> received = {};
};

class StatisticsWriter {
 public:
  // The line, without its newline. Bit rates are those since the line before.
  std::string line(const Figures& figures);

 private:
  std::uint64_t bitrate(std::uint64_t key, std::uint64_t bytes, base::Duration since);
  std::map<std::uint64_t, std::uint64_t> bytes_before_;
  base::Duration elapsed_before_{0};
};

}  // namespace vistime::client
