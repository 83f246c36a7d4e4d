// The client's half of a link over plain requests (see protocol/README.md): for networks that let no WebSocket through.
//
// Up: POSTs, several under way at once, so that a slow answer stalls nobody. Down: one GET whose answer streams; where
// a proxy holds it back until it is complete, which shows by the first bytes not coming, several GETs that the server
// answers as soon as it has something (long poll). What a proxy loses is asked for again.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "transport/carrier.hpp"
#include "transport/connect.hpp"

namespace vistime::transport::reach {

// Opens one more connection by the route that the link takes.
using OpenStream = std::function<Task<base::Result<Stream>>(Deadline deadline)>;

// `path`: the link's; `authority`: the Host header. Errors: those of `open`; kUnreachable "requests-refused" when another
// answer comes than the server gives, "http-timeout", "http-failed".
Task<base::Result<std::unique_ptr<Carrier>>> open_requests(OpenStream open, std::string authority,
                                                           std::string path, Deadline deadline);

}  // namespace vistime::transport::reach
