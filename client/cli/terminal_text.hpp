// Text for a terminal: what others wrote, made harmless, and measured in columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vistime::cli {

// Control characters (C0, C1, DEL), bidirectional overrides and broken UTF-8 become U+FFFD; newlines and tabs a blank.
std::string neutralised(std::string_view text);

// Columns: 0 for combining marks, 2 for wide characters (East Asian, emoji), else 1. `text` is neutralised.
std::size_t display_width(std::string_view text);
// Cut to at most `width` columns, with an ellipsis where something was cut.
std::string fitted(std::string_view text, std::size_t width);
// Fitted, and filled up with blanks.
std::string padded(std::string_view text, std::size_t width);
// Broken into lines of at most `width` columns, at blanks where possible. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

// The first character of `text` as bytes; empty only for an empty text.
std::string_view first_character(std::string_view text);

}  // namespace vistime::cli
