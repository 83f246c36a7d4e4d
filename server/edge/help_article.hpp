// One article of the help: a file of CommonMark behind a few lines that say what it is.
//
//   ---
//   number: 1004
//   title: Connection errors by code
//   created: 2026-01-31
//   modified: 2026-02-14
//   summary: What each code means, and what to do.
//   codes: dns, tcp-timeout          (optional: the codes of errors that it explains)
//   ---
//
// A heading that begins with code has that code as its anchor, so that a program can link to it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vistime::server::edge {

struct HelpHeading {
  int level = 2;
  std::string anchor;
  std::string text;
};

struct HelpArticle {
  int number = 0;
  std::string slug;
  std::string title, summary;
  std::string created, modified;  // "2026-01-31"
  std::vector<std::string> codes;
  std::string html;  // safe: what CommonMark lets through as HTML is left out
  std::string text;  // without marks, for the search
  std::vector<HelpHeading> headings;
};

inline constexpr std::size_t kMaxArticleBytes = 256 * 1024;

// `name`: of the file, "1004-connection-errors.md". Errors name it and say what is wrong.
base::Result<HelpArticle> parse_article(std::string_view name, std::string_view text);

}  // namespace vistime::server::edge
