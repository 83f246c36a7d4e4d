#include "protocol/version.hpp"

namespace vistime::protocol {

std::string_view release() { return VISTIME_RELEASE; }
std::string_view build() { return VISTIME_BUILD; }

}  // namespace vistime::protocol
