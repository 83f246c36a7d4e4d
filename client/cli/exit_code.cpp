#include "client/cli/exit_code.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace vistime::cli {
namespace {

using Entry = std::pair<std::string_view, ExitCode>;
constexpr std::array kCodes = {
    Entry{"left", kOk},
    Entry{"duration", kOk},
    Entry{"sent", kOk},
    Entry{"interrupted", kOk},
    Entry{"usage", kUsage},
    Entry{"ca-file", kUsage},
    Entry{"invalid-name", kUsage},
    Entry{"wrong-host-key", kUsage},
    Entry{"unreachable", kUnreachable},
    Entry{"tls-not-trusted", kTlsNotTrusted},
    Entry{"room-unknown", kRoomUnknown},
    Entry{"room-closed", kRoomClosed},
    Entry{"wrong-password", kPassword},
    Entry{"password-required", kPassword},
    Entry{"room-full", kRoomFull},
    Entry{"banned", kBannedOrRemoved},
    Entry{"removed", kBannedOrRemoved},
    Entry{"room-locked", kNotLetIn},
    Entry{"lobby-refused", kNotLetIn},
    Entry{"release-mismatch", kRelease},
    Entry{"wrong-key", kWrongKey},
    Entry{"bad-file", kBadFile},
    Entry{"recording", kRecording},
    Entry{"overloaded", kTryLater},
    Entry{"too-many-attempts", kTryLater},
    Entry{"draining", kTryLater},
    Entry{"too-slow", kConnectionLost},
    Entry{"replaced", kConnectionLost},
    Entry{"connection-lost", kConnectionLost},
    Entry{"protocol-error", kInternal},
};

}  // namespace

ExitCode exit_code(const base::Error& error) {
  for (const auto& [code, number] : kCodes) {
    if (error.code == code) return number;
  }
  switch (error.kind) {
    case base::ErrorKind::kInvalid: return kUsage;
    case base::ErrorKind::kNotFound: return kRoomUnknown;
    case base::ErrorKind::kUnreachable: return kUnreachable;
    case base::ErrorKind::kOverloaded: return kTryLater;
    case base::ErrorKind::kUnsupported: return kRelease;
    default: return kInternal;
  }
}

}  // namespace vistime::cli
