// Chat as the server sees it: sealed with SFrame under the chat's base key, with the room's id as associated data.
// The KID is this session's, index 0.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "media/room_key.hpp"
#include "media/sframe.hpp"

namespace vistime::client {

// The server takes 16 KiB of ciphertext; this leaves room for header and tag.
inline constexpr std::size_t kMaxChatBytes = 16 * 1024 - 64;
inline constexpr std::size_t kMaxChatCharacters = 8'000;
inline constexpr std::size_t kMaxReactionBytes = 32;

// What a message says: a text, perhaps in answer to another; or a reaction to another, or that one is taken back.
struct ChatContent {
  std::string text = {};
  std::string reply_to = {};  // hex, else empty
  std::string reaction = {};
  bool withdrawn = false;
  bool operator==(const ChatContent&) const = default;
};

class ChatCipher {
 public:
  ChatCipher(const media::RoomKeys& keys, std::uint64_t media_session, std::string room);

  // kInvalid for what is empty, too long or not UTF-8.
  base::Result<base::Bytes> seal(const ChatContent& content);
  // Nothing when it was not sealed for this room, or says nothing that this client understands.
  std::optional<ChatContent> open(base::BytesView sealed);

 private:
  std::string room_;
  media::SframeSealer sealer_;
  media::SframeOpener opener_;
};

// RFC 3629: no surrogates, nothing overlong, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace vistime::client
