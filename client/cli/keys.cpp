#include "client/cli/keys.hpp"

#include "client/cli/terminal_text.hpp"
#include "client/core/chat_cipher.hpp"

namespace vistime::cli {
namespace {

constexpr char kEscapeByte = 0x1b;

bool is_final(char c) { return c >= 0x40 && c <= 0x7e; }

// ECMA-48: ESC [ parameters final, or ESC O final. Answers how long it is; 0 when it is not yet whole.
std::size_t sequence_length(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] == 'O') return bytes.size() >= 3 ? 3 : 0;
  if (bytes[1] != '[') return 1;
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    if (is_final(bytes[i])) return i + 1;
  }
  return 0;
}

void push_arrow(std::vector<Key>& keys, char final_byte) {
  switch (final_byte) {
    case 'A': keys.push_back({KeyKind::kUp, {}}); break;
    case 'B': keys.push_back({KeyKind::kDown, {}}); break;
    case 'C': keys.push_back({KeyKind::kRight, {}}); break;
    case 'D': keys.push_back({KeyKind::kLeft, {}}); break;
    default: break;
  }
}

void push_control(std::vector<Key>& keys, char c) {
  switch (c) {
    case '\r':
    case '\n': keys.push_back({KeyKind::kEnter, {}}); break;
    case 0x7f:
    case 0x08: keys.push_back({KeyKind::kBackspace, {}}); break;
    case 0x15: keys.push_back({KeyKind::kClearLine, {}}); break;  // Ctrl-U
    default: break;
  }
}

}  // namespace

std::vector<Key> KeyParser::read(std::string_view bytes) {
  pending_ += bytes;
  std::string_view rest = pending_;
  std::vector<Key> keys;
  while (!rest.empty()) {
    const char c = rest.front();
    std::size_t taken = 1;
    if (c == kEscapeByte) {
      if (rest.size() == 1) {
        keys.push_back({KeyKind::kEscape, {}});
      } else {
        taken = sequence_length(rest);
        if (taken == 0) break;
        if (taken == 1)
          keys.push_back({KeyKind::kEscape, {}});
        else
          push_arrow(keys, rest[taken - 1]);
      }
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      push_control(keys, c);
    } else {
      const std::string_view character = first_character(rest);
      taken = character.size();
      const auto lead = static_cast<unsigned char>(c);
      const std::size_t whole = lead >= 0xF5 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
      if (taken < whole && rest.size() < whole) break;  // its rest has not been read yet
      if (client::is_utf8(character))
        keys.push_back({KeyKind::kCharacter, std::string(character)});
      else
        taken = 1;
    }
    rest.remove_prefix(taken);
  }
  // Nothing sensible is this long.
  pending_ = rest.size() > 64 ? std::string() : std::string(rest);
  return keys;
}

}  // namespace vistime::cli
