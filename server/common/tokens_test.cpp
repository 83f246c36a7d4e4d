#include "server/common/tokens.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vistime::server {
namespace {

using namespace std::chrono_literals;

const base::WallTime kNow{std::chrono::seconds(1'700'000'000)};

RoomGrant grant() {
  RoomGrant grant;
  grant.room = "abcdefghij";
  grant.participant = "p1";
  grant.name = "Änne \"A\"";
  grant.device = "device";
  grant.role = RoomRole::kModerator;
  grant.room_name = "Board";
  grant.lobby = true;
  grant.max_participants = 25;
  grant.issued = kNow;
  grant.expires = kNow + 60s;
  return grant;
}

struct TokensTest : testing::Test {
  base::Bytes seed = base::Bytes(32, 7);
  TokenSigner signer{seed};
  TokenVerifier verifier = TokenVerifier::from_key_set(signer.key_set()).value();
};

TEST_F(TokensTest, what_was_signed_is_what_is_read) {
  const auto read = verifier.verify_room(signer.sign(grant()), kNow);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->room, grant().room);
  EXPECT_EQ(read->participant, "p1");
  EXPECT_EQ(read->name, grant().name);
  EXPECT_EQ(read->device, "device");
  EXPECT_EQ(read->role, RoomRole::kModerator);
  EXPECT_EQ(read->room_name, "Board");
  EXPECT_TRUE(read->lobby);
  EXPECT_EQ(read->max_participants, 25u);
  EXPECT_EQ(read->expires, grant().expires);
}

TEST_F(TokensTest, an_expired_token_says_to_join_again) {
  const auto token = signer.sign(grant());
  EXPECT_TRUE(verifier.verify_room(token, kNow + 59s));
  EXPECT_EQ(verifier.verify_room(token, kNow + 60s).error().code, "token-expired");
}

TEST_F(TokensTest, a_token_from_the_future_is_refused_beyond_a_small_clock_difference) {
  const auto token = signer.sign(grant());
  EXPECT_TRUE(verifier.verify_room(token, kNow - 30s));
  EXPECT_EQ(verifier.verify_room(token, kNow - 31s).error().code, "token-invalid");
}

TEST_F(TokensTest, changing_any_character_makes_it_invalid) {
  const auto token = signer.sign(grant());
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verifier.verify_room(changed, kNow)) << "character " << i;
  }
}

TEST_F(TokensTest, another_servers_token_is_refused) {
  const base::Bytes other_seed(32, 8);
  EXPECT_EQ(verifier.verify_room(TokenSigner(other_seed).sign(grant()), kNow).error().code, "token-invalid");
}

TEST_F(TokensTest, a_token_without_a_signature_algorithm_is_refused) {
  const std::string header = R"({"alg":"none","typ":"JWT"})";
  const auto token = signer.sign(grant());
  const auto claims = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
  EXPECT_FALSE(verifier.verify_room(base::base64url(base::as_bytes(header)) + claims + ".", kNow));
}

TEST_F(TokensTest, a_control_token_opens_no_room_and_a_room_token_controls_none) {
  const auto control = signer.sign(ControlGrant{"abcdefghij", "close", kNow + 60s});
  const auto read = verifier.verify_control(control, kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->action, "close");
  EXPECT_FALSE(verifier.verify_room(control, kNow));
  EXPECT_FALSE(verifier.verify_control(signer.sign(grant()), kNow));
}

TEST_F(TokensTest, a_name_that_is_not_utf8_does_not_throw) {
  auto odd = grant();
  odd.name = "\xff\xfe";
  EXPECT_TRUE(verifier.verify_room(signer.sign(odd), kNow));
}

TEST_F(TokensTest, a_key_set_without_a_usable_key_is_refused) {
  EXPECT_FALSE(TokenVerifier::from_key_set("{}"));
  EXPECT_FALSE(TokenVerifier::from_key_set("not json"));
  EXPECT_FALSE(
      TokenVerifier::from_key_set(R"({"keys":[{"kty":"RSA"},{"kty":"OKP","crv":"Ed25519","x":"AAAA"},3]})"));
}

}  // namespace
}  // namespace vistime::server
