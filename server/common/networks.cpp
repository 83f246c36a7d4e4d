#include "server/common/networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace vistime::server {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

AddressBytes masked(AddressBytes address, int bits) {
  for (int at = 0; at < 16; ++at) {
    const int kept = std::clamp(bits - at * 8, 0, 8);
    address[static_cast<std::size_t>(at)] &= static_cast<std::uint8_t>(0xff << (8 - kept));
  }
  return address;
}

}  // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  AddressBytes address{};
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

bool is_ipv4(const AddressBytes& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

std::string format_address(const AddressBytes& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4(address)) {
    inet_ntop(AF_INET, address.data() + kMapped.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

std::string limit_key(std::string_view address) {
  const auto bytes = parse_address(address);
  if (!bytes) return std::string(address);
  if (is_ipv4(*bytes)) return format_address(*bytes);
  return format_address(masked(*bytes, 64)) + "/64";
}

Result<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address)
    return fail(ErrorKind::kInvalid, "'{}' is no IP address or network (192.0.2.0/24, 2001:db8::/32)", text);
  const bool four = is_ipv4(*address) && text.find(':') == std::string_view::npos;
  Network network;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits < 0 ||
        bits > (four ? 32 : 128)) {
      return fail(ErrorKind::kInvalid, "'{}': the prefix lies between 0 and {}", text, four ? 32 : 128);
    }
    network.bits_ = four ? bits + kMappedBits : bits;
  }
  network.prefix_ = masked(*address, network.bits_);
  return network;
}

bool Network::contains(const AddressBytes& address) const { return masked(address, bits_) == prefix_; }

std::string Network::text() const {
  const bool four = is_ipv4(prefix_) && bits_ >= kMappedBits;
  return fmt::format("{}/{}", format_address(prefix_), four ? bits_ - kMappedBits : bits_);
}

Result<Networks> Networks::parse(const std::vector<std::string>& texts) {
  Networks networks;
  for (const std::string& text : texts) {
    auto network = Network::parse(text);
    if (!network) return std::unexpected(std::move(network).error());
    networks.networks_.push_back(*network);
  }
  return networks;
}

bool Networks::contain(std::string_view address) const {
  const auto bytes = parse_address(address);
  return bytes && std::any_of(networks_.begin(), networks_.end(),
                              [&](const Network& network) { return network.contains(*bytes); });
}

}  // namespace vistime::server
