#include "media/room_key.hpp"

#include <sodium.h>

#include <algorithm>

#include "media/hkdf.hpp"

namespace vistime::media {

RoomSecret RoomSecret::generate() {
  RoomSecret secret;
  randombytes_buf(secret.bytes_.data(), secret.bytes_.size());
  return secret;
}

base::Result<RoomSecret> RoomSecret::parse(std::string_view text) {
  const auto bytes = text.size() == kTextSize ? base::from_base64url(text) : std::nullopt;
  if (!bytes || bytes->size() != kSize) {
    return base::fail(base::ErrorKind::kInvalid,
                      "the part of the link after # is not a room's key ({} letters, digits, - and _): "
                      "copy the whole link again",
                      kTextSize);
  }
  return from_bytes(*bytes);
}

base::Result<RoomSecret> RoomSecret::from_bytes(base::BytesView bytes) {
  if (bytes.size() != kSize) {
    return base::fail(base::ErrorKind::kInvalid, "a room's key has {} bytes, not {}", kSize, bytes.size());
  }
  RoomSecret secret;
  std::ranges::copy(bytes, secret.bytes_.begin());
  return secret;
}

RoomSecret::~RoomSecret() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string RoomSecret::print() const { return base::base64url(bytes_); }

bool RoomSecret::operator==(const RoomSecret& other) const {
  return base::equal_in_constant_time(bytes_, other.bytes_);
}

RoomKeys derive_room_keys(const RoomSecret& secret) {
  const auto derive = [&secret](std::string_view info, std::size_t size) {
    return hkdf(Hash::kSha256, secret.bytes(), base::as_bytes(info), size);
  };
  return {derive("vistime v1 sframe", 32), derive("vistime v1 chat", 32), derive("vistime v1 key check", 16)};
}

std::uint64_t KeyId::random_session() { return base::random_u64() & kSessionMask; }

std::optional<KeyId> KeyId::from_kid(std::uint64_t kid) {
  if (kid >> 56 != 0) return std::nullopt;
  return KeyId{kid >> 8, static_cast<std::uint8_t>(kid & 0xFF)};
}

}  // namespace vistime::media
