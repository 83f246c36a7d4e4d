// Who a request comes from when proxies pass it on.
#pragma once

#include <string>
#include <string_view>

#include "server/common/networks.hpp"

namespace vistime::server {

// `from`: the connection's other end. Only when that is trusted is X-Forwarded-For looked at, from its right end, until
// an address that is not trusted: what stands left of it could be anybody's invention.
std::string client_address(const std::string& from, std::string_view x_forwarded_for,
                           const Networks& trusted);

// What to send on as X-Forwarded-For: the whole chain when `from` is trusted, else only `from`.
std::string forwarded_for(const std::string& from, std::string_view x_forwarded_for, const Networks& trusted);

}  // namespace vistime::server
