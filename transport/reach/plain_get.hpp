// A request over plain HTTP, as the update check makes it: port 80, directly or through a proxy as browsers use one.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "transport/reach/proxy.hpp"

namespace vistime::transport::reach {

struct PlainAnswer {
  int status = 0;
  std::string location;  // where a redirect leads
  std::string type;      // Content-Type
  std::string body;      // at most 64 KiB
};

// Blocks, follows no redirect. Errors: kUnreachable with "dns", "tcp-refused", "tcp-timeout", "tcp-unreachable",
// "proxy-unreachable", "proxy-timeout", "http-timeout", "http-failed"; kInternal "bad-answer" for one that is too large.
base::Result<PlainAnswer> plain_get(const std::string& url, const std::optional<Proxy>& proxy,
                                    std::chrono::milliseconds limit);

}  // namespace vistime::transport::reach
