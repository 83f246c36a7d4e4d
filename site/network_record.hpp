// What a firewall must know about this site: names, addresses and ports, with a version that rises when they change.
// GET /network.json and DATA/network.json have the same form:
//
//   {"version": 3, "changed": "2026-01-31T08:00:00Z", "names": ["meet.example.org"],
//    "addresses": {"ipv4": ["192.0.2.10"], "ipv6": ["2001:db8::10"]},
//    "ports": [{"port": 443, "transport": "tcp", "purpose": "everything", "required": true, "offered": true}],
//    "changes": [{"version": 3, "changed": "…", "added": ["ipv4:192.0.2.10"], "removed": []}]}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace vistime::site {

enum class PortPurpose { kEverything, kRedirect, kMaster, kConference, kFiles, kMedia };
inline constexpr std::size_t kPortPurposes = 6;

// "everything", "update-check-and-redirect", …: stable, for programs.
std::string_view token_of(PortPurpose purpose);

struct SitePort {
  std::uint16_t port = 0;
  bool udp = false;
  PortPurpose purpose = PortPurpose::kEverything;
  bool required = false;
  bool offered = true;  // false: named so that it can be planned for, but nothing answers there yet

  std::string_view transport() const { return udp ? "udp" : "tcp"; }
  friend bool operator==(const SitePort&, const SitePort&) = default;
};

// Names may hold a wildcard ("*.example.org"); addresses are sorted by their bytes, without duplicates.
struct NetworkContent {
  std::vector<std::string> names;
  std::vector<std::string> ipv4;
  std::vector<std::string> ipv6;
  std::vector<SitePort> ports;

  // The TCP ports that answer, in ascending order: what rules open.
  std::vector<std::uint16_t> open_tcp_ports() const;
  friend bool operator==(const NetworkContent&, const NetworkContent&) = default;
};

struct NetworkChange {
  std::uint64_t version = 0;
  base::WallTime changed;
  std::vector<std::string> added, removed;  // "name:…", "ipv4:…", "ipv6:…", "port:443/tcp"
};

struct NetworkRecord {
  std::uint64_t version = 0;  // 0: nothing is known yet
  base::WallTime changed;
  NetworkContent content;
  std::vector<NetworkChange> changes;  // oldest first, no more than kMaxChanges
};

inline constexpr std::size_t kMaxChanges = 100;

// The record with the content as it is now; the same one when nothing has changed.
NetworkRecord updated(NetworkRecord record, NetworkContent content, base::WallTime now);

// Only changes later than `since`.
std::string to_json(const NetworkRecord& record, std::uint64_t since = 0);
// kInvalid for what to_json() could not have written.
base::Result<NetworkRecord> record_from_json(std::string_view text);

// RFC 3339, UTC, whole seconds.
std::string rfc3339(base::WallTime time);
std::optional<base::WallTime> from_rfc3339(const std::string& text);

}  // namespace vistime::site
