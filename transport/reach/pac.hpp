// Proxy auto-configuration: a script, from a file or the network, that says which proxies lead to a host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transport/reach/proxy.hpp"

namespace vistime::transport::reach {

// What FindProxyForURL answers: "PROXY a:3128; SOCKS5 b:1080; DIRECT". DIRECT is left out: the ladder always tries the
// direct way as well. Unknown words are skipped. HTTP and PROXY, HTTPS, SOCKS and SOCKS5 (both SOCKS 5), SOCKS4.
std::vector<Proxy> proxies_of_answer(std::string_view answer);

// Fetches the script (https://, http://, file:// or a path; at most 1 MiB, 5 s, no proxy), runs it for
// https://HOST/ in a child process (5 s, 256 MiB) and answers its proxies. Blocks. Errors carry the code "bad-pac" and
// say what is wrong with it.
base::Result<std::vector<Proxy>> proxies_of_pac(const std::string& source, const std::string& host,
                                                std::uint16_t port);

}  // namespace vistime::transport::reach
