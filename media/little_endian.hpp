// Integers with the lowest byte first, as RIFF and IVF have them; everything of our own is big-endian
// (base/bytes.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace vistime::media {

template <typename Integer>
void append_little_endian(base::Bytes& out, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

// The caller has checked that the bytes are there.
template <typename Integer>
Integer little_endian(base::BytesView bytes, std::size_t offset) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) value |= std::uint64_t{bytes[offset + i]} << (8 * i);
  return static_cast<Integer>(value);
}

}  // namespace vistime::media
