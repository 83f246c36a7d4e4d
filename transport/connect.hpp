// From a name to a verified TLS connection, within a limit of time.
#pragma once

#include <chrono>
#include <string>

#include "transport/stream.hpp"
#include "transport/timer.hpp"

namespace vistime::transport {

using Deadline = std::chrono::steady_clock::time_point;

// DNS and TCP: every address, 250 ms apart, the first to answer wins (RFC 8305). Errors: kUnreachable with code "dns",
// "dns-timeout", "tcp-refused", "tcp-timeout" or "tcp-unreachable".
Task<base::Result<Socket>> connect_socket(std::string host, std::string port, Deadline deadline);

// TLS on a connected socket; `host` must be named by the certificate, `where` is how errors call the other end. Errors:
// kRefused with code "tls-untrusted", kUnreachable with "tls-timeout" or "tls-failed".
Task<base::Result<Stream>> secure(Socket socket, std::string host, std::string where, TlsContext context,
                                  Deadline deadline);

// Both. An empty context: no TLS.
Task<base::Result<Stream>> connect_stream(std::string host, std::string port, TlsContext context,
                                          std::chrono::milliseconds limit);

// HOST[:PORT] as the Host header wants it: IPv6 in brackets, no port 443.
std::string authority_of(const std::string& host, const std::string& port);

}  // namespace vistime::transport
