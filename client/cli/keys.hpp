// Bytes from a terminal in raw mode, read as keys. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vistime::cli {

enum class KeyKind : std::uint8_t {
  kCharacter,
  kEnter,
  kBackspace,
  kEscape,
  kUp,
  kDown,
  kLeft,
  kRight,
  kClearLine
};

struct Key {
  KeyKind kind = KeyKind::kCharacter;
  std::string text;  // one character, with kCharacter
  bool operator==(const Key&) const = default;
};

class KeyParser {
 public:
  // A character cut in two waits for its rest. Escape at the very end of what was read is the key itself; other
  // sequences that mean nothing to us are swallowed whole.
  std::vector<Key> read(std::string_view bytes);

 private:
  std::string pending_;
};

}  // namespace vistime::cli
