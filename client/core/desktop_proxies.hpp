// The proxy settings of the desktop: GNOME's (also used by Cinnamon, MATE, Budgie, Unity and Pantheon) and KDE's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "transport/reach/proxy.hpp"

namespace vistime::client {

struct DesktopProxies {
  enum class Mode { kNone, kManual, kScript, kDetect };
  Mode mode = Mode::kNone;
  std::string script = {};  // address of a proxy script
  std::vector<std::string> addresses =
      {};                    // as Proxy::parse reads them, in the order in which they are to be tried
  std::string exempt = {};   // as is_exempt() reads it
  bool only_exempt = false;  // KDE: the list names what does need a proxy
  bool operator==(const DesktopProxies&) const = default;
};

// What `gsettings list-recursively org.gnome.system.proxy` prints. Rubbish is no setting.
DesktopProxies parse_gsettings(std::string_view text);
// KDE's kioslaverc. Where it says that the environment names the proxies, that is nothing: the environment is read anyway.
DesktopProxies parse_kioslaverc(std::string_view text);

// Of the desktop that runs, if one does; runs `gsettings` for at most two seconds, or reads a file.
std::optional<DesktopProxies> desktop_proxies(const transport::reach::Environment& environment);

// For one server. Blocks while a script is fetched and run. Errors: those of proxies_of_pac(), and "bad-proxy".
base::Result<std::vector<transport::reach::Proxy>> proxies_of_desktop(const DesktopProxies& desktop,
                                                                      const std::string& host,
                                                                      std::uint16_t port);

}  // namespace vistime::client
