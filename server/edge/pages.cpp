#include "server/edge/pages.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <charconv>

#include "protocol/version.hpp"

namespace vistime::server::edge {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light "
    "dark;--ground:#fff;--text:#1b1f24;--soft:#57606a;--field:#f3f4f6;--line:#d0d7de}"
    "@media(prefers-color-scheme:dark){:root{--ground:#14171b;--text:#e6e8eb;--soft:#9aa4af;--field:#1f242a;"
    "--line:#363c44}}"
    "body{margin:0;background:var(--ground);color:var(--text);font:1.0625rem/1.6 system-ui,sans-serif}"
    "main{max-width:38rem;margin:12vh auto;padding:0 1.5rem}"
    "h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}"
    "pre{background:var(--field);border:1px solid var(--line);border-radius:.5rem;padding:.875rem 1rem;"
    "white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}"
    "footer{margin-top:3rem;color:var(--soft);font-size:.875rem}";

// The link goes between quotes: '&' would end the command, and a link has no quote of its own.
constexpr std::string_view kScript =
    "const place=document.getElementById('command');"
    "if(place&&location.hash.length>1)place.textContent=\"vistime join "
    "'\"+location.href.replaceAll(\"'\",'%27')+\"'\";";

struct Words {
  std::string_view code;
  std::string_view home_title, home_text, home_create, home_links;
  std::string_view room_title, room_text, room_link, room_secret;
  std::string_view missing_title, missing_text;
};

constexpr std::array<Words, 2> kWords = {
    Words{"en", "This is a Vistime server",
          "It holds meetings for the organisation that runs it: people talk, see each other and share their "
          "screens, "
          "all over HTTPS.",
          "To start a meeting from a terminal:",
          "<a href=\"/network\">Network: what IT must open</a> · <a href=\"/help\">Help</a>",
          "You are invited to a meeting",
          "There is no client for browsers on this server yet. Join from a terminal with vistime:",
          "the whole link, from this page's address bar",
          "The part of the link behind # is the meeting's key. It stays in your browser: this server never "
          "sees it.",
          "There is no such page", "Check the link: a part of it may have been lost when it was copied."},
    Words{
        "de", "Dies ist ein Vistime-Server",
        "Er trägt Besprechungen der Organisation, die ihn betreibt: Menschen sprechen, sehen einander und "
        "teilen "
        "ihre Bildschirme, alles über HTTPS.",
        "So beginnt eine Besprechung im Terminal:",
        "<a href=\"/network\">Netzwerk: was die IT öffnen muss</a> · <a href=\"/help\">Hilfe</a>",
        "Sie sind zu einer Besprechung eingeladen",
        "Auf diesem Server gibt es noch kein Programm für Browser. Nehmen Sie im Terminal mit vistime teil:",
        "der ganze Link aus der Adresszeile dieser Seite",
        "Der Teil des Links hinter # ist der Schlüssel der Besprechung. Er bleibt in Ihrem Browser: dieser "
        "Server "
        "sieht ihn nie.",
        "Diese Seite gibt es nicht", "Prüfen Sie den Link: beim Kopieren ging vielleicht ein Teil verloren."},
};

const Words& words_of(Language language) { return kWords[language == Language::kGerman ? 1 : 0]; }

std::string page(const Words& words, std::string_view title, std::string_view content) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>{}</style>\n</head>\n"
      "<body>\n<main>\n<h1>{}</h1>\n{}<footer>Vistime "
      "{}</footer>\n</main>\n<script>{}</script>\n</body>\n</html>\n",
      words.code, title, kStyle, title, content, protocol::release(), kScript);
}

std::string source_hash(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)>
      encoded{};
  sodium_bin2base64(encoded.data(), encoded.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  return fmt::format("'sha256-{}'", encoded.data());
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "q=0.8" in thousandths; 1000 when it is absent, 0 when it is not a number.
int weight_of(std::string_view parameters) {
  parameters = trimmed(parameters);
  if (!parameters.starts_with("q=")) return 1000;
  parameters.remove_prefix(2);
  if (parameters.empty() || (parameters[0] != '0' && parameters[0] != '1')) return 0;
  int weight = (parameters[0] - '0') * 1000;
  int place = 100;
  for (std::size_t at = 2; at < parameters.size() && place > 0; ++at, place /= 10) {
    if (parameters[at] < '0' || parameters[at] > '9') return 0;
    weight += (parameters[at] - '0') * place;
  }
  return weight;
}

bool is_language(std::string_view tag, std::string_view language) {
  return tag.size() >= 2 && (tag[0] | 0x20) == language[0] && (tag[1] | 0x20) == language[1] &&
         (tag.size() == 2 || tag[2] == '-');
}

}  // namespace

Language preferred_language(std::string_view header) {
  int german = 0, english = 0;
  while (!header.empty()) {
    const auto comma = std::min(header.find(','), header.size());
    const std::string_view entry = header.substr(0, comma);
    const auto semicolon = std::min(entry.find(';'), entry.size());
    const std::string_view tag = trimmed(entry.substr(0, semicolon));
    const int weight = weight_of(entry.substr(std::min(semicolon + 1, entry.size())));
    if (is_language(tag, "de")) german = std::max(german, weight);
    if (is_language(tag, "en")) english = std::max(english, weight);
    header.remove_prefix(std::min(comma + 1, header.size()));
  }
  return german > english ? Language::kGerman : Language::kEnglish;
}

std::string home_page(Language language) {
  const Words& words = words_of(language);
  return page(
      words, words.home_title,
      fmt::format("<p>{}</p>\n<p>{}</p>\n<pre>vistime room create --server https://…</pre>\n<p>{}</p>\n",
                  words.home_text, words.home_create, words.home_links));
}

std::string room_page(Language language) {
  const Words& words = words_of(language);
  return page(words, words.room_title,
              fmt::format("<p>{}</p>\n<pre id=\"command\">vistime join '({})'</pre>\n<p>{}</p>\n",
                          words.room_text, words.room_link, words.room_secret));
}

std::string not_found_page(Language language) {
  const Words& words = words_of(language);
  return page(words, words.missing_title, fmt::format("<p>{}</p>\n", words.missing_text));
}

std::string content_security_policy() {
  return fmt::format(
      "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; frame-ancestors "
      "'none'",
      source_hash(kStyle), source_hash(kScript));
}

}  // namespace vistime::server::edge
