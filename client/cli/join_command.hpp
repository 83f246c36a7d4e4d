// `vistime join`: decides how the meeting is shown (JSON lines, plain lines, or the whole screen) and runs it to its end.
#pragma once

#include "base/clock.hpp"
#include "client/cli/arguments.hpp"
#include "client/core/attendance.hpp"
#include "client/core/profile.hpp"

namespace vistime::cli {

// Answers the exit code; everything that had to be said has been said.
int run_join(const Arguments& arguments, const JoinArguments& join, client::Profile& profile,
             const base::Clock& clock);

// From the command line, the profile and the environment.
base::Result<client::AttendanceSettings> attendance_settings(const Arguments& arguments,
                                                             const JoinArguments& join,
                                                             client::Profile& profile);

}  // namespace vistime::cli
