#include "media/room_key.hpp"

#include <gtest/gtest.h>

#include <set>

#include "media/test_vectors.hpp"

namespace vistime::media {
namespace {

TEST(RoomKey, gives_the_golden_keys) {
  const auto vectors = read_vectors("room_key.json").at("room_key");
  ASSERT_GE(vectors.size(), 4U);
  for (const auto& vector : vectors) {
    const auto secret = RoomSecret::parse(vector.at("text").get<std::string>());
    ASSERT_TRUE(secret);
    EXPECT_EQ(base::hex(secret->bytes()), text_field(vector, "secret"));
    EXPECT_EQ(secret->print(), text_field(vector, "text"));
    const RoomKeys keys = derive_room_keys(*secret);
    EXPECT_EQ(base::hex(keys.media_base_key), text_field(vector, "media_base_key"));
    EXPECT_EQ(base::hex(keys.chat_base_key), text_field(vector, "chat_base_key"));
    EXPECT_EQ(base::hex(keys.key_check), text_field(vector, "key_check"));
  }
}

TEST(RoomSecret, is_random_and_survives_its_own_spelling) {
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const RoomSecret secret = RoomSecret::generate();
    EXPECT_EQ(secret.print().size(), RoomSecret::kTextSize);
    const auto parsed = RoomSecret::parse(secret.print());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, secret);
    EXPECT_TRUE(seen.insert(secret.print()).second);
  }
}

TEST(RoomSecret, refuses_what_is_not_exactly_22_canonical_characters) {
  for (const char* text : {"", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA=",
                           "AAAAAAAAAAA+AAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAA AAAAAAAAAAA"}) {
    const auto parsed = RoomSecret::parse(text);
    EXPECT_FALSE(parsed) << text;
  }
}

TEST(RoomSecret, the_error_does_not_repeat_the_secret) {
  const auto parsed = RoomSecret::parse("verySecretPart");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find("verySecret"), std::string::npos);
}

TEST(KeyId, packs_session_and_index_as_the_vectors_say) {
  for (const auto& vector : read_vectors("room_key.json").at("key_id")) {
    const KeyId id{number_field(vector, "session"), vector.at("index").get<std::uint8_t>()};
    EXPECT_EQ(id.kid(), number_field(vector, "kid"));
    EXPECT_EQ(KeyId::from_kid(id.kid()), id);
  }
}

TEST(KeyId, knows_that_a_kid_beyond_56_bits_is_not_ours) {
  EXPECT_FALSE(KeyId::from_kid(std::uint64_t{1} << 56));
  EXPECT_LE(KeyId::random_session(), KeyId::kSessionMask);
}

}  // namespace
}  // namespace vistime::media
