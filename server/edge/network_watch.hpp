// Keeps the site's network record up to date: asks for it at most every few minutes, on a thread of its own because DNS
// and the disk may take their time, and remembers its changes in a file.
//
// A name that cannot be asked for just now changes nothing: firewalls are not reconfigured because a resolver was slow.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "server/common/awaited.hpp"
#include "server/edge/site_addresses.hpp"
#include "site/network_record.hpp"

namespace vistime::server::edge {

// For so long what was found is given out without asking again.
inline constexpr auto kAddressesFresh = std::chrono::minutes(5);
// The same when not everything could be found.
inline constexpr auto kAddressesRetry = std::chrono::seconds(30);
// Requests wait for DNS this long; then they get what was known before.
inline constexpr auto kAddressPatience = std::chrono::seconds(2);
// How many requests may wait; further ones get at once what was known before.
inline constexpr std::size_t kMaxAddressWaiters = 256;

struct NetworkFacts {
  std::vector<std::string> names;  // settings, or the host's own; addresses among them are published as such
  std::vector<std::string> public_addresses;  // as configured; empty: find out
  std::string bind;                           // a single address there is the site's own
  std::vector<site::SitePort> ports;
};

// What is asked of the system; tests give their own.
struct AddressSources {
  std::function<SiteAddresses(const std::vector<std::string>&)> resolve = edge::resolve;
  std::function<SiteAddresses()> own = own_addresses;
};

// The record as of now, given the one before. Blocks.
site::NetworkRecord look_again(const NetworkFacts& facts, const AddressSources& sources,
                               site::NetworkRecord before, base::WallTime now, bool& complete);

using RecordPtr = std::shared_ptr<const site::NetworkRecord>;

class NetworkWatch {
 public:
  // Reads `file` (none yet: version 0) and begins to look. The clock outlives this, and so do the executors whose
  // coroutines wait here.
  NetworkWatch(NetworkFacts facts, std::filesystem::path file, const base::Clock& clock,
               AddressSources sources = {});
  // Does not wait for DNS: a look that hangs is left to end by itself, and changes nothing any more.
  ~NetworkWatch();
  NetworkWatch(const NetworkWatch&) = delete;
  NetworkWatch& operator=(const NetworkWatch&) = delete;

  // From any executor.
  Task<RecordPtr> current();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the thread that looks
};

}  // namespace vistime::server::edge
