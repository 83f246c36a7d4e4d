// Result<T>: a value, or an Error that says what the caller can do next. Expected failures are values;
// exceptions come from libraries and are converted where they enter.
#pragma once

#include <fmt/format.h>

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace vistime::base {

// Chosen by what the caller does next, not by where the failure arose.
enum class ErrorKind {
  kInvalid,      // the input is wrong: mend it, trying again is useless
  kRefused,      // understood and not allowed: ask somebody, or sign in
  kNotFound,     // no such room, file, participant
  kUnreachable,  // nothing answered: try again or take another route
  kOverloaded,   // a limit was reached: try again later
  kUnsupported,  // the other side, or this build, cannot do that
  kClosed,       // the thing has ended
  kInternal,     // our own bug or our own disk
};

// "invalid", "refused", …; for logs and problem documents.
std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  // A stable token that programs compare ("wrong-password"); empty where the kind says it all.
  std::string code;
  // A sentence that a person can act on; never holds a secret.
  std::string message;
};

template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  using std::expected<void, Error>::expected;
};

// fail(ErrorKind::kInvalid, "line {} …", line): an error to return from a function of any Result type.
template <typename... Args>
std::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected<Error>(Error{kind, {}, fmt::format(format, std::forward<Args>(args)...)});
}

// The same with a code.
template <typename... Args>
std::unexpected<Error> fail_as(ErrorKind kind, std::string code, fmt::format_string<Args...> format,
                               Args&&... args) {
  return std::unexpected<Error>(
      Error{kind, std::move(code), fmt::format(format, std::forward<Args>(args)...)});
}

// "while doing this: <the error>", keeping kind and code.
std::unexpected<Error> within(std::string_view context, Error error);

}  // namespace vistime::base
