// The room's secret and the keys that follow from it.
//
// The secret is 16 random bytes, spelled as 22 characters of base64url in the link's fragment, which browsers
// never send. From it, by HKDF-SHA256 with an empty salt:
//
//   info "vistime v1 sframe"     32 bytes   base key of SFrame, for media
//   info "vistime v1 chat"       32 bytes   base key of SFrame, for chat, notes and names
//   info "vistime v1 key check"  16 bytes   given to the server: clients whose secret is another one notice
//
// The key check tells nothing about the secret or the keys: inverting HKDF would take 2^128 guesses.
// Golden values: protocol/vectors/room_key.json.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::media {

// Wiped when it goes.
class RoomSecret {
 public:
  static constexpr std::size_t kSize = 16;
  static constexpr std::size_t kTextSize = 22;

  static RoomSecret generate();
  // Exactly 22 characters of base64url, the last one canonical; the error never repeats the text.
  static base::Result<RoomSecret> parse(std::string_view text);
  static base::Result<RoomSecret> from_bytes(base::BytesView bytes);

  RoomSecret(const RoomSecret&) = default;
  RoomSecret& operator=(const RoomSecret&) = default;
  ~RoomSecret();

  std::string print() const;
  base::BytesView bytes() const { return bytes_; }
  bool operator==(const RoomSecret& other) const;

 private:
  RoomSecret() = default;
  std::array<std::uint8_t, kSize> bytes_{};
};

struct RoomKeys {
  base::Bytes media_base_key;  // 32 bytes
  base::Bytes chat_base_key;   // 32 bytes
  base::Bytes key_check;       // 16 bytes; not secret
};
RoomKeys derive_room_keys(const RoomSecret& secret);

// The SFrame KID of one track of one sender: 48 random bits that the sender draws anew at every join, then the
// track's index among its own. Two senders collide among 1,000 sessions with a chance of 2e-9.
struct KeyId {
  static constexpr std::uint64_t kSessionMask = (std::uint64_t{1} << 48) - 1;

  std::uint64_t session = 0;  // 48 bits; higher ones are ignored
  std::uint8_t index = 0;

  static std::uint64_t random_session();
  std::uint64_t kid() const { return (session & kSessionMask) << 8 | index; }
  // Nothing when the KID has more than 56 bits: not one of ours.
  static std::optional<KeyId> from_kid(std::uint64_t kid);
  bool operator==(const KeyId&) const = default;
};

}  // namespace vistime::media
