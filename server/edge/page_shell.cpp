#include "server/edge/page_shell.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "base/bytes.hpp"
#include "protocol/version.hpp"
#include "server/edge/query.hpp"
#include "server/edge/resources.hpp"

namespace vistime::server::edge {
namespace {

struct ShellWords {
  std::string_view code, skip, sections, network, help, languages;
};
constexpr ShellWords kEnglish = {"en", "Skip to the content", "Sections", "Network", "Help", "Language"};
constexpr ShellWords kGerman = {"de", "Zum Inhalt", "Bereiche", "Netzwerk", "Hilfe", "Sprache"};

const ShellWords& words_of(Language language) { return language == Language::kGerman ? kGerman : kEnglish; }

struct StaticFile {
  std::string name;
  std::string_view type;
  std::string content;
};

StaticFile static_file(std::string_view stem, std::string_view ending, std::string_view type,
                       std::string content) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  return {fmt::format("{}-{}.{}", stem, base::base64url(base::BytesView(hash)), ending), type,
          std::move(content)};
}

struct StaticFiles {
  StaticFile style = static_file("page", "css", "text/css; charset=utf-8",
                                 std::string(resources::kTokens) + std::string(resources::kStyle));
  StaticFile page_script =
      static_file("page", "js", "text/javascript; charset=utf-8", std::string(resources::kPageScript));
  StaticFile check_script = static_file("network-check", "js", "text/javascript; charset=utf-8",
                                        std::string(resources::kCheckScript));
};

const StaticFiles& static_files() {
  static const StaticFiles kFiles;
  return kFiles;
}

std::string navigation_link(const PageView& view, std::string_view path, std::string_view words,
                            bool current) {
  return fmt::format("<a href=\"{}{}\"{}>{}</a>", path, view.suffix(),
                     current ? " aria-current=\"page\"" : "", words);
}

std::string language_link(const PageView& view, std::string_view code, std::string_view name, bool current) {
  const std::string query = view.query.empty() ? "" : "&amp;" + escape_html(view.query);
  return fmt::format("<a href=\"{0}?lang={1}{2}\" lang=\"{1}\" hreflang=\"{1}\"{3}>{4}</a>",
                     escape_html(view.path), code, query, current ? " aria-current=\"true\"" : "", name);
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out.push_back(letter);
    }
  }
  return out;
}

std::string PageView::suffix() const {
  if (!chosen) return {};
  return language == Language::kGerman ? "?lang=de" : "?lang=en";
}

PageView view_of(const Request& request, const Target& target, std::string path) {
  const auto asked = asked_language(target.query);
  const auto header = request[http::field::accept_language];
  PageView view;
  view.language = asked ? *asked : preferred_language({header.data(), header.size()});
  view.chosen = asked.has_value();
  view.path = std::move(path);
  return view;
}

std::string framed_page(const PageView& view, const PageContent& content) {
  const ShellWords& words = words_of(view.language);
  const StaticFiles& files = static_files();
  const bool german = view.language == Language::kGerman;
  const std::string check =
      content.checks_network
          ? fmt::format("<script src=\"/static/{}\" defer></script>\n", files.check_script.name)
          : "";
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>{} · Vistime</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<link rel=\"stylesheet\" href=\"/static/{}\">\n<script src=\"/static/{}\" "
      "defer></script>\n{}</head>\n",
      words.code, escape_html(content.title), files.style.name, files.page_script.name, check);
  page += fmt::format(
      "<body>\n<a class=\"skip\" href=\"#content\">{}</a>\n<header class=\"top\">\n"
      "<a class=\"brand\" href=\"/\">Vistime</a>\n<nav aria-label=\"{}\">{}{}</nav>\n"
      "<nav class=\"languages\" aria-label=\"{}\">{}{}</nav>\n</header>\n",
      words.skip, words.sections,
      navigation_link(view, "/network", words.network, content.section == "network"),
      navigation_link(view, "/help", words.help, content.section == "help"), words.languages,
      language_link(view, "en", "English", !german), language_link(view, "de", "Deutsch", german));
  page += fmt::format(
      "<main id=\"content\" tabindex=\"-1\">\n{}</main>\n<footer>Vistime {}</footer>\n</body>\n</html>\n",
      content.body, protocol::release());
  return page;
}

Response page_response(const Request& request, http::status status, std::string html,
                       std::string_view connect) {
  Response response = json_response(request, status, std::move(html));
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set(
      "Content-Security-Policy",
      fmt::format("default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src data:; "
                  "connect-src 'self'{}{}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
                  connect.empty() ? "" : " ", connect));
  response.set("Referrer-Policy", "no-referrer");
  response.set(http::field::cache_control, "no-cache");
  response.set(http::field::vary, "Accept-Language");
  return response;
}

void register_static_files(Router& router, std::shared_ptr<const WebFiles> web_client) {
  router.on(
      http::verb::get, "/static/inter.woff2", [web_client](Request request, Target, Peer) -> Task<Response> {
        const std::string name = web_client ? web_client->asset_beginning("inter-latin-wght-") : "";
        if (name.empty())
          co_return problem(request, http::status::not_found, "not-found", "no web client is installed");
        Response response = web_client->asset(request, name);
        // This name does not change with the content.
        response.set(http::field::cache_control, "public, max-age=86400");
        co_return response;
      });
  router.on(http::verb::get, "/static/*", [](Request request, Target target, Peer) -> Task<Response> {
    const StaticFiles& files = static_files();
    for (const StaticFile* file : {&files.style, &files.page_script, &files.check_script}) {
      if (file->name != target.segments.back()) continue;
      Response response = json_response(request, http::status::ok, file->content);
      response.set(http::field::content_type, file->type);
      response.set(http::field::cache_control, "public, max-age=31536000, immutable");
      co_return response;
    }
    co_return problem(request, http::status::not_found, "not-found", "there is no such file");
  });
}

}  // namespace vistime::server::edge
