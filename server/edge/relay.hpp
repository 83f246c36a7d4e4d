// Passes on to another server what this one has no role for: requests, and upgrades as a tunnel of bytes. The other
// server learns the client's address from X-Forwarded-For and must trust this one (its setting trusted-proxies).
#pragma once

#include <chrono>
#include <memory>

#include "server/common/http_client.hpp"
#include "server/common/router.hpp"

namespace vistime::server::edge {

// A tunnel in which nothing moves for so long is closed; links ping every few seconds.
inline constexpr auto kTunnelIdle = std::chrono::seconds(120);

RequestHandler relay_requests(std::shared_ptr<const HttpClient> upstream);
UpgradeHandler relay_upgrades(std::shared_ptr<const HttpClient> upstream,
                              std::chrono::milliseconds idle = kTunnelIdle);
// For answers that stream, see Router::on_connection().
UpgradeHandler relay_streams(std::shared_ptr<const HttpClient> upstream,
                             std::chrono::milliseconds idle = kTunnelIdle);

}  // namespace vistime::server::edge
