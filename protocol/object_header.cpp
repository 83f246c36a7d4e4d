#include "protocol/object_header.hpp"

namespace vistime::protocol {
namespace {

constexpr std::uint8_t kKeyframe = 1;
constexpr std::uint8_t kDiscardable = 2;
constexpr std::uint8_t kVoice = 4;
constexpr std::uint8_t kKnownFlags = kKeyframe | kDiscardable | kVoice;

}  // namespace

void encode(const ObjectHeader& header, base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.u32(header.track);
  writer.u32(header.sequence);
  writer.u64(header.capture_us);
  writer.u8(static_cast<std::uint8_t>((header.keyframe ? kKeyframe : 0) |
                                      (header.discardable ? kDiscardable : 0) | (header.voice ? kVoice : 0)));
  writer.u8(static_cast<std::uint8_t>(header.spatial << 4 | (header.temporal & 0x0f)));
  writer.u8(header.audio_level);
  writer.u8(0);
  writer.u16(header.depends_on);
  writer.u16(0);
}

base::Result<ObjectHeader> decode_object_header(base::BytesView object) {
  if (object.size() < kObjectHeaderBytes) {
    return base::fail(base::ErrorKind::kInvalid, "an object of {} bytes is shorter than its header of {}",
                      object.size(), kObjectHeaderBytes);
  }
  base::ByteReader reader(object.first(kObjectHeaderBytes));
  ObjectHeader header;
  header.track = *reader.u32();
  header.sequence = *reader.u32();
  header.capture_us = *reader.u64();
  const std::uint8_t flags = *reader.u8();
  header.keyframe = (flags & kKeyframe) != 0;
  header.discardable = (flags & kDiscardable) != 0;
  header.voice = (flags & kVoice) != 0;
  const std::uint8_t layer = *reader.u8();
  header.spatial = layer >> 4;
  header.temporal = layer & 0x0f;
  header.audio_level = *reader.u8();
  const std::uint8_t reserved = *reader.u8();
  header.depends_on = *reader.u16();
  const std::uint16_t reserved_too = *reader.u16();
  if ((flags & ~kKnownFlags) != 0 || reserved != 0 || reserved_too != 0 || header.audio_level > kSilence) {
    return base::fail(base::ErrorKind::kInvalid, "an object's header sets bits that this protocol reserves");
  }
  return header;
}

base::BytesView associated_data(base::BytesView object) { return object.subspan(4, kObjectHeaderBytes - 4); }

}  // namespace vistime::protocol
