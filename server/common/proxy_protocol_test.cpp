#include "server/common/proxy_protocol.hpp"

#include <gtest/gtest.h>

namespace vistime::server {
namespace {

using base::as_bytes;
using base::Bytes;

Bytes version_2(std::uint8_t command, std::uint8_t family, const Bytes& body) {
  Bytes out = *base::from_hex("0d0a0d0a000d0a515549540a");
  base::ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(0x20 | command));
  writer.u8(family);
  writer.u16(static_cast<std::uint16_t>(body.size()));
  writer.bytes(body);
  return out;
}

struct Line {
  const char* text;
  const char* address;
  std::uint16_t port;
};

TEST(ProxyProtocol, lines_of_version_1_name_the_client) {
  for (const Line& line : {Line{"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", "192.0.2.1", 56324},
                           Line{"PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n", "2001:db8::1", 1},
                           Line{"PROXY UNKNOWN\r\n", "", 0}, Line{"PROXY UNKNOWN what ever\r\n", "", 0}}) {
    const std::string more = std::string(line.text) + "GET / HTTP/1.1\r\n";
    auto header = parse_proxy_header(as_bytes(more));
    ASSERT_TRUE(header) << line.text;
    EXPECT_EQ(header->size, std::string_view(line.text).size());
    EXPECT_EQ(header->address, line.address);
    EXPECT_EQ(header->port, line.port);
  }
}

TEST(ProxyProtocol, version_2_names_the_client_and_its_tlvs_are_skipped) {
  const Bytes body = *base::from_hex("c0000201c6336401dc0401bb0300041234abcd");
  auto header = parse_proxy_header(version_2(1, 0x11, body));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->address, "192.0.2.1");
  EXPECT_EQ(header->port, 56324);
  EXPECT_EQ(header->size, 16 + body.size());
}

TEST(ProxyProtocol, a_balancers_own_connection_names_nobody) {
  EXPECT_EQ(parse_proxy_header(version_2(0, 0, {}))->address, "");
  EXPECT_EQ(parse_proxy_header(version_2(0, 0, {}))->size, 16U);
  EXPECT_EQ(parse_proxy_header(version_2(1, 0x31, Bytes(216, 'x')))->address, "");
}

TEST(ProxyProtocol, what_is_encoded_is_read_back) {
  for (const char* address : {"192.0.2.77", "2001:db8::77"}) {
    const Bytes bytes = encode_proxy_header(address, 4711);
    auto header = parse_proxy_header(bytes);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->address, address);
    EXPECT_EQ(header->port, 4711);
    EXPECT_EQ(header->size, bytes.size());
  }
  EXPECT_EQ(parse_proxy_header(encode_proxy_header("?", 1))->address, "");
}

TEST(ProxyProtocol, an_incomplete_header_asks_for_more) {
  const std::string line = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
  for (const Bytes& whole : {Bytes(line.begin(), line.end()), encode_proxy_header("2001:db8::1", 7)}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      auto header = parse_proxy_header(base::BytesView(whole).first(size));
      ASSERT_TRUE(header) << size;
      EXPECT_EQ(header->size, 0U) << size;
    }
  }
}

TEST(ProxyProtocol, anything_else_is_refused_at_once) {
  for (const std::string text :
       {"GET / HTTP/1.1\r\n", "\x16\x03\x01", "PROXY TCP4 192.0.2.1\r\n", "PROXY TCP4 a b 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 x 443\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.1 1 443\r\n", "PROXY  \r\n"}) {
    EXPECT_FALSE(parse_proxy_header(as_bytes(text))) << text;
  }
  EXPECT_FALSE(parse_proxy_header(as_bytes("PROXY " + std::string(200, 'x'))));
  EXPECT_FALSE(parse_proxy_header(version_2(2, 0x11, Bytes(12, 0))));
  EXPECT_FALSE(parse_proxy_header(version_2(1, 0x11, Bytes(11, 0))));
  EXPECT_FALSE(parse_proxy_header(version_2(1, 0x11, Bytes(2000, 0))));
}

}  // namespace
}  // namespace vistime::server
