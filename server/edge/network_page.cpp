#include "server/edge/network_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "server/edge/network_words.hpp"
#include "site/network_rules.hpp"

namespace vistime::server::edge {
namespace {

// "2026-01-31T08:00:00Z" for programs, "2026-01-31 08:00 UTC" for people.
std::string time_element(base::WallTime time) {
  const std::string exact = site::rfc3339(time);
  return fmt::format("<time datetime=\"{}\">{} {} UTC</time>", exact, exact.substr(0, 10),
                     exact.substr(11, 5));
}

std::string code_list(const std::vector<std::string>& values, std::string_view none) {
  if (values.empty()) return fmt::format("<p class=\"soft\">{}</p>\n", none);
  std::string items;
  for (const std::string& value : values)
    items += fmt::format("<li><code>{}</code></li>\n", escape_html(value));
  return fmt::format("<ul class=\"plain\">\n{}</ul>\n", items);
}

std::string codes(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += fmt::format("<code>{}</code> ", escape_html(value));
  return out;
}

std::string copy_button(const NetworkWords& words, std::string_view target, std::string_view what) {
  return fmt::format(
      "<button type=\"button\" class=\"quiet\" data-copy=\"{}\" data-copied=\"{}\" hidden>{}"
      "<span class=\"unseen\"> {}</span></button>",
      target, words.copied, words.copy, escape_html(what));
}

std::string short_section(const NetworkWords& words, const site::NetworkContent& content) {
  std::vector<std::string> addresses = content.ipv4;
  addresses.insert(addresses.end(), content.ipv6.begin(), content.ipv6.end());
  std::string required;
  for (const site::SitePort& port : content.ports) {
    if (port.required) required += fmt::format("<code>{}/{}</code> ", port.port, port.transport());
  }
  std::string rows;
  if (!content.names.empty())
    rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", words.short_names, codes(content.names));
  if (!addresses.empty())
    rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", words.short_addresses, codes(addresses));
  rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", words.short_port, required);
  return fmt::format(
      "<section class=\"card\" aria-labelledby=\"short\">\n<h2 id=\"short\">{}</h2>\n<p>{}</p>\n"
      "<dl class=\"facts\">\n{}</dl>\n</section>\n",
      words.short_title, words.short_text, rows);
}

std::string ports_section(const NetworkWords& words, const site::NetworkContent& content) {
  std::string rows;
  for (const site::SitePort& port : content.ports) {
    const auto note = port.offered ? "" : fmt::format(" <span class=\"note\">{}</span>", words.not_offered);
    rows += fmt::format(
        "<tr{}><th scope=\"row\"><code>{}</code></th><td data-label=\"{}\">{}</td>"
        "<td data-label=\"{}\">{}</td><td data-label=\"{}\">{}{}</td></tr>\n",
        port.offered ? "" : " class=\"soft\"", port.port, words.transport, port.udp ? "UDP" : "TCP",
        words.needed, port.required ? fmt::format("<strong>{}</strong>", words.required) : words.optional,
        words.purpose, words.purposes[static_cast<std::size_t>(port.purpose)], note);
  }
  return fmt::format(
      "<section aria-labelledby=\"ports\">\n<h2 id=\"ports\">{}</h2>\n<table>\n<thead><tr><th "
      "scope=\"col\">{}</th>"
      "<th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n"
      "<tbody>\n{}</tbody>\n</table>\n</section>\n",
      words.ports_title, words.port, words.transport, words.needed, words.purpose, rows);
}

std::string where_section(const NetworkWords& words, const site::NetworkContent& content) {
  return fmt::format(
      "<section aria-labelledby=\"where\">\n<h2 id=\"where\">{}</h2>\n<p>{}</p>\n<div class=\"columns\">\n"
      "<div><h3>{}</h3>\n{}</div>\n<div><h3>{}</h3>\n{}</div>\n<div><h3>{}</h3>\n{}</div>\n</div>\n"
      "</section>\n",
      words.where_title, words.where_text, words.names, code_list(content.names, words.no_names), words.ipv4,
      code_list(content.ipv4, words.no_addresses), words.ipv6, code_list(content.ipv6, words.no_addresses));
}

std::string path_section(const NetworkWords& words, const PageView& view,
                         const site::NetworkContent& content) {
  const int main_port = content.ports.empty() ? 443 : content.ports.front().port;
  std::string points;
  for (const std::string_view point : words.path_points)
    points += fmt::format("<li>{}</li>\n", fmt::format(fmt::runtime(point), main_port));
  return fmt::format(
      "<section aria-labelledby=\"path\">\n<h2 id=\"path\">{}</h2>\n<p>{}</p>\n<ul>\n{}</ul>\n<p>{}</p>\n"
      "</section>\n",
      words.path_title, words.path_text, points, fmt::format(fmt::runtime(words.path_help), view.suffix()));
}

// A data block, which no policy takes for a script; '<' could end it.
std::string check_data(const PageView& view, const site::NetworkRecord& record) {
  nlohmann::json words = nlohmann::json::object(), ports = nlohmann::json::array();
  for (const CheckWord& word : check_words())
    words[std::string(word.key)] = view.language == Language::kGerman ? word.german : word.english;
  for (const site::SitePort& port : record.content.ports) {
    ports.push_back({{"port", port.port},
                     {"transport", port.transport()},
                     {"purpose", site::token_of(port.purpose)},
                     {"offered", port.offered}});
  }
  std::string text = nlohmann::json{{"words", words}, {"ports", ports}, {"version", record.version}}.dump();
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) text.replace(at, 1, "\\u003c");
  return text;
}

std::string check_section(const NetworkWords& words, const PageView& view,
                          const site::NetworkRecord& record) {
  return fmt::format(
      "<section class=\"check\" aria-labelledby=\"check\">\n<h2 id=\"check\">{}</h2>\n<p>{}</p>\n"
      "<noscript><p>{}</p></noscript>\n<div id=\"check-area\"></div>\n"
      "<script type=\"application/json\" id=\"check-data\">{}</script>\n</section>\n",
      words.check_title, words.check_text, words.check_needs_script, check_data(view, record));
}

std::string rules_section(const NetworkWords& words, const site::NetworkRecord& record) {
  std::string sets;
  for (const site::RuleSet& set : site::rule_sets()) {
    sets += fmt::format(
        "<details>\n<summary>{1}</summary>\n<div class=\"actions\">{3}<a href=\"/network/rules/{0}\">{4}"
        "<span class=\"unseen\"> {1}</span></a></div>\n"
        "<pre id=\"rules-{0}\" tabindex=\"0\" role=\"region\" aria-label=\"{1}\">{2}</pre>\n</details>\n",
        set.token, set.title, escape_html(set.write(record)),
        copy_button(words, fmt::format("rules-{}", set.token), set.title), words.as_file);
  }
  return fmt::format(
      "<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">{}</h2>\n<p>{}</p>\n{}</section>\n",
      words.rules_title, words.rules_text, sets);
}

std::string feeds_section(const NetworkWords& words) {
  std::string rows;
  for (const auto& [path, what] : {std::pair{"/network/domains.txt", words.feed_names},
                                   {"/network/ipv4.txt", words.feed_ipv4},
                                   {"/network/ipv6.txt", words.feed_ipv6},
                                   {"/network.json", words.feed_json}}) {
    rows += fmt::format("<li><a href=\"{0}\"><code>{0}</code></a> <span>{1}</span></li>\n", path, what);
  }
  return fmt::format(
      "<section aria-labelledby=\"feeds\">\n<h2 id=\"feeds\">{}</h2>\n<p>{}</p>\n<ul "
      "class=\"feeds\">\n{}</ul>\n"
      "</section>\n",
      words.feeds_title, words.feeds_text, rows);
}

constexpr std::size_t kChangesShown = 10;

std::string changes_section(const NetworkWords& words, const site::NetworkRecord& record) {
  if (record.changes.empty()) return {};
  std::string items;
  std::size_t shown = 0;
  for (auto change = record.changes.rbegin(); change != record.changes.rend() && shown < kChangesShown;
       ++change, ++shown) {
    std::string what;
    if (!change->added.empty())
      what += fmt::format("<dt>{}</dt><dd>{}</dd>", words.added, codes(change->added));
    if (!change->removed.empty())
      what += fmt::format("<dt>{}</dt><dd>{}</dd>", words.removed, codes(change->removed));
    items += fmt::format("<li><h3>{}, {}</h3><dl class=\"facts\">{}</dl></li>\n",
                         fmt::format(fmt::runtime(words.change), change->version),
                         time_element(change->changed), what);
  }
  return fmt::format(
      "<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">{}</h2>\n<ol class=\"changes\" "
      "reversed>\n{}</ol>\n</section>\n",
      words.changes_title, items);
}

}  // namespace

std::string network_page(const PageView& view, const site::NetworkRecord& record) {
  const NetworkWords& words = network_words(view.language);
  const std::string state = record.version == 0 ? std::string(words.unknown_state)
                                                : fmt::format(fmt::runtime(words.state), record.version,
                                                              time_element(record.changed));
  std::string body = fmt::format(
      "<div class=\"heading\"><div><h1>{}</h1>\n<p class=\"lead\">{}</p>\n<p class=\"soft\">{}</p></div>\n"
      "<button type=\"button\" class=\"quiet\" data-print hidden>{}</button></div>\n",
      words.title, words.lead, state, words.print);
  body += short_section(words, record.content);
  body += check_section(words, view, record);
  body += ports_section(words, record.content);
  body += where_section(words, record.content);
  body += path_section(words, view, record.content);
  body += rules_section(words, record);
  body += feeds_section(words);
  body += changes_section(words, record);
  return framed_page(view, {std::string(words.title), std::move(body), "network", true});
}

}  // namespace vistime::server::edge
