#include "client/core/chat_cipher.hpp"

#include <utility>

namespace vistime::client {
namespace {

using base::ErrorKind;
constexpr auto kSuite = media::SframeSuite::kAes128GcmSha256;

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

base::Result<base::Bytes> ChatCipher::seal(std::string_view text) {
  if (text.empty()) return base::fail_as(ErrorKind::kInvalid, "invalid", "The message is empty.");
  if (text.size() > kMaxChatText) {
    return base::fail_as(ErrorKind::kInvalid, "invalid", "The message is too long: {} of at most {} bytes.",
                         text.size(), kMaxChatText);
  }
  if (!is_utf8(text)) return base::fail_as(ErrorKind::kInvalid, "invalid", "The message is no UTF-8.");
  return sealer_.seal(base::as_bytes(text), base::as_bytes(room_));
}

std::optional<std::string> ChatCipher::open(base::BytesView sealed) {
  const auto opened = opener_.open(sealed, base::as_bytes(room_));
  if (!opened) return std::nullopt;
  const auto text = base::as_text(opened->plaintext);
  if (!is_utf8(text)) return std::nullopt;
  return std::string(text);
}

}  // namespace vistime::client
