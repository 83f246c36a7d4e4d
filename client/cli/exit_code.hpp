// What `vistime` answers to the shell, by the error's code. The numbers are documented in vistime(1) and stay.
#pragma once

#include "base/result.hpp"

namespace vistime::cli {

enum ExitCode : int {
  kOk = 0,
  kInternal = 1,
  kUsage = 2,
  kUnreachable = 3,
  kTlsNotTrusted = 4,
  kRoomUnknown = 5,
  kRoomClosed = 6,
  kPassword = 7,
  kRoomFull = 8,
  kBannedOrRemoved = 9,
  kNotLetIn = 10,
  kRelease = 11,
  kWrongKey = 12,
  kBadFile = 13,
  kRecording = 14,
  kTryLater = 15,
  kConnectionLost = 16,
};

// `vistime doctor` answers one question, with numbers of its own: 0 good, 1 by a fallback, 2 nothing, 3 wrong use.
inline constexpr int kDoctorFallback = 1;
inline constexpr int kDoctorNothing = 2;
inline constexpr int kDoctorUsage = 3;

ExitCode exit_code(const base::Error& error);

}  // namespace vistime::cli
