#include "client/core/version.hpp"

#include <fmt/format.h>

#include "protocol/version.hpp"

namespace vistime::client {

std::string version_line() {
  return fmt::format("vistime {} (protocol {}, build {})", protocol::release(), protocol::kProtocol,
                     protocol::build());
}

}  // namespace vistime::client
