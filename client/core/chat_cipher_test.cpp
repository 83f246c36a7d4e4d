#include "client/core/chat_cipher.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

media::RoomKeys keys(const char* secret) {
  return media::derive_room_keys(media::RoomSecret::parse(secret).value());
}

class ChatCipherTest : public testing::Test {
 protected:
  media::RoomKeys ours_ = keys("AAECAwQFBgcICQoLDA0ODw");
  ChatCipher anna_{ours_, 1, "abcdefgh23"};
  ChatCipher ben_{ours_, 2, "abcdefgh23"};
};

TEST_F(ChatCipherTest, what_one_seals_another_of_the_room_opens) {
  const auto sealed = anna_.seal({"Grüße 👋"});
  ASSERT_TRUE(sealed);
  EXPECT_EQ(ben_.open(*sealed), (ChatContent{.text = "Grüße 👋"}));
}

TEST_F(ChatCipherTest, the_same_words_never_look_the_same) {
  EXPECT_NE(anna_.seal({"yes"}).value(), anna_.seal({"yes"}).value());
}

TEST_F(ChatCipherTest, another_rooms_message_and_another_key_are_not_opened) {
  const auto sealed = anna_.seal({"hello"}).value();
  EXPECT_FALSE(ChatCipher(ours_, 3, "abcdefgh24").open(sealed));
  EXPECT_FALSE(ChatCipher(keys("AAAAAAAAAAAAAAAAAAAAAA"), 3, "abcdefgh23").open(sealed));
  EXPECT_FALSE(ben_.open(base::as_bytes("noise")));
  EXPECT_FALSE(ben_.open({}));
}

TEST_F(ChatCipherTest, the_longest_text_fits_what_the_server_takes) {
  const auto sealed = anna_.seal({std::string(kMaxChatCharacters, 'x')});
  ASSERT_TRUE(sealed);
  EXPECT_LE(sealed->size(), 16U * 1024U);
  EXPECT_FALSE(anna_.seal({std::string(kMaxChatCharacters + 1, 'x')}));
}

TEST_F(ChatCipherTest, empty_and_broken_texts_are_refused) {
  EXPECT_FALSE(anna_.seal({""}));
  EXPECT_FALSE(anna_.seal({"\xff"}));
}

TEST_F(ChatCipherTest, answers_and_reactions_arrive_as_they_were) {
  const std::string id(32, 'a');
  for (const ChatContent& content : {ChatContent{.text = "yes", .reply_to = id},
                                     ChatContent{.reply_to = id, .reaction = "👍", .withdrawn = true}}) {
    EXPECT_EQ(ben_.open(anna_.seal(content).value()), content);
  }
}

TEST_F(ChatCipherTest, what_says_nothing_sensible_is_not_opened) {
  const std::string id(32, 'a');
  for (const ChatContent& content :
       {ChatContent{.text = "x", .reply_to = "aa"}, ChatContent{.reaction = "👍"},
        ChatContent{.text = "x", .reply_to = id, .reaction = "👍"},
        ChatContent{.reply_to = id, .reaction = std::string(33, 'x')}}) {
    EXPECT_FALSE(ben_.open(anna_.seal(content).value()));
  }
}

TEST(IsUtf8, follows_the_rfc) {
  EXPECT_TRUE(is_utf8("a\xC2\x80\xE0\xA0\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
  for (const char* wrong : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(wrong));
  }
}

}  // namespace
}  // namespace vistime::client
