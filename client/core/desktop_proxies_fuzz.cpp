// Whatever a settings file says, it is read or it is no setting.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "client/core/desktop_proxies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& desktop : {client::parse_gsettings(text), client::parse_kioslaverc(text)}) {
    if (desktop.mode != client::DesktopProxies::Mode::kManual) continue;
    const auto proxies = client::proxies_of_desktop(desktop, "meet.example.org", 443);
    if (proxies && proxies->size() > 3) std::abort();
  }
  return 0;
}
