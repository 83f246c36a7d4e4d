// Tells networks apart: an office from a home from a hotel. Of gateways, name servers, search domains and proxies; what is
// kept is a hash, which says nothing of where somebody has been.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/core/meeting_link.hpp"
#include "transport/reach/proxy.hpp"

namespace vistime::client {

// Texts as the kernel and the resolver write them.
struct NetworkFacts {
  std::string routes;       // /proc/net/route
  std::string ipv6_routes;  // /proc/net/ipv6_route
  std::string neighbours;   // /proc/net/arp
  std::string resolver;     // /etc/resolv.conf

  // This machine's, now.
  static NetworkFacts read();
};

// 32 hexadecimal digits.
std::string network_print(const NetworkFacts& facts, const std::vector<transport::reach::Proxy>& proxies);

}  // namespace vistime::client
