#include "server/edge/site_addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <algorithm>
#include <memory>
#include <set>

#include "server/common/networks.hpp"

namespace vistime::server::edge {
namespace {

std::string text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = {};
  const void* bytes = nullptr;
  if (address->sa_family == AF_INET)
    bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  else if (address->sa_family == AF_INET6)
    bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  if (bytes == nullptr || inet_ntop(address->sa_family, bytes, text, sizeof text) == nullptr) return {};
  return text;
}

bool reaches_others(const std::string& address) {
  static const Networks kLocal =
      Networks::parse({"127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10", "0.0.0.0/8", "::/128"})
          .value_or(Networks());
  return !address.empty() && !kLocal.contain(address);
}

// Errors after which another attempt could succeed.
bool may_come_back(int error) { return error != EAI_NONAME && error != EAI_NODATA; }

}  // namespace

SiteAddresses sorted_addresses(const std::vector<std::string>& texts) {
  std::set<AddressBytes> sorted;
  for (const std::string& text : texts) {
    const auto address = parse_address(text);
    if (address && sorted.size() < kMaxAddresses) sorted.insert(*address);
  }
  SiteAddresses out;
  for (const AddressBytes& address : sorted) {
    (is_ipv4(address) ? out.ipv4 : out.ipv6).push_back(format_address(address));
  }
  return out;
}

SiteAddresses resolve(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  bool complete = true;
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  for (std::size_t at = 0; at < std::min(names.size(), kMaxResolvedNames); ++at) {
    if (names[at].find('*') != std::string::npos || parse_address(names[at])) continue;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(names[at].c_str(), nullptr, &hints, &list);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, [](addrinfo* first) {
      if (first != nullptr) freeaddrinfo(first);
    });
    if (error != 0 && may_come_back(error)) complete = false;
    for (const addrinfo* entry = list; error == 0 && entry != nullptr; entry = entry->ai_next) {
      if (std::string text = text_of(entry->ai_addr); reaches_others(text)) found.push_back(std::move(text));
    }
  }
  SiteAddresses out = sorted_addresses(found);
  out.complete = complete;
  return out;
}

SiteAddresses own_addresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {{}, {}, false};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(list, freeifaddrs);
  std::vector<std::string> found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    if (std::string text = text_of(entry->ifa_addr); reaches_others(text)) found.push_back(std::move(text));
  }
  return sorted_addresses(found);
}

}  // namespace vistime::server::edge
