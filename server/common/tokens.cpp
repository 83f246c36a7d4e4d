#include "server/common/tokens.hpp"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vistime::server {
namespace {

using nlohmann::json;

constexpr std::string_view kRoomAudience = "conference";
constexpr std::string_view kControlAudience = "conference-control";
constexpr std::size_t kMaxTokenBytes = 4096;
// Clocks of two of our servers may differ by so much.
constexpr std::int64_t kClockSkewSeconds = 30;

std::string_view name_of(RoomRole role) {
  switch (role) {
    case RoomRole::kGuest: return "guest";
    case RoomRole::kModerator: return "moderator";
    case RoomRole::kHost: return "host";
  }
  return "guest";
}

std::optional<RoomRole> role_of(std::string_view name) {
  for (const auto role : {RoomRole::kGuest, RoomRole::kModerator, RoomRole::kHost}) {
    if (name == name_of(role)) return role;
  }
  return std::nullopt;
}

std::int64_t seconds(base::WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

base::WallTime from_seconds(std::int64_t seconds) { return base::WallTime(std::chrono::seconds(seconds)); }

std::unexpected<base::Error> invalid(std::string_view why) {
  return base::fail_as(base::ErrorKind::kRefused, "token-invalid", "the token is not valid: {}", why);
}

std::optional<std::string> text(const json& claims, const char* name) {
  const auto it = claims.find(name);
  if (it == claims.end() || !it->is_string()) return std::nullopt;
  return it->get<std::string>();
}

std::optional<std::int64_t> number(const json& claims, const char* name) {
  const auto it = claims.find(name);
  if (it == claims.end() || !it->is_number_integer()) return std::nullopt;
  return it->get<std::int64_t>();
}

// Audience and times; the signature was checked before.
base::Result<json> checked(const base::Result<std::string>& text_of_claims, std::string_view audience,
                           base::WallTime now) {
  if (!text_of_claims) return std::unexpected(text_of_claims.error());
  auto claims = json::parse(*text_of_claims, nullptr, false);
  if (!claims.is_object()) return invalid("its claims cannot be read");
  if (text(claims, "aud") != audience) return invalid("it is meant for somebody else");
  const auto issued = number(claims, "iat");
  const auto expires = number(claims, "exp");
  if (!issued || !expires) return invalid("it has no times");
  if (*issued > seconds(now) + kClockSkewSeconds)
    return invalid("it was issued in the future; check the clocks");
  if (*expires <= seconds(now)) {
    return base::fail_as(base::ErrorKind::kRefused, "token-expired", "the token has expired; join again");
  }
  return claims;
}

}  // namespace

TokenSigner::TokenSigner(base::BytesView seed)
    : secret_key_(crypto_sign_SECRETKEYBYTES), public_key_(crypto_sign_PUBLICKEYBYTES) {
  // The seed's length is our own data folder's promise, checked where the file is read.
  base::Bytes whole(seed.begin(), seed.end());
  whole.resize(crypto_sign_SEEDBYTES);
  crypto_sign_seed_keypair(public_key_.data(), secret_key_.data(), whole.data());
  base::Bytes digest(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(digest.data(), public_key_.data(), public_key_.size());
  key_id_ = base::base64url(base::BytesView(digest).first(9));
}

std::string TokenSigner::sign(const RoomGrant& grant) const {
  return sign_claims(json{{"aud", kRoomAudience},
                          {"room", grant.room},
                          {"sub", grant.participant},
                          {"name", grant.name},
                          {"device", grant.device},
                          {"role", name_of(grant.role)},
                          {"room_name", grant.room_name},
                          {"lobby", grant.lobby},
                          {"max", grant.max_participants},
                          {"iat", seconds(grant.issued)},
                          {"exp", seconds(grant.expires)}}
                         .dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string TokenSigner::sign(const ControlGrant& grant) const {
  // No use for an earlier time: it is made where it is used.
  return sign_claims(json{{"aud", kControlAudience},
                          {"room", grant.room},
                          {"action", grant.action},
                          {"iat", 0},
                          {"exp", seconds(grant.expires)}}
                         .dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string TokenSigner::sign_claims(const std::string& claims) const {
  const std::string header = json{{"alg", "EdDSA"}, {"typ", "JWT"}, {"kid", key_id_}}.dump();
  std::string token = base::base64url(base::as_bytes(header)) + "." + base::base64url(base::as_bytes(claims));
  base::Bytes signature(crypto_sign_BYTES);
  const auto signed_part = base::as_bytes(token);
  crypto_sign_detached(signature.data(), nullptr, signed_part.data(), signed_part.size(), secret_key_.data());
  token += "." + base::base64url(signature);
  return token;
}

std::string TokenSigner::key_set() const {
  const json key{{"kty", "OKP"},   {"crv", "Ed25519"}, {"use", "sig"},
                 {"alg", "EdDSA"}, {"kid", key_id_},   {"x", base::base64url(public_key_)}};
  return json{{"keys", json::array({key})}}.dump(1);
}

base::Result<TokenVerifier> TokenVerifier::from_key_set(std::string_view text_of_set) {
  TokenVerifier verifier;
  const auto set = json::parse(text_of_set, nullptr, false);
  const json keys =
      set.is_object() && set.contains("keys") && set["keys"].is_array() ? set["keys"] : json::array();
  for (const auto& key : keys) {
    if (!key.is_object() || text(key, "kty") != "OKP" || text(key, "crv") != "Ed25519") continue;
    const auto bytes = base::from_base64url(text(key, "x").value_or(""));
    if (!bytes || bytes->size() != crypto_sign_PUBLICKEYBYTES) continue;
    verifier.keys_.push_back({text(key, "kid").value_or(""), *bytes});
  }
  if (verifier.keys_.empty()) {
    return base::fail(base::ErrorKind::kInvalid,
                      "no Ed25519 key in the key set; `vistimed token-keys` prints one");
  }
  return verifier;
}

base::Result<std::string> TokenVerifier::verified_claims(std::string_view token) const {
  if (token.size() > kMaxTokenBytes) return invalid("it is too long");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return invalid("it has no three parts");
  const auto header = base::from_base64url(token.substr(0, first));
  const auto claims = base::from_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = base::from_base64url(token.substr(second + 1));
  if (!header || !claims || !signature || signature->size() != crypto_sign_BYTES)
    return invalid("it is malformed");
  const auto head = json::parse(base::as_text(*header), nullptr, false);
  if (!head.is_object() || text(head, "alg") != "EdDSA") return invalid("only EdDSA is accepted");
  const auto key_id = text(head, "kid").value_or("");
  const auto signed_part = base::as_bytes(token.substr(0, second));
  for (const Key& key : keys_) {
    if (key.id != key_id) continue;
    if (crypto_sign_verify_detached(signature->data(), signed_part.data(), signed_part.size(),
                                    key.public_key.data()) == 0) {
      return std::string(base::as_text(*claims));
    }
  }
  return invalid("its signature is not one of ours");
}

base::Result<RoomGrant> TokenVerifier::verify_room(std::string_view token, base::WallTime now) const {
  const auto claims = checked(verified_claims(token), kRoomAudience, now);
  if (!claims) return std::unexpected(claims.error());
  const auto room = text(*claims, "room"), participant = text(*claims, "sub"), name = text(*claims, "name"),
             device = text(*claims, "device"), room_name = text(*claims, "room_name");
  const auto role = role_of(text(*claims, "role").value_or(""));
  const auto max = number(*claims, "max");
  if (!room || !participant || !name || !device || !room_name || !role || !max || *max < 0 ||
      *max > 1'000'000) {
    return invalid("a claim is missing");
  }
  RoomGrant grant;
  grant.room = *room;
  grant.participant = *participant;
  grant.name = *name;
  grant.device = *device;
  grant.room_name = *room_name;
  grant.role = *role;
  grant.lobby = claims->value("lobby", json(false)) == json(true);
  grant.max_participants = static_cast<std::uint32_t>(*max);
  grant.issued = from_seconds(*number(*claims, "iat"));
  grant.expires = from_seconds(*number(*claims, "exp"));
  return grant;
}

base::Result<ControlGrant> TokenVerifier::verify_control(std::string_view token, base::WallTime now) const {
  const auto claims = checked(verified_claims(token), kControlAudience, now);
  if (!claims) return std::unexpected(claims.error());
  const auto room = text(*claims, "room"), action = text(*claims, "action");
  if (!room || !action) return invalid("a claim is missing");
  return ControlGrant{*room, *action, from_seconds(*number(*claims, "exp"))};
}

}  // namespace vistime::server
