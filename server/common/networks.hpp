// IP addresses and networks, as settings name them: "192.0.2.0/24", "2001:db8::/32", "127.0.0.1".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vistime::server {

// 16 bytes; IPv4 as ::ffff:a.b.c.d, so that a dual-stack socket's peers compare equal.
using AddressBytes = std::array<std::uint8_t, 16>;

// Without brackets, port and zone; nothing for what is no address.
std::optional<AddressBytes> parse_address(std::string_view text);
// IPv4 dotted, also when mapped into IPv6.
std::string format_address(const AddressBytes& address);
bool is_ipv4(const AddressBytes& address);

// What limits per address count: the address, but the /64 of an IPv6 address, which is one household or host.
std::string limit_key(std::string_view address);

class Network {
 public:
  static base::Result<Network> parse(std::string_view text);
  bool contains(const AddressBytes& address) const;
  std::string text() const;

 private:
  AddressBytes prefix_{};
  int bits_ = 128;  // of the 16 bytes
};

class Networks {
 public:
  static base::Result<Networks> parse(const std::vector<std::string>& texts);
  bool contain(std::string_view address) const;
  bool empty() const { return networks_.empty(); }

 private:
  std::vector<Network> networks_;
};

}  // namespace vistime::server
