// What the rooms API's requests and answers have in common.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "server/common/router.hpp"

namespace vistime::server::master {

// The body says that it is JSON. A web page of another origin cannot say so without asking first, which keeps forms
// of strangers out.
bool is_json(const Request& request);
// The bearer token of the Authorization header (RFC 6750); empty when there is none.
std::string_view bearer_of(const Request& request);

// 2024-01-31T12:00:00Z (RFC 3339).
std::string spelled(base::WallTime time);

// A problem document for an error value; says when to try again where that helps. What went wrong inside of us is
// logged and not told.
Response refusal(const Request& request, const base::Error& error);
Response not_json(const Request& request);                       // 415
Response too_many(const Request& request, base::Duration wait);  // 429, `wait` as Retry-After
Response drained(const Request& request);                        // 503
Response room_closed(const Request& request);                    // 410

}  // namespace vistime::server::master
