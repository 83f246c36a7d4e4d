// A secret that parses prints as it was written; its keys have their sizes.
#include <cstdlib>

#include "media/room_key.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  const base::BytesView input(data, size);
  if (const auto secret = media::RoomSecret::parse(base::as_text(input))) {
    if (secret->print() != base::as_text(input)) std::abort();
  }
  if (const auto secret = media::RoomSecret::from_bytes(input.first(std::min<std::size_t>(size, 16)))) {
    const auto again = media::RoomSecret::parse(secret->print());
    if (!again || !(*again == *secret)) std::abort();
    const auto keys = media::derive_room_keys(*secret);
    if (keys.media_base_key.size() != 32 || keys.chat_base_key.size() != 32 || keys.key_check.size() != 16) {
      std::abort();
    }
  }
  return 0;
}
