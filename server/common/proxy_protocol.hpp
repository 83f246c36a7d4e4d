// The PROXY protocol, versions 1 and 2 (HAProxy's proxy-protocol.txt): a load balancer's first bytes on a connection,
// naming the client whose connection it passes on.
//
//   1   "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", at most 107 bytes
//   2   12 bytes of signature, u8 version and command, u8 family and protocol, u16 length, then so many bytes:
//       addresses and TLVs; the TLVs are skipped
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::server {

// The signature, the four bytes behind it, and the largest length that is accepted: addresses of Unix sockets (216)
// and some TLVs.
inline constexpr std::size_t kMaxProxyHeader = 16 + 1024;

struct ProxyHeader {
  std::size_t size = 0;  // bytes of the header; 0: more bytes are needed
  // Empty for "UNKNOWN" and LOCAL (the balancer's own health check): then the connection's own address counts.
  std::string address;
  std::uint16_t port = 0;
};

// Of a connection's first bytes. Invalid as soon as they cannot be a header.
base::Result<ProxyHeader> parse_proxy_header(base::BytesView bytes);

// Version 2, for tests and for what passes connections on. `address` as text; port of the client.
base::Bytes encode_proxy_header(const std::string& address, std::uint16_t port);

}  // namespace vistime::server
