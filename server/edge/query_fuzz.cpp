// Whatever stands behind '?': what comes out has no control characters, and encodes to what decodes to itself.
#include <cstdint>
#include <cstdlib>

#include "server/edge/query.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime::server::edge;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  asked_language(text);
  const auto value = query_value(text, "q");
  if (!value) return 0;
  if (value->size() > kMaxQueryValue) std::abort();
  if (query_value("q=" + query_encoded(*value), "q") != value) std::abort();
  return 0;
}
