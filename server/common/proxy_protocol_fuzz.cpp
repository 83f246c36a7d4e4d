// A header that is accepted needs all its bytes, and says the same when it is encoded anew.
#include <cstdlib>

#include "server/common/proxy_protocol.hpp"

using namespace vistime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::BytesView bytes(data, size);
  auto header = server::parse_proxy_header(bytes);
  if (!header || header->size == 0) return 0;
  if (header->size > size || header->size > server::kMaxProxyHeader) std::abort();
  for (const std::size_t shorter : {header->size / 2, header->size - 1}) {
    auto part = server::parse_proxy_header(bytes.first(shorter));
    if (!part || part->size != 0) std::abort();
  }
  const base::Bytes encoded = server::encode_proxy_header(header->address, header->port);
  auto again = server::parse_proxy_header(encoded);
  if (!again || again->address != header->address || again->size != encoded.size()) std::abort();
  if (!header->address.empty() && again->port != header->port) std::abort();
  return 0;
}
