// The commands that print something and stop.
#pragma once

#include "base/clock.hpp"
#include "server/common/settings.hpp"
#include "server/vistimed/exit_code.hpp"

namespace vistime::server {

// Beyond what reading them has checked: the files that the settings name.
ExitCode check_config(const Settings& settings);
// Works beside a running server, and makes the key when there is none.
ExitCode print_token_keys(const Settings& settings);
ExitCode print_certificate(const Settings& settings, const base::Clock& clock);

}  // namespace vistime::server
