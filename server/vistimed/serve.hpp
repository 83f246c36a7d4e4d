// Runs the server until a signal ends it: SIGTERM and SIGINT drain (a second one ends at once), SIGHUP reloads the
// certificate.
#pragma once

#include "base/clock.hpp"
#include "server/common/settings.hpp"
#include "server/vistimed/exit_code.hpp"

namespace vistime::server {

ExitCode serve(const Settings& settings, bool print_ports, const base::Clock& clock);

}  // namespace vistime::server
