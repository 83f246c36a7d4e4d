#include "client/cli/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "client/core/chat_cipher.hpp"

namespace vistime::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Combining marks, joiners and variation selectors (Unicode 15, the blocks that occur in names and chat).
constexpr std::array kZero = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},   Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x0900, 0x0902}, Range{0x093C, 0x093C},   Range{0x0941, 0x0948},
    Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A}, Range{0x0E47, 0x0E4E},   Range{0x1AB0, 0x1AFF},
    Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D}, Range{0x2060, 0x2060},   Range{0x20D0, 0x20FF},
    Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0x1F3FB, 0x1F3FF}, Range{0xE0100, 0xE01EF}};
// East Asian wide and fullwidth, and emoji that terminals draw in two columns.
constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},   Range{0x25FD, 0x25FE},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26A1, 0x26A1},   Range{0x26BD, 0x26BE},
    Range{0x26C4, 0x26C5},   Range{0x26D4, 0x26D4},   Range{0x26F2, 0x26F3},   Range{0x2705, 0x2705},
    Range{0x270A, 0x270B},   Range{0x2728, 0x2728},   Range{0x274C, 0x274C},   Range{0x2753, 0x2755},
    Range{0x2757, 0x2757},   Range{0x2795, 0x2797},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
    Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},   Range{0xA960, 0xA97F},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},
    Range{0xFFE0, 0xFFE6},   Range{0x1F004, 0x1F004}, Range{0x1F0CF, 0x1F0CF}, Range{0x1F18E, 0x1F18E},
    Range{0x1F191, 0x1F19A}, Range{0x1F1E6, 0x1F202}, Range{0x1F210, 0x1F23B}, Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F7E0, 0x1F7EB}, Range{0x1F90C, 0x1F9FF}, Range{0x1FA70, 0x1FAFF},
    Range{0x20000, 0x3FFFD}};

template <std::size_t kSize>
bool within(const std::array<Range, kSize>& ranges, std::uint32_t point) {
  return std::ranges::any_of(ranges,
                             [&](const Range& range) { return point >= range.first && point <= range.last; });
}

std::size_t length_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  return std::min(wanted, text.size());
}

std::uint32_t point_of(std::string_view character) {
  if (character.size() == 1) return static_cast<unsigned char>(character[0]);
  std::uint32_t point = static_cast<unsigned char>(character[0]) & (0x7FU >> character.size());
  for (const char c : character.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return point;
}

bool is_dangerous(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069) || point == 0x200E || point == 0x200F || point == 0xFEFF ||
         point == 0x2028 || point == 0x2029;
}

std::size_t columns_of(std::string_view character) {
  const std::uint32_t point = point_of(character);
  if (within(kZero, point)) return 0;
  return within(kWide, point) ? 2 : 1;
}

}  // namespace

std::string_view first_character(std::string_view text) {
  return text.empty() ? text : text.substr(0, length_of(text));
}

std::string neutralised(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    if (!client::is_utf8(character)) {
      out += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(character.size());
    const std::uint32_t point = point_of(character);
    if (point == '\n' || point == '\t' || point == '\r')
      out += ' ';
    else if (is_dangerous(point))
      out += kReplacement;
    else
      out += character;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    width += columns_of(character);
    text.remove_prefix(character.size());
  }
  return width;
}

std::string fitted(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    const std::size_t columns = columns_of(character);
    if (used + columns > width - 1) break;
    out += character;
    used += columns;
    text.remove_prefix(character.size());
  }
  return out + std::string(kEllipsis);
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out = fitted(text, width);
  out.append(width - std::min(width, display_width(out)), ' ');
  return out;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  std::size_t last_blank = std::string::npos;
  width = std::max<std::size_t>(width, 2);
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    const std::size_t columns = columns_of(character);
    if (used + columns > width) {
      std::string rest;
      if (character != " " && last_blank != std::string::npos) {
        rest = lines.back().substr(last_blank + 1);
        lines.back().resize(last_blank);
      }
      used = display_width(rest);
      lines.push_back(std::move(rest));
      last_blank = std::string::npos;
      if (character == " ") {
        text.remove_prefix(1);
        continue;
      }
    }
    if (character == " ") last_blank = lines.back().size();
    lines.back() += character;
    used += columns;
    text.remove_prefix(character.size());
  }
  return lines;
}

}  // namespace vistime::cli
