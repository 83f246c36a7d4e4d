#include "client/core/chat_cipher.hpp"

#include <algorithm>
#include <utility>

#include "protocol/room.pb.h"

namespace vistime::client {
namespace {

using base::ErrorKind;
constexpr auto kSuite = media::SframeSuite::kAes128GcmSha256;
constexpr std::size_t kIdBytes = 16;

// Of UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - i < static_cast<std::size_t>(more)) return false;
    std::uint32_t point = lead & (0x3FU >> more);
    for (int k = 0; k < more; ++k) {
      const auto next = static_cast<unsigned char>(text[i++]);
      if ((next & 0xC0U) != 0x80U) return false;
      point = point << 6 | (next & 0x3FU);
    }
    const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
  }
  return true;
}

ChatCipher::ChatCipher(const media::RoomKeys& keys, std::uint64_t media_session, std::string room)
    : room_(std::move(room)),
      sealer_(media::SframeKey::derive(kSuite, keys.chat_base_key, media::KeyId{media_session, 0}.kid())),
      opener_(kSuite, keys.chat_base_key) {}

base::Result<base::Bytes> ChatCipher::seal(const ChatContent& content) {
  const auto invalid = [](std::string_view why) {
    return base::fail_as(ErrorKind::kInvalid, "invalid", "{}", why);
  };
  if (content.text.empty() && content.reaction.empty()) return invalid("The message is empty.");
  if (!is_utf8(content.text)) return invalid("The message is no UTF-8.");
  const auto reply_to = base::from_hex(content.reply_to);
  if (!reply_to) return invalid("The message answered has no such id.");
  v1::ChatContent wire;
  wire.set_text(content.text);
  wire.set_reply_to(std::string(base::as_text(*reply_to)));
  wire.set_reaction(content.reaction);
  wire.set_withdrawn(content.withdrawn);
  const std::string plaintext = wire.SerializeAsString();
  const std::size_t length = characters(content.text);
  if (length > kMaxChatCharacters || plaintext.size() > kMaxChatBytes) {
    return base::fail_as(ErrorKind::kInvalid, "invalid",
                         "The message is too long: {} characters, of at most {} characters and {} bytes.",
                         length, kMaxChatCharacters, kMaxChatBytes);
  }
  return sealer_.seal(base::as_bytes(plaintext), base::as_bytes(room_));
}

std::optional<ChatContent> ChatCipher::open(base::BytesView sealed) {
  const auto opened = opener_.open(sealed, base::as_bytes(room_));
  if (!opened) return std::nullopt;
  v1::ChatContent wire;
  const auto& plaintext = opened->plaintext;
  if (!wire.ParseFromArray(plaintext.data(), static_cast<int>(plaintext.size()))) return std::nullopt;
  const bool reacts = !wire.reaction().empty();
  const bool odd_reaction =
      reacts && (wire.reply_to().empty() || !wire.text().empty() ||
                 wire.reaction().size() > kMaxReactionBytes || !is_utf8(wire.reaction()));
  const bool odd_reply = !wire.reply_to().empty() && wire.reply_to().size() != kIdBytes;
  const bool empty = wire.text().empty() && !reacts;
  if (empty || odd_reaction || odd_reply || !is_utf8(wire.text())) return std::nullopt;
  if (characters(wire.text()) > kMaxChatCharacters) return std::nullopt;
  return ChatContent{.text = wire.text(),
                     .reply_to = base::hex(base::as_bytes(wire.reply_to())),
                     .reaction = wire.reaction(),
                     .withdrawn = reacts && wire.withdrawn()};
}

}  // namespace vistime::client
