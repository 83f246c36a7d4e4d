// Under which addresses this site is reached, found by asking the system. These calls block: off the event loops only.
#pragma once

#include <string>
#include <vector>

namespace vistime::server::edge {

// Of both families together; more than a firewall's rule should hold, and a bound on what DNS can make us keep.
inline constexpr std::size_t kMaxAddresses = 128;
inline constexpr std::size_t kMaxResolvedNames = 32;

struct SiteAddresses {
  std::vector<std::string> ipv4, ipv6;
  bool complete = true;  // false: a name could not be asked for just now, and may have further ones

  bool empty() const { return ipv4.empty() && ipv6.empty(); }
};

// Sorts by family and bytes, drops duplicates and what is no address.
SiteAddresses sorted_addresses(const std::vector<std::string>& texts);
// What the names resolve to. Loopback and link-local addresses are of no use to others and left out; wildcards and
// addresses among the names are not asked for.
SiteAddresses resolve(const std::vector<std::string>& names);
// Those of this machine's interfaces that are up, without loopback and link-local ones.
SiteAddresses own_addresses();

}  // namespace vistime::server::edge
