// What vistimed ends with, so that scripts and systemd know what to do next.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace vistime::server {

enum ExitCode : int {
  kExitOk = 0,
  kExitInternal = 1,
  kExitUsage = 2,
  kExitNewerData = 65,     // EX_DATAERR
  kExitUnavailable = 69,   // EX_UNAVAILABLE: a port or the data folder is taken
  kExitDisk = 74,          // EX_IOERR: the data folder is full or cannot be written
  kExitForbidden = 77,     // EX_NOPERM: the port is forbidden
  kExitConfiguration = 78  // EX_CONFIG
};

// By the error's code; what is invalid is the configuration's fault.
inline ExitCode exit_code_of(const base::Error& error) {
  struct Row {
    std::string_view code;
    ExitCode exit;
  };
  for (const Row& row : {Row{"data-newer", kExitNewerData}, Row{"port-taken", kExitUnavailable},
                         Row{"data-taken", kExitUnavailable}, Row{"disk-full", kExitDisk},
                         Row{"data-unwritable", kExitDisk}, Row{"data-damaged", kExitDisk},
                         Row{"port-forbidden", kExitForbidden}, Row{"certificate", kExitConfiguration}}) {
    if (error.code == row.code) return row.exit;
  }
  return error.kind == base::ErrorKind::kInvalid || error.kind == base::ErrorKind::kNotFound
             ? kExitConfiguration
             : kExitInternal;
}

}  // namespace vistime::server
