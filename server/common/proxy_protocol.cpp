#include "server/common/proxy_protocol.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "server/common/networks.hpp"

namespace vistime::server {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr std::array<std::uint8_t, 12> kSignature = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                     0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
constexpr std::string_view kStart = "PROXY ";
constexpr std::size_t kMaxLine = 107;
constexpr std::uint8_t kTcp4 = 0x11;
constexpr std::uint8_t kTcp6 = 0x21;

std::unexpected<base::Error> no_header() {
  return fail(ErrorKind::kInvalid, "the connection does not begin with a PROXY protocol header");
}

template <typename Expected>
bool begins_with(base::BytesView bytes, const Expected& expected) {
  const std::size_t size = std::min(bytes.size(), expected.size());
  return std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size), expected.begin());
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

Result<ProxyHeader> parse_line(base::BytesView bytes) {
  const std::string_view text = base::as_text(bytes.first(std::min(bytes.size(), kMaxLine)));
  const auto end = text.find("\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() >= kMaxLine) return no_header();
    return ProxyHeader{};
  }
  ProxyHeader header;
  header.size = end + 2;
  const auto words = words_of(text.substr(0, end));
  if (words.size() >= 2 && words[1] == "UNKNOWN") return header;
  if (words.size() != 6 || (words[1] != "TCP4" && words[1] != "TCP6")) return no_header();
  const auto source = parse_address(words[2]);
  const auto destination = parse_address(words[3]);
  const auto port = parse_port(words[4]);
  if (!source || !destination || !port || !parse_port(words[5])) return no_header();
  header.address = format_address(*source);
  header.port = *port;
  return header;
}

Result<ProxyHeader> parse_binary(base::BytesView bytes) {
  base::ByteReader reader(bytes.subspan(kSignature.size()));
  const auto version_command = reader.u8();
  const auto family = reader.u8();
  const auto length = reader.u16();
  if (version_command && *version_command >> 4 != 2) return no_header();
  if (version_command && (*version_command & 0x0f) > 1) return no_header();
  if (length && *length + 16U > kMaxProxyHeader) {
    return fail(ErrorKind::kInvalid, "the PROXY protocol header has {} bytes, more than are accepted",
                *length);
  }
  if (!length || reader.rest().size() < *length) return ProxyHeader{};
  ProxyHeader header;
  header.size = kSignature.size() + 4 + *length;
  const bool local = (*version_command & 0x0f) == 0;
  if (local || (*family != kTcp4 && *family != kTcp6)) return header;
  const std::size_t address_size = *family == kTcp4 ? 4 : 16;
  if (*length < 2 * address_size + 4) return no_header();
  const auto source = *reader.bytes(address_size);
  std::ignore = reader.bytes(address_size);
  AddressBytes address{};
  if (address_size == 4) address[10] = address[11] = 0xff;
  std::copy(source.begin(), source.end(), address.end() - static_cast<std::ptrdiff_t>(address_size));
  header.address = format_address(address);
  header.port = *reader.u16();
  return header;
}

}  // namespace

Result<ProxyHeader> parse_proxy_header(base::BytesView bytes) {
  if (begins_with(bytes, kSignature)) {
    return bytes.size() < kSignature.size() ? ProxyHeader{} : parse_binary(bytes);
  }
  if (begins_with(bytes, kStart)) return bytes.size() < kStart.size() ? ProxyHeader{} : parse_line(bytes);
  return no_header();
}

base::Bytes encode_proxy_header(const std::string& address, std::uint16_t port) {
  base::Bytes out(kSignature.begin(), kSignature.end());
  base::ByteWriter writer(out);
  const auto source = parse_address(address);
  if (!source) {  // LOCAL
    writer.u8(0x20);
    writer.u8(0);
    writer.u16(0);
    return out;
  }
  const bool four = is_ipv4(*source);
  const base::BytesView bytes = base::BytesView(*source).subspan(four ? 12 : 0);
  writer.u8(0x21);
  writer.u8(four ? kTcp4 : kTcp6);
  writer.u16(static_cast<std::uint16_t>(2 * bytes.size() + 4));
  writer.bytes(bytes);
  writer.bytes(base::Bytes(bytes.size(), 0));  // the destination is known to whoever reads it
  writer.u16(port);
  writer.u16(0);
  return out;
}

}  // namespace vistime::server
