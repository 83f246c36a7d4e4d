// Whatever is taken for a link prints to a link that says the same.
#include <cstdlib>

#include "base/bytes.hpp"
#include "client/core/meeting_link.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using vistime::client::MeetingLink;
  const auto text = vistime::base::as_text({data, size});
  const auto link = MeetingLink::parse(text);
  if (!link) return 0;
  auto again = MeetingLink::parse(link->print_for_host());
  if (!again || again->server != link->server || again->room != link->room ||
      !(again->secret == link->secret) || again->host_key != link->host_key) {
    std::abort();
  }
  again->host_key.clear();
  if (again->print_for_host() != link->print()) std::abort();
  if (vistime::client::Server::parse(link->server.print()).value() != link->server) std::abort();
  return 0;
}
