#include "server/edge/help_article.hpp"

#include <cmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>

namespace vistime::server::edge {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kFence = "---";
constexpr std::size_t kMaxFields = 20;
constexpr std::size_t kMaxCodes = 64;

struct NodeDeleter {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct IteratorDeleter {
  void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(line);
}

using Fields = std::map<std::string, std::string, std::less<>>;

// Takes the front matter off `text`.
Result<Fields> read_fields(std::string_view& text) {
  if (next_line(text) != kFence)
    return fail(ErrorKind::kInvalid, "it does not begin with front matter between lines of ---");
  Fields fields;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line == kFence) return fields;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || fields.size() == kMaxFields)
      return fail(ErrorKind::kInvalid, "its front matter has a line that is not 'name: value': {}", line);
    fields.emplace(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return fail(ErrorKind::kInvalid, "its front matter does not end");
}

bool is_date(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00";
  return std::ranges::equal(text, kForm, [](char got, char wanted) {
    return wanted == '0' ? got >= '0' && got <= '9' : got == wanted;
  });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
}

int number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && text.size() == 4;
  return whole && number >= 1000 ? number : 0;
}

Result<void> fill(HelpArticle& article, const Fields& fields) {
  const auto field = [&](std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  if (number_of(field("number")) != article.number)
    return fail(ErrorKind::kInvalid, "its number is not the one of its file's name");
  article.title = field("title");
  article.summary = field("summary");
  article.created = field("created");
  article.modified = field("modified");
  if (article.title.empty() || article.summary.empty())
    return fail(ErrorKind::kInvalid, "it needs a title and a summary");
  if (!is_date(article.created) || !is_date(article.modified))
    return fail(ErrorKind::kInvalid, "created and modified are dates like 2026-01-31");
  std::string_view codes = fields.contains("codes") ? std::string_view(fields.find("codes")->second) : "";
  while (!codes.empty()) {
    const auto comma = std::min(codes.find(','), codes.size());
    const std::string_view code = trimmed(codes.substr(0, comma));
    if (!is_token(code) || article.codes.size() == kMaxCodes)
      return fail(ErrorKind::kInvalid, "codes are words of small letters, digits and -, with commas between");
    article.codes.emplace_back(code);
    codes.remove_prefix(std::min(comma + 1, codes.size()));
  }
  return {};
}

// "What you can do" -> "what-you-can-do"; letters beyond ASCII stay.
std::string anchor_of(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const bool keeps = static_cast<unsigned char>(letter) >= 0x80 || (letter >= '0' && letter <= '9') ||
                       (letter >= 'a' && letter <= 'z');
    if (keeps)
      out.push_back(letter);
    else if (letter >= 'A' && letter <= 'Z')
      out.push_back(static_cast<char>(letter | 0x20));
    else if (!out.empty() && out.back() != '-')
      out.push_back('-');
  }
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "section" : out;
}

std::string literal_of(cmark_node* node) {
  const char* text = cmark_node_get_literal(node);
  return text == nullptr ? std::string() : std::string(text);
}

// Fills text and headings.
void read_nodes(HelpArticle& article, cmark_node* document) {
  const std::unique_ptr<cmark_iter, IteratorDeleter> iterator(cmark_iter_new(document));
  HelpHeading* heading = nullptr;
  for (cmark_event_type event = cmark_iter_next(iterator.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iterator.get())) {
    cmark_node* node = cmark_iter_get_node(iterator.get());
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING) {
      heading = nullptr;
      if (event == CMARK_EVENT_ENTER) {
        article.headings.push_back({cmark_node_get_heading_level(node), "", ""});
        heading = &article.headings.back();
      }
    }
    const bool inner = type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK;
    if (inner) {
      const std::string literal = literal_of(node);
      article.text += literal;
      if (heading != nullptr && heading->text.empty() && type == CMARK_NODE_CODE && is_token(literal))
        heading->anchor = literal;
      if (heading != nullptr) heading->text += literal;
    } else {
      article.text += ' ';
    }
  }
  std::map<std::string, int> seen;
  for (HelpHeading& each : article.headings) {
    if (each.anchor.empty()) each.anchor = anchor_of(each.text);
    const int count = ++seen[each.anchor];
    if (count > 1) each.anchor += fmt::format("-{}", count);
  }
}

// cmark gives headings no anchors. In its answer "<h2>" is a heading for certain: text is escaped, HTML left out.
std::string with_anchors(std::string_view html, const std::vector<HelpHeading>& headings) {
  std::string out;
  for (const HelpHeading& heading : headings) {
    const std::string tag = fmt::format("<h{}>", heading.level);
    const auto at = html.find(tag);
    if (at == std::string_view::npos) break;
    out += html.substr(0, at);
    out += fmt::format("<h{} id=\"{}\">", heading.level, heading.anchor);
    html.remove_prefix(at + tag.size());
  }
  return out.append(html);
}

}  // namespace

Result<HelpArticle> parse_article(std::string_view name, std::string_view text) {
  HelpArticle article;
  article.number = number_of(name.substr(0, 4));
  const bool named = name.size() > 8 && name[4] == '-' && name.ends_with(".md");
  if (named) article.slug = name.substr(5, name.size() - 8);
  if (!named || article.number == 0 || !is_token(article.slug))
    return fail(ErrorKind::kInvalid, "{}: articles are called like 1001-firewall.md", name);
  if (text.size() > kMaxArticleBytes) return fail(ErrorKind::kInvalid, "{}: it is too long", name);
  auto fields = read_fields(text);
  if (!fields) return base::within(std::string(name), std::move(fields).error());
  if (auto filled = fill(article, *fields); !filled)
    return base::within(std::string(name), std::move(filled).error());
  const std::unique_ptr<cmark_node, NodeDeleter> document(
      cmark_parse_document(text.data(), text.size(), CMARK_OPT_VALIDATE_UTF8));
  if (!document) return fail(ErrorKind::kInternal, "{}: it cannot be read as CommonMark", name);
  read_nodes(article, document.get());
  const std::unique_ptr<char, void (*)(void*)> html(
      cmark_render_html(document.get(), CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8), std::free);
  if (html) article.html = with_anchors(html.get(), article.headings);
  return article;
}

}  // namespace vistime::server::edge
