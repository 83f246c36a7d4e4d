// Any text as a request's target: no segment may come out that walks the file system or hides a slash.
#include <cstdlib>

#include "base/bytes.hpp"
#include "server/common/router.hpp"

using namespace vistime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto router = [] {
    server::Router routes;
    routes.on(server::http::verb::get, "/rooms/*", {});
    routes.on_upgrade("/link/*", {});
    return routes;
  }();
  const auto target = server::parse_target(base::as_text({data, size}));
  if (!target) return 0;
  for (const auto& segment : target->segments) {
    if (segment == ".." || segment == "." || segment.find('/') != std::string::npos) std::abort();
  }
  (void)router.find(server::http::verb::post, *target);
  (void)router.find_upgrade(*target);
  return 0;
}
