#include "base/result.hpp"

namespace vistime::base {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kRefused: return "refused";
    case ErrorKind::kNotFound: return "not-found";
    case ErrorKind::kUnreachable: return "unreachable";
    case ErrorKind::kOverloaded: return "overloaded";
    case ErrorKind::kUnsupported: return "unsupported";
    case ErrorKind::kClosed: return "closed";
    case ErrorKind::kInternal: return "internal";
  }
  return "internal";
}

std::unexpected<Error> within(std::string_view context, Error error) {
  error.message = fmt::format("{}: {}", context, error.message);
  return std::unexpected<Error>(std::move(error));
}

}  // namespace vistime::base
