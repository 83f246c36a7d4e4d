// The numbers by which a client and a server know whether they understand one another.
#pragma once

#include <cstdint>
#include <string_view>

namespace vistime::protocol {

// Raised with every change that an older peer would misread.
inline constexpr std::uint32_t kProtocol = 1;

// The release, and the source's revision it was built from ("unknown" outside a checkout).
std::string_view release();
std::string_view build();

}  // namespace vistime::protocol
