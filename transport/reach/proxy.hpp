// A proxy between this machine and the internet, and which of them the environment names for a host.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vistime::transport::reach {

struct Proxy {
  enum class Kind { kHttp, kHttps, kSocks4a, kSocks5 };

  Kind kind = Kind::kHttp;
  std::string host;  // a name or an address; IPv6 without its brackets
  std::uint16_t port = 0;
  std::string user;
  std::string password;

  // "[SCHEME://][USER[:PASSWORD]@]HOST[:PORT]" with http (default), https, socks4, socks4a, socks5 or socks5h; names are
  // always resolved by the proxy. Without a port: 80, 443 and 1080. Errors never repeat the credentials.
  static base::Result<Proxy> parse(std::string_view url);
  // Without the credentials: "http://proxy.example.org:3128".
  std::string print() const;
  bool is_socks() const { return kind == Kind::kSocks4a || kind == Kind::kSocks5; }
  bool operator==(const Proxy&) const = default;
};

// An environment variable's value; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;
// The process's own.
Environment process_environment();

// What curl and browsers agree on for an https address: https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY; the first that is
// set counts. Nothing where no_proxy or NO_PROXY names the host. An error names the variable that cannot be read.
base::Result<std::vector<Proxy>> proxies_of_environment(const Environment& environment, std::string_view host,
                                                        std::uint16_t port);

// `list`: names, addresses and networks, separated by commas or blanks: "example.org" and ".example.org" with all below,
// "192.0.2.7", "192.0.2.0/24", "host:8443", "*" for everything.
bool is_exempt(std::string_view list, std::string_view host, std::uint16_t port);

}  // namespace vistime::transport::reach
