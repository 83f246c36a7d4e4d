// The header of a media object: what the conference role reads to forward it. Fixed, 24 bytes, network order:
//
//    0  u32  track         participant number << 8 | the publisher's index
//    4  u32  sequence      counts the objects of this track and spatial layer, wraps
//    8  u64  capture_us    when it was captured, microseconds of the publisher's own clock; one clock for all its tracks
//   16  u8   flags         bit 0 keyframe, bit 1 discardable (nothing depends on it), bit 2 voice (somebody speaks)
//   17  u8   layer         spatial layer << 4 | temporal layer
//   18  u8   audio_level   -dBov, 0 (loudest) … 127 (silence), RFC 6464; 127 for video
//   19  u8   reserved      0
//   20  u16  depends_on    how many objects back in the sequence is the one this one needs; 0: none
//   22  u16  reserved      0
//
// The payload, an SFrame ciphertext, follows to the end of the object. Bytes 4 to 24 are its associated data, so
// that the server can forward them but not change them.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::protocol {

inline constexpr std::size_t kObjectHeaderBytes = 24;
// A 4K keyframe with room to spare; anything larger is no frame.
inline constexpr std::size_t kMaxObjectBytes = 2 << 20;
inline constexpr std::uint8_t kSilence = 127;

struct ObjectHeader {
  std::uint32_t track = 0;
  std::uint32_t sequence = 0;
  std::uint64_t capture_us = 0;
  bool keyframe = false;
  bool discardable = false;
  bool voice = false;
  std::uint8_t spatial = 0;   // 0…15
  std::uint8_t temporal = 0;  // 0…15
  std::uint8_t audio_level = kSilence;
  std::uint16_t depends_on = 0;

  bool operator==(const ObjectHeader&) const = default;
};

constexpr std::uint32_t track_id(std::uint32_t participant_number, std::uint8_t index) {
  return participant_number << 8 | index;
}
constexpr std::uint32_t participant_number(std::uint32_t track) { return track >> 8; }

// Appends the 24 bytes.
void encode(const ObjectHeader& header, base::Bytes& out);

// Of an object's first 24 bytes. Invalid when too short, or when a reserved bit is set.
base::Result<ObjectHeader> decode_object_header(base::BytesView object);

// What seals and opens the payload must be told: bytes 4 to 24 of the header.
base::BytesView associated_data(base::BytesView object);

}  // namespace vistime::protocol
