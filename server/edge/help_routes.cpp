#include "server/edge/help_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/edge/query.hpp"

namespace vistime::server::edge {
namespace {

struct HelpWords {
  std::string_view title, lead, search, find, all, empty;
  std::string_view found, found_one, nothing, nothing_hint;
  std::string_view article, created, modified, contents, print, copy, copied, other;
  std::string_view missing_title, missing_text;
};

constexpr HelpWords kEnglish = {
    .title = "Help",
    .lead = "For people who join meetings, and for the IT of their organisation.",
    .search = "Search the help",
    .find = "Search",
    .all = "All articles",
    .empty = "No articles are installed on this server.",
    .found = "{} articles for “{}”",
    .found_one = "One article for “{}”",
    .nothing = "No article has “{}”",
    .nothing_hint = "Try fewer or other words, or the code that the program showed.",
    .article = "Article {}",
    .created = "Created",
    .modified = "Modified",
    .contents = "On this page",
    .print = "Print",
    .copy = "Copy",
    .copied = "Copied",
    .other = "All articles",
    .missing_title = "There is no such article",
    .missing_text = "The link may be old or incomplete. Search for what you need:",
};

constexpr HelpWords kGerman = {
    .title = "Hilfe",
    .lead = "Für alle, die an Besprechungen teilnehmen, und für die IT ihrer Organisation.",
    .search = "Die Hilfe durchsuchen",
    .find = "Suchen",
    .all = "Alle Artikel",
    .empty = "Auf diesem Server sind keine Artikel installiert.",
    .found = "{} Artikel zu „{}“",
    .found_one = "Ein Artikel zu „{}“",
    .nothing = "Kein Artikel enthält „{}“",
    .nothing_hint = "Versuchen Sie weniger oder andere Wörter, oder den Code, den das Programm gezeigt hat.",
    .article = "Artikel {}",
    .created = "Erstellt",
    .modified = "Geändert",
    .contents = "Auf dieser Seite",
    .print = "Drucken",
    .copy = "Kopieren",
    .copied = "Kopiert",
    .other = "Alle Artikel",
    .missing_title = "Diesen Artikel gibt es nicht",
    .missing_text = "Der Link ist vielleicht alt oder unvollständig. Suchen Sie, was Sie brauchen:",
};

const HelpWords& words_of(const PageView& view) {
  return view.language == Language::kGerman ? kGerman : kEnglish;
}

// From here on a section list pays off.
constexpr std::size_t kContentsFrom = 4;

std::string search_form(const PageView& view, const HelpWords& words, std::string_view query) {
  const std::string language = view.chosen ? fmt::format("<input type=\"hidden\" name=\"lang\" value=\"{}\">",
                                                         view.language == Language::kGerman ? "de" : "en")
                                           : "";
  return fmt::format(
      "<form class=\"search\" role=\"search\" action=\"/help\" method=\"get\">{}"
      "<input type=\"search\" name=\"q\" value=\"{}\" aria-label=\"{}\" placeholder=\"{}\" maxlength=\"{}\" "
      "autocomplete=\"off\"><button type=\"submit\">{}</button></form>\n",
      language, escape_html(query), words.search, words.search, kMaxQueryValue, words.find);
}

std::string list_item(const PageView& view, const HelpWords& words, const HelpArticle& article,
                      std::string_view anchor) {
  const std::string fragment = anchor.empty() ? "" : fmt::format("#{}", escape_html(anchor));
  return fmt::format(
      "<li><h3><a href=\"/help/{}{}{}\">{}</a></h3>\n<p>{}</p>\n<p class=\"meta\">{}</p></li>\n",
      article.number, view.suffix(), fragment, escape_html(article.title), escape_html(article.summary),
      fmt::format(fmt::runtime(words.article), article.number));
}

std::string article_list(const PageView& view, const HelpLibrary& library) {
  const HelpWords& words = words_of(view);
  std::string items;
  for (const HelpArticle* article : library.all(view.language)) items += list_item(view, words, *article, "");
  return fmt::format("<h2>{}</h2>\n<ul class=\"articles\">\n{}</ul>\n", words.all, items);
}

std::string hit_list(const PageView& view, const HelpLibrary& library, const std::string& query) {
  const HelpWords& words = words_of(view);
  const auto hits = library.search(view.language, query);
  const std::string shown = escape_html(query);
  if (hits.empty())
    return fmt::format("<h2>{}</h2>\n<p>{}</p>\n", fmt::format(fmt::runtime(words.nothing), shown),
                       words.nothing_hint) +
           article_list(view, library);
  std::string items;
  for (const HelpHit& hit : hits) items += list_item(view, words, *hit.article, hit.anchor);
  const std::string heading = hits.size() == 1 ? fmt::format(fmt::runtime(words.found_one), shown)
                                               : fmt::format(fmt::runtime(words.found), hits.size(), shown);
  return fmt::format("<h2>{}</h2>\n<ul class=\"articles\">\n{}</ul>\n", heading, items);
}

std::string contents_of(const HelpWords& words, const HelpArticle& article) {
  std::string items;
  std::size_t count = 0;
  for (const HelpHeading& heading : article.headings) {
    if (heading.level != 2) continue;
    items += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", escape_html(heading.anchor),
                         escape_html(heading.text));
    ++count;
  }
  if (count < kContentsFrom) return {};
  return fmt::format(
      "<nav class=\"contents card\" aria-labelledby=\"contents\">\n<h2 id=\"contents\">{}</h2>\n<ul "
      "class=\"plain\">\n{}</ul>\n</nav>\n",
      words.contents, items);
}

std::string article_page(const PageView& view, const HelpArticle& article) {
  const HelpWords& words = words_of(view);
  std::string body = fmt::format(
      "<article class=\"article\" data-copy-word=\"{}\" data-copied-word=\"{}\">\n<div "
      "class=\"heading\"><h1>{}</h1>\n"
      "<button type=\"button\" class=\"quiet\" data-print hidden>{}</button></div>\n"
      "<p class=\"lead\">{}</p>\n<p class=\"meta\"><span>{}</span><span>{} <time>{}</time></span>"
      "<span>{} <time>{}</time></span></p>\n",
      words.copy, words.copied, escape_html(article.title), words.print, escape_html(article.summary),
      fmt::format(fmt::runtime(words.article), article.number), words.created, article.created,
      words.modified, article.modified);
  body += contents_of(words, article);
  body += with_language(view, article.html);
  body += fmt::format("</article>\n<p class=\"back\"><a href=\"/help{}\">{}</a></p>\n", view.suffix(),
                      words.other);
  return framed_page(view, {article.title, std::move(body), "help", false});
}

Response missing_page(const Request& request, const PageView& view) {
  const HelpWords& words = words_of(view);
  std::string body =
      fmt::format("<h1>{}</h1>\n<p>{}</p>\n{}<p><a href=\"/help{}\">{}</a></p>\n", words.missing_title,
                  words.missing_text, search_form(view, words, ""), view.suffix(), words.other);
  return page_response(request, http::status::not_found,
                       framed_page(view, {std::string(words.missing_title), std::move(body), "help", false}));
}

Response index_page(const Request& request, const Target& target, const HelpLibrary* library) {
  PageView view = view_of(request, target, "/help");
  const HelpWords& words = words_of(view);
  const std::string query = query_value(target.query, "q").value_or("");
  if (!query.empty()) view.query = "q=" + query_encoded(query);
  std::string body = fmt::format("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n", words.title, words.lead);
  if (library == nullptr) {
    body += fmt::format("<p>{}</p>\n", words.empty);
  } else {
    body += search_form(view, words, query);
    body += search_words(query, 1).empty() ? article_list(view, *library) : hit_list(view, *library, query);
  }
  return page_response(request, http::status::ok,
                       framed_page(view, {std::string(words.title), std::move(body), "help", false}));
}

// "1001" is shown, "1001-whatever" leads there: a title may change, the number stays.
Response article_or_missing(const Request& request, const Target& target, const HelpLibrary* library) {
  const std::string& name = target.segments.back();
  PageView view = view_of(request, target, "/help");
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool slugged = end != name.data() + name.size();
  const HelpArticle* article = library == nullptr || error != std::errc{} || (slugged && *end != '-')
                                   ? nullptr
                                   : library->find(view.language, number);
  if (article == nullptr) return missing_page(request, view);
  view.path = fmt::format("/help/{}", number);
  if (!slugged) return page_response(request, http::status::ok, article_page(view, *article));
  Response response = json_response(request, http::status::moved_permanently, "");
  response.erase(http::field::content_type);
  response.set(http::field::location, view.path + view.suffix());
  return response;
}

}  // namespace

std::string with_language(const PageView& view, std::string_view html) {
  if (!view.chosen) return std::string(html);
  constexpr std::string_view kLink = "href=\"/";
  std::string out;
  for (auto at = html.find(kLink); at != std::string_view::npos; at = html.find(kLink)) {
    const auto end = std::min(html.find_first_of("?#\"", at + kLink.size()), html.size());
    out += html.substr(0, end);
    const bool page = end < html.size() && html[end] != '?' && !html.substr(0, end).ends_with(".txt") &&
                      !html.substr(0, end).ends_with(".json");
    if (page) out += view.suffix();
    html.remove_prefix(end);
  }
  return out.append(html);
}

void register_help(Router& router, std::shared_ptr<const HelpLibrary> library) {
  router.on(http::verb::get, "/help", [library](Request request, Target target, Peer) -> Task<Response> {
    co_return index_page(request, target, library.get());
  });
  router.on(http::verb::get, "/help/*", [library](Request request, Target target, Peer) -> Task<Response> {
    co_return article_or_missing(request, target, library.get());
  });
}

}  // namespace vistime::server::edge
