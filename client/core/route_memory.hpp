// What was learnt of networks: which way led to a server, and how long connections live there. Kept in a file from one
// meeting to the next, so that the second time is as quick as an open network.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace vistime::client {

// A server's channel in a network (see network_print.hpp).
struct Place {
  std::string network;
  std::string server;   // "https://meet.example.org"
  std::string channel;  // "master", "conference"
};

struct Way {
  std::string route;  // "wss-443-proxy", see transport/reach/route.hpp
  std::string proxy;  // its address without credentials; empty: direct
  auto operator<=>(const Way&) const = default;
};

// Whatever the file holds: what cannot be read is forgotten, what cannot be written is known until the end of the process.
class RouteMemory {
 public:
  // Without a path nothing is kept. `clock` outlives this.
  RouteMemory(const base::Clock& clock, std::filesystem::path file);

  std::optional<Way> winner(const Place& place) const;
  void won(const Place& place, const Way& way);

  // A connection that had held for so long was cut. Two cuts at the same age are a limit: some firewalls end every
  // connection after a while.
  void was_cut(const Place& place, const Way& way, base::Duration age);
  // How long connections live by this way, where a limit is known. Forgotten after a week: firewalls change.
  std::optional<base::Duration> longest_session(const Place& place, const Way& way) const;

 private:
  struct Sessions {
    std::vector<std::int64_t> ages;  // seconds, the latest two
    std::int64_t day = 0;            // of the last, since 1970
  };
  struct Known {
    Way winner;
    std::map<Way, Sessions> sessions;
  };
  struct Network {
    std::int64_t day = 0;                // of its last use
    std::map<std::string, Known> known;  // by server and channel
  };

  void load();
  void store();
  Known& known(const Place& place);
  const Known* find(const Place& place) const;
  std::int64_t today() const;

  const base::Clock& clock_;
  const std::filesystem::path file_;
  std::map<std::string, Network> networks_;
};

}  // namespace vistime::client
