// Tokens: master says who may do what in which room; conference and file check without asking. JSON Web Tokens
// (RFC 7519) signed with Ed25519 ("EdDSA", RFC 8037); no other algorithm is accepted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace vistime::server {

enum class RoomRole { kGuest, kModerator, kHost };

// What a token for the conference role says. Claims in brackets.
struct RoomGrant {
  std::string room;                    // [room]
  std::string participant;             // [sub] 16 random characters, new for each join
  std::string name;                    // [name] as shown, at most 64 characters
  std::string device;                  // [device] the client's own stable random id; what a ban names
  RoomRole role = RoomRole::kGuest;    // [role] "guest", "moderator", "host"
  std::string room_name;               // [room_name]
  bool lobby = false;                  // [lobby] how the room was created; the room may have changed it since
  std::uint32_t max_participants = 0;  // [max]
  base::WallTime issued;               // [iat]
  base::WallTime expires;              // [exp]
};

// What master tells a conference server about a room, on the same keys; audience "conference-control".
struct ControlGrant {
  std::string room;
  std::string action;  // "close", "status"
  base::WallTime expires;
};

class TokenSigner {
 public:
  // `seed`: 32 bytes, kept in the data folder with mode 0600.
  explicit TokenSigner(base::BytesView seed);
  std::string sign(const RoomGrant& grant) const;
  std::string sign(const ControlGrant& grant) const;
  // A JWK set (RFC 7517) with the public key, for conference servers on other hosts.
  std::string key_set() const;

 private:
  std::string sign_claims(const std::string& claims) const;
  base::Bytes secret_key_;
  base::Bytes public_key_;
  std::string key_id_;
};

class TokenVerifier {
 public:
  // Takes the Ed25519 keys of a JWK set; invalid when it has none.
  static base::Result<TokenVerifier> from_key_set(std::string_view json);
  // kRefused with code "token-invalid", "token-expired" (30 s of clock difference are forgiven when issued in the
  // future, none when expired).
  base::Result<RoomGrant> verify_room(std::string_view token, base::WallTime now) const;
  base::Result<ControlGrant> verify_control(std::string_view token, base::WallTime now) const;

 private:
  struct Key {
    std::string id;
    base::Bytes public_key;
  };
  base::Result<std::string> verified_claims(std::string_view token) const;
  std::vector<Key> keys_;
};

}  // namespace vistime::server
