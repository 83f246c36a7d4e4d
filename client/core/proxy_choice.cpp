#include "client/core/proxy_choice.hpp"

#include <algorithm>
#include <iterator>

#include "client/core/desktop_proxies.hpp"
#include "transport/reach/pac.hpp"

namespace vistime::client {
namespace {

// Takes what was found, or remembers what was wrong with it.
void add(FoundProxies& found, base::Result<std::vector<Proxy>> more) {
  if (!more) return found.problems.push_back(more.error());
  for (Proxy& proxy : *more) {
    const auto same = [&](const Proxy& known) { return known.print() == proxy.print(); };
    if (std::ranges::none_of(found.proxies, same)) found.proxies.push_back(std::move(proxy));
  }
}

}  // namespace

base::Result<FoundProxies> find_proxies(const ProxyChoice& choice, const Server& server,
                                        const Environment& environment) {
  FoundProxies found;
  if (choice.proxy == "none") return found;
  if (!choice.proxy.empty()) {
    auto proxy = Proxy::parse(choice.proxy);
    if (!proxy) return base::within("--proxy", proxy.error());
    found.proxies.push_back(std::move(*proxy));
  }
  if (!choice.pac.empty()) add(found, transport::reach::proxies_of_pac(choice.pac, server.host, server.port));
  if (const auto desktop = desktop_proxies(environment))
    add(found, proxies_of_desktop(*desktop, server.host, server.port));
  add(found, transport::reach::proxies_of_environment(environment, server.host, server.port));
  for (Proxy& proxy : found.proxies) {
    if (!proxy.user.empty() || choice.user.empty()) continue;
    proxy.user = choice.user;
    proxy.password = environment("VISTIME_PROXY_PASSWORD");
  }
  return found;
}

}  // namespace vistime::client
