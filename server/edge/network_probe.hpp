// What the page's check and `vistime doctor` ask the server for, to learn what the way between does to it:
//
//   GET /network/reach    one short line, also for pages of this site's other ports (CORS)
//   GET /network/stream   eleven lines, one each 300 ms: a way that collects answers delivers them at once
//   GET /network/view     the request as it arrived: {"address", "http", "headers": [[name, value]…], "time"}; nothing secret
//   GET /network/bulk     1 MiB that does not compress; POST takes as much as a request may have and forgets it
//   WS  /network/echo     gives back what it is sent, a few short messages, then closes
//
// Open to everybody, so each is bounded in time, size and number.
#pragma once

#include <prometheus/registry.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/common/router.hpp"

namespace vistime::server::edge {

struct ProbeLimits {
  std::size_t at_once = 200;            // streams and echoes together
  std::size_t at_once_per_address = 8;  // IPv6: one /64
  std::size_t messages = 16;            // of one echo
  std::size_t message_bytes = 256;
  std::chrono::milliseconds silence{100'000};  // the check's longest pause is 75 s
  std::chrono::milliseconds whole{180'000};    // of one echo
  std::chrono::milliseconds pause{300};        // between two lines of the stream
  int lines = 11;
  std::size_t bulk_bytes = 1 << 20;
  std::chrono::milliseconds write{10'000};
};

// How many probes run, from any thread.
class ProbeSlots : public std::enable_shared_from_this<ProbeSlots> {
 public:
  ProbeSlots(ProbeLimits limits, prometheus::Registry& registry);

  // Given back by its destructor.
  class Slot {
   public:
    Slot(std::shared_ptr<ProbeSlots> owner, std::string key)
        : owner_(std::move(owner)), key_(std::move(key)) {}
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (owner_) owner_->release(key_);
    }

   private:
    std::shared_ptr<ProbeSlots> owner_;
    std::string key_;
  };
  // Nothing when there are too many already.
  std::optional<Slot> take(const std::string& address);
  const ProbeLimits& limits() const { return limits_; }

 private:
  void release(const std::string& key);

  const ProbeLimits limits_;
  prometheus::Counter& begun_;
  prometheus::Counter& refused_;
  std::mutex mutex_;  // guards what follows
  std::size_t running_ = 0;
  std::map<std::string, std::size_t> by_address_;
};

// For the routers of the other ports, too.
void register_reach(Router& router);
// The registry outlives the routes.
void register_probes(Router& router, prometheus::Registry& registry, ProbeLimits limits = {});

}  // namespace vistime::server::edge
