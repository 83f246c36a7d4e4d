#include "client/core/network_print.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include "base/bytes.hpp"

namespace vistime::client {
namespace {

constexpr std::size_t kMaxFile = 64 * 1024;
constexpr std::size_t kPrintBytes = 16;

std::string text_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

std::vector<std::vector<std::string>> rows_of(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string>& row = rows.emplace_back();
    for (std::string word; words >> word;) row.push_back(std::move(word));
  }
  return rows;
}

// The kernel writes IPv4 as eight digits, lowest byte first.
std::string dotted(const std::string& digits) {
  const auto bytes = base::from_hex(digits);
  if (!bytes || bytes->size() != 4) return {};
  return fmt::format("{}.{}.{}.{}", (*bytes)[3], (*bytes)[2], (*bytes)[1], (*bytes)[0]);
}

}  // namespace

NetworkFacts NetworkFacts::read() {
  return {.routes = text_of("/proc/net/route"),
          .ipv6_routes = text_of("/proc/net/ipv6_route"),
          .neighbours = text_of("/proc/net/arp"),
          .resolver = text_of("/etc/resolv.conf")};
}

std::string network_print(const NetworkFacts& facts, const std::vector<transport::reach::Proxy>& proxies) {
  std::set<std::string> parts;
  std::set<std::string> gateways;
  for (const auto& row : rows_of(facts.routes)) {
    // interface, destination, gateway, flags, …
    if (row.size() > 2 && row[1] == "00000000") gateways.insert(dotted(row[2]));
  }
  for (const std::string& gateway : gateways) parts.insert("gateway " + gateway);
  for (const auto& row : rows_of(facts.neighbours)) {
    // address, type, flags, hardware address, …: many homes have a 192.168.0.1
    if (row.size() > 3 && gateways.contains(row[0])) parts.insert("hardware " + row[3]);
  }
  for (const auto& row : rows_of(facts.ipv6_routes)) {
    // destination, its length, source, its length, next hop, …
    const bool is_default =
        row.size() > 4 && row[1] == "00" && row[0].find_first_not_of('0') == std::string::npos;
    if (is_default && row[4].find_first_not_of('0') != std::string::npos) parts.insert("gateway " + row[4]);
  }
  for (const auto& row : rows_of(facts.resolver)) {
    if (row.size() < 2 || (row[0] != "nameserver" && row[0] != "search" && row[0] != "domain")) continue;
    for (std::size_t i = 1; i < row.size(); ++i) parts.insert(row[0] + " " + row[i]);
  }
  for (const auto& proxy : proxies) parts.insert("proxy " + proxy.print());
  std::string all;
  for (const std::string& part : parts) all += part + "\n";
  std::array<std::uint8_t, kPrintBytes> digest{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(all.data());
  crypto_generichash(digest.data(), digest.size(), bytes, all.size(), nullptr, 0);
  return base::hex(digest);
}

}  // namespace vistime::client
