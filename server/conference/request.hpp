// How a client's request ends: done now, answered later, or an error whose code and message go into the Answer.
#pragma once

#include "base/result.hpp"

namespace vistime::server::conference {

enum class Reply {
  kNow,    // done: answer with success
  kLater,  // whoever handles it answers
};

using Outcome = base::Result<Reply>;

inline Outcome done() { return Reply::kNow; }
inline std::unexpected<base::Error> not_found(std::string_view what) {
  return base::fail_as(base::ErrorKind::kNotFound, "not-found", "{} is not in this room", what);
}
inline std::unexpected<base::Error> not_allowed(std::string_view why) {
  return base::fail_as(base::ErrorKind::kRefused, "not-allowed", "{}", why);
}
inline std::unexpected<base::Error> invalid(std::string_view why) {
  return base::fail_as(base::ErrorKind::kInvalid, "invalid", "{}", why);
}
inline std::unexpected<base::Error> over_limit(std::string_view why) {
  return base::fail_as(base::ErrorKind::kOverloaded, "limit", "{}", why);
}
inline std::unexpected<base::Error> too_many(std::string_view why) {
  return base::fail_as(base::ErrorKind::kOverloaded, "too-many", "{}", why);
}

}  // namespace vistime::server::conference
