#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "client/cli/doctor_command.hpp"
#include "client/cli/doctor_findings.hpp"
#include "client/cli/terminal_text.hpp"
#include "site/network_rules.hpp"

namespace vistime::cli {
namespace {

using client::Diagnosis;
using client::ExaminedRoute;
using client::Verdict;
using nlohmann::json;

struct Words {
  std::string_view english;
  std::string_view german;
  std::string_view in(Language language) const { return language == Language::kGerman ? german : english; }
};

constexpr Words kTitle = {"The way to {}", "Der Weg zu {}"};
constexpr Words kAddresses = {"Addresses", "Adressen"};
constexpr Words kProxies = {"Proxies", "Proxys"};
constexpr Words kNone = {"none", "keine"};
constexpr Words kRoutes = {"Routes", "Wege"};
constexpr Words kThrough = {"through {}", "über {}"};
constexpr Words kGood = {"Meetings work here, by the preferred route ({}).",
                         "Besprechungen funktionieren hier, auf dem bevorzugten Weg ({})."};
constexpr Words kFallback = {
    "Meetings work here, by a fallback ({}). Less would be lost on the preferred route.",
    "Besprechungen funktionieren hier, auf einem Ausweichweg ({}). Der bevorzugte Weg wäre "
    "besser."};
constexpr Words kNothing = {"No meeting is possible from here.", "Von hier ist keine Besprechung möglich."};
constexpr Words kChange = {"What to change, and who can", "Was zu ändern ist, und wer es kann"};
constexpr Words kMore = {"Rules for your firewall, ready to copy: {}/network",
                         "Regeln für Ihre Firewall, fertig zum Kopieren: {}/network"};
constexpr Words kMeasured = {"Measured ({})", "Gemessen ({})"};
constexpr Words kRule = {
    "The rule to ask your network's administrator for ({}; --html FILE writes those for others)",
    "Die Regel, um die Sie Ihre Netzwerkverwaltung bitten ({}; --html FILE schreibt andere)"};
constexpr Words kRules = {"Rules, ready to copy", "Regeln, fertig zum Kopieren"};
constexpr Words kInterrupted = {"Interrupted: what is here was known by then.",
                                "Unterbrochen: Hier steht, was bis dahin bekannt war."};
constexpr Words kCarries = {"carries", "trägt"};

std::string_view verdict_words(const Diagnosis& diagnosis, Language language) {
  switch (diagnosis.verdict) {
    case Verdict::kGood: return kGood.in(language);
    case Verdict::kFallback: return kFallback.in(language);
    case Verdict::kNothing: return kNothing.in(language);
  }
  return {};
}

std::string filled(std::string_view text, std::string_view value) {
  std::string out(text);
  if (const auto at = out.find("{}"); at != std::string::npos) out.replace(at, 2, value);
  return out;
}

struct RemedyEntry {
  std::string_view code;
  Words meaning;
  Words action;
};
// {} is the server's host.
constexpr std::array kRemedies = {
    RemedyEntry{
        "dns",
        {"The name {} is not known here.", "Der Name {} ist hier nicht bekannt."},
        {"Check the link. If it is right, whoever runs the name servers must let {} be resolved; behind a "
         "proxy "
         "that resolves names itself, give the proxy with --proxy.",
         "Prüfen Sie den Link. Ist er richtig, muss {} im Namensdienst auflösbar sein; löst ein Proxy die "
         "Namen auf, geben Sie ihn mit --proxy an."}},
    RemedyEntry{
        "dns-timeout",
        {"No name server answers.", "Kein Nameserver antwortet."},
        {"Is this computer connected? Then whoever runs the network must let it reach a name server.",
         "Ist dieser Rechner verbunden? Dann muss die Netzwerkverwaltung ihn einen Nameserver erreichen "
         "lassen."}},
    RemedyEntry{"tcp-refused",
                {"Something refuses connections: a firewall that rejects, or a server that is not running.",
                 "Verbindungen werden abgelehnt: von einer Firewall, oder weil der Server nicht läuft."},
                {"Whoever runs the firewall allows outbound TCP to {}, port 443.",
                 "Die Firewall muss ausgehendes TCP zu {}, Port 443, erlauben."}},
    RemedyEntry{
        "tcp-timeout",
        {"A firewall drops the packets without a word.", "Eine Firewall verwirft die Pakete wortlos."},
        {"Whoever runs the firewall allows outbound TCP to {}, port 443; or give the network's proxy with "
         "--proxy.",
         "Die Firewall muss ausgehendes TCP zu {}, Port 443, erlauben; oder geben Sie den Proxy des Netzes "
         "mit "
         "--proxy an."}},
    RemedyEntry{"tcp-unreachable",
                {"There is no way to {} from here.", "Es gibt von hier keinen Weg zu {}."},
                {"Whoever runs the network, or the proxy, lets connections to {}, port 443, pass.",
                 "Netzwerk- oder Proxyverwaltung muss Verbindungen zu {}, Port 443, durchlassen."}},
    RemedyEntry{"proxy-unreachable",
                {"The proxy does not answer.", "Der Proxy antwortet nicht."},
                {"Check its address; ask whoever runs it.",
                 "Prüfen Sie seine Adresse; fragen Sie, wer ihn betreibt."}},
    RemedyEntry{"proxy-timeout",
                {"The proxy takes the connection and then says nothing.",
                 "Der Proxy nimmt die Verbindung an und schweigt dann."},
                {"Ask whoever runs the proxy.", "Fragen Sie, wer den Proxy betreibt."}},
    RemedyEntry{
        "proxy-auth",
        {"The proxy wants to know who you are, and did not accept what it was told.",
         "Der Proxy will wissen, wer Sie sind, und hat die Angaben nicht angenommen."},
        {"Give name and password with --proxy-user and VISTIME_PROXY_PASSWORD, or get a Kerberos ticket "
         "(kinit).",
         "Geben Sie Name und Kennwort mit --proxy-user und VISTIME_PROXY_PASSWORD an, oder holen Sie ein "
         "Kerberos-Ticket (kinit)."}},
    RemedyEntry{
        "proxy-denied",
        {"The proxy does not allow connections to {}.", "Der Proxy erlaubt keine Verbindungen zu {}."},
        {"Whoever runs the proxy allows CONNECT to {}, port 443. In squid: acl vistime dstdomain {}; "
         "http_access allow CONNECT vistime",
         "Die Proxyverwaltung muss CONNECT zu {}, Port 443, erlauben. In squid: acl vistime dstdomain {}; "
         "http_access allow CONNECT vistime"}},
    RemedyEntry{
        "proxy-garbage",
        {"The proxy does not answer as a proxy does.", "Der Proxy antwortet nicht, wie ein Proxy es tut."},
        {"Check its address and kind (http, https, socks5); ask whoever runs it.",
         "Prüfen Sie Adresse und Art (http, https, socks5); fragen Sie, wer ihn betreibt."}},
    RemedyEntry{
        "tls-untrusted",
        {"Connections are inspected, or the server's certificate is not one that this computer trusts.",
         "Verbindungen werden aufgebrochen, oder dem Zertifikat des Servers wird hier nicht vertraut."},
        {"Install your organisation's CA, or give it with --ca-file; or whoever runs the inspection exempts "
         "{}. "
         "What is said in a meeting stays encrypted either way.",
         "Installieren Sie die CA Ihrer Organisation oder geben Sie sie mit --ca-file an; oder {} wird von "
         "der "
         "Inspektion ausgenommen. Der Inhalt der Besprechung bleibt in jedem Fall verschlüsselt."}},
    RemedyEntry{"tls-timeout",
                {"The connection opens, but TLS gets no answer: something lets only other traffic pass.",
                 "Die Verbindung öffnet sich, aber TLS bleibt ohne Antwort: etwas lässt nur anderes durch."},
                {"Whoever runs the firewall lets TLS to {}, port 443, pass.",
                 "Die Firewall muss TLS zu {}, Port 443, durchlassen."}},
    RemedyEntry{
        "tls-failed",
        {"Something on the way does not speak TLS as the server does.",
         "Etwas auf dem Weg spricht TLS anders als der Server."},
        {"A sign-in page? Open a web page first. Else ask whoever runs the network.",
         "Eine Anmeldeseite? Öffnen Sie zuerst eine Webseite. Sonst fragen Sie die Netzwerkverwaltung."}},
    RemedyEntry{"transformed",
                {"Something on the way answers in the server's place.",
                 "Etwas auf dem Weg antwortet statt des Servers."},
                {"A sign-in page? Open a web page first. Else whoever runs the filter exempts {}.",
                 "Eine Anmeldeseite? Öffnen Sie zuerst eine Webseite. Sonst muss der Filter {} ausnehmen."}},
    RemedyEntry{"upgrade-refused",
                {"No WebSocket passes; Vistime goes on with plain requests.",
                 "Kein WebSocket kommt durch; Vistime nutzt einfache Anfragen."},
                {"Whoever runs the proxy allows WebSocket to {}. In squid with ssl_bump: "
                 "http_upgrade_request_protocols "
                 "websocket allow all",
                 "Die Proxyverwaltung muss WebSocket zu {} erlauben. In squid mit ssl_bump: "
                 "http_upgrade_request_protocols websocket allow all"}},
    RemedyEntry{"upgrade-timeout",
                {"The request for a WebSocket is not answered.",
                 "Die Anfrage nach einem WebSocket bleibt ohne Antwort."},
                {"Whoever runs the proxy allows WebSocket to {}.",
                 "Die Proxyverwaltung muss WebSocket zu {} erlauben."}},
    RemedyEntry{"requests-refused",
                {"Plain requests are answered by something else than the server.",
                 "Einfache Anfragen beantwortet etwas anderes als der Server."},
                {"Whoever runs the filter lets POST and GET to {} pass unchanged.",
                 "Der Filter muss POST und GET zu {} unverändert durchlassen."}},
    RemedyEntry{"http-timeout",
                {"TLS works, and then no answer comes.", "TLS geht, und dann kommt keine Antwort."},
                {"Whoever runs the network looks for a device that holds requests back.",
                 "Die Netzwerkverwaltung muss das Gerät finden, das Anfragen zurückhält."}},
    RemedyEntry{"http-failed",
                {"What answers is no web server.", "Was antwortet, ist kein Webserver."},
                {"Whoever runs the network looks for a device that answers in the server's place.",
                 "Die Netzwerkverwaltung muss das Gerät finden, das statt des Servers antwortet."}},
    RemedyEntry{"starved",
                {"The connection opens, and then nothing comes through.",
                 "Die Verbindung öffnet sich, und dann kommt nichts hindurch."},
                {"Whoever runs the inspection exempts {}, port 443.",
                 "{}, Port 443, muss von der Inspektion ausgenommen werden."}},
};

std::string host_in(std::string_view text, const std::string& host) {
  std::string out(text);
  for (auto at = out.find("{}"); at != std::string::npos; at = out.find("{}", at + host.size()))
    out.replace(at, 2, host);
  return out;
}

// Each code once, as the routes meet them, best routes first. Where the preferred route carries, nothing is to be changed.
std::vector<std::string> codes_to_mend(const Diagnosis& diagnosis) {
  std::vector<std::string> codes;
  if (diagnosis.verdict == Verdict::kGood) return codes;
  for (const ExaminedRoute& route : diagnosis.routes) {
    if (route.failed && route.failed->code != "not-tried" &&
        std::ranges::find(codes, route.failed->code) == codes.end())
      codes.push_back(route.failed->code);
  }
  return codes;
}

std::string joined(const std::vector<std::string>& texts, std::string_view otherwise) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out.empty() ? std::string(otherwise) : out;
}

std::string outcome(const ExaminedRoute& route, Language language) {
  std::string via = route.proxy.empty() ? "" : ", " + filled(kThrough.in(language), neutralised(route.proxy));
  if (!route.failed) return fmt::format("{}, {} ms{}", kCarries.in(language), route.took.count(), via);
  return fmt::format("{}: {} [{}]{}", to_string(client::layer_of(route.failed->code)),
                     neutralised(route.failed->message), route.failed->code, via);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

Remedy remedy_for(std::string_view code, const Diagnosis& diagnosis, Language language) {
  const auto found = std::ranges::find(kRemedies, code, &RemedyEntry::code);
  if (found == kRemedies.end()) return {};
  return {host_in(found->meaning.in(language), diagnosis.server.host),
          host_in(found->action.in(language), diagnosis.server.host)};
}

std::string doctor_text(const Diagnosis& diagnosis, Language language) {
  std::string out = filled(kTitle.in(language), diagnosis.server.print()) + "\n\n";
  out += fmt::format("{}: {}\n", kAddresses.in(language), joined(diagnosis.addresses, kNone.in(language)));
  out += fmt::format("{}: {}\n\n", kProxies.in(language), joined(diagnosis.proxies, kNone.in(language)));
  for (const auto& problem : diagnosis.problems) out += "! " + neutralised(problem.message) + "\n";
  for (const ExaminedRoute& route : diagnosis.routes) {
    out += fmt::format("{} {} {} {}\n", route.failed ? "✗" : "✓", padded(route.channel, 10),
                       padded(route.route, 18), outcome(route, language));
  }
  out += "\n" + filled(verdict_words(diagnosis, language), diagnosis.best) + "\n";
  if (diagnosis.interrupted) out += std::string(kInterrupted.in(language)) + "\n";
  const auto measured = findings(diagnosis, language);
  if (!measured.empty())
    out += fmt::format("\n{}:\n", filled(kMeasured.in(language), diagnosis.measured->route));
  for (const std::string& line : measured) out += "  " + line + "\n";
  const auto codes = codes_to_mend(diagnosis);
  if (codes.empty()) return out;
  out += fmt::format("\n{}:\n", kChange.in(language));
  for (const std::string& code : codes) {
    const Remedy remedy = remedy_for(code, diagnosis, language);
    if (!remedy.meaning.empty())
      out += fmt::format("  {}: {}\n    → {}\n", code, remedy.meaning, remedy.action);
  }
  if (const auto* rule = site::find_rule_set(rule_to_ask_for(diagnosis))) {
    out += fmt::format("\n{}:\n\n{}", filled(kRule.in(language), rule->title),
                       rule->write(record_of(diagnosis)));
  }
  return out + "\n" + filled(kMore.in(language), diagnosis.server.print()) + "\n";
}

std::string doctor_html(const Diagnosis& diagnosis, Language language) {
  const std::string title = escaped(filled(kTitle.in(language), diagnosis.server.print()));
  std::string out = fmt::format(
      R"(<!doctype html><html lang="{}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">)"
      R"(<title>{}</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;)"
      R"(color-scheme:light dark}}table{{border-collapse:collapse;width:100%}}td,th{{text-align:start;padding:.4rem .6rem;)"
      R"(border-bottom:1px solid #8888;vertical-align:top}}td:nth-child(3){{white-space:nowrap}}pre{{overflow:auto;font-size:.85rem}}.verdict{{font-size:1.25rem;font-weight:600}}</style><h1>{}</h1>)",
      language == Language::kGerman ? "de" : "en", title, title);
  out += fmt::format("<p class=\"verdict\">{}</p>",
                     escaped(filled(verdict_words(diagnosis, language), diagnosis.best)));
  out += fmt::format("<p>{}: {}<br>{}: {}</p>", kAddresses.in(language),
                     escaped(joined(diagnosis.addresses, kNone.in(language))), kProxies.in(language),
                     escaped(joined(diagnosis.proxies, kNone.in(language))));
  for (const auto& problem : diagnosis.problems) out += fmt::format("<p>{}</p>", escaped(problem.message));
  out += fmt::format("<h2>{}</h2><table>", kRoutes.in(language));
  for (const ExaminedRoute& route : diagnosis.routes) {
    out += fmt::format("<tr><td>{}<td>{}<td>{}<td>{}</tr>", route.failed ? "✗" : "✓", escaped(route.channel),
                       escaped(route.route), escaped(outcome(route, language)));
  }
  out += "</table>";
  if (diagnosis.interrupted) out += fmt::format("<p>{}</p>", kInterrupted.in(language));
  const auto measured = findings(diagnosis, language);
  if (!measured.empty())
    out += fmt::format("<h2>{}</h2><ul>", escaped(filled(kMeasured.in(language), diagnosis.measured->route)));
  for (const std::string& line : measured) out += fmt::format("<li>{}", escaped(line));
  if (!measured.empty()) out += "</ul>";
  const auto codes = codes_to_mend(diagnosis);
  if (!codes.empty()) out += fmt::format("<h2>{}</h2><dl>", kChange.in(language));
  for (const std::string& code : codes) {
    const Remedy remedy = remedy_for(code, diagnosis, language);
    if (remedy.meaning.empty()) continue;
    out += fmt::format("<dt><strong>{}</strong>: {}<dd>{}", escaped(code), escaped(remedy.meaning),
                       escaped(remedy.action));
  }
  if (!codes.empty()) {
    out += fmt::format("</dl><h2>{}</h2>", kRules.in(language));
    const auto record = record_of(diagnosis);
    for (const site::RuleSet& set : site::rule_sets()) {
      out += fmt::format("<details><summary>{}</summary><pre>{}</pre></details>", set.title,
                         escaped(set.write(record)));
    }
  }
  out += fmt::format("<p>{}</p>", escaped(filled(kMore.in(language), diagnosis.server.print())));
  return out + fmt::format("<p>Vistime {}</p></html>\n", escaped(diagnosis.release));
}

namespace {

template <typename T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

json as_json(const base::Result<client::CallQuality>& call) {
  if (!call) return {{"code", call.error().code}, {"message", call.error().message}};
  const auto ms = [](std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; };
  return {{"rating", client::to_string(client::rate(*call))},
          {"route", call->route},
          {"mouth_to_ear_ms", call->mouth_to_ear().count()},
          {"delay_median_ms", ms(call->median)},
          {"delay_p95_ms", ms(call->p95)},
          {"expected", call->expected},
          {"arrived", call->arrived},
          {"lost", call->lost()}};
}

json as_json(const client::Measurements& measured) {
  json seen;
  if (measured.seen) {
    seen = {
        {"address", measured.seen->address},
        {"added", measured.seen->added},
        {"lost", measured.seen->lost},
        {"clock_ahead_s", measured.seen->clock_ahead ? json(measured.seen->clock_ahead->count()) : json()}};
  }
  json round_trip;
  if (measured.round_trip) round_trip = static_cast<double>(measured.round_trip->count()) / 1000;
  return {{"route", measured.route},
          {"round_trip_ms", round_trip},
          {"down_mbit_s", or_null(measured.down_mbit_s)},
          {"up_mbit_s", or_null(measured.up_mbit_s)},
          {"holds_answers_back", or_null(measured.holds_answers_back)},
          {"silence_s", measured.silence ? json(measured.silence->count()) : json()},
          {"silence_was_cut", measured.silence_was_cut},
          {"seen", seen},
          {"inspected_by", or_null(measured.inspected_by)}};
}

}  // namespace

std::string doctor_json(const Diagnosis& diagnosis) {
  json routes = json::array();
  for (const ExaminedRoute& route : diagnosis.routes) {
    json each = {{"channel", route.channel},
                 {"route", route.route},
                 {"proxy", route.proxy.empty() ? json() : json(route.proxy)},
                 {"carries", !route.failed},
                 {"took_ms", route.took.count()}};
    if (route.failed) {
      each["layer"] = to_string(client::layer_of(route.failed->code));
      each["code"] = route.failed->code;
      each["message"] = route.failed->message;
    }
    routes.push_back(std::move(each));
  }
  json remedies = json::array();
  for (const std::string& code : codes_to_mend(diagnosis)) {
    const Remedy remedy = remedy_for(code, diagnosis, Language::kEnglish);
    if (!remedy.meaning.empty())
      remedies.push_back({{"code", code}, {"meaning", remedy.meaning}, {"action", remedy.action}});
  }
  json problems = json::array();
  for (const auto& problem : diagnosis.problems)
    problems.push_back({{"code", problem.code}, {"message", problem.message}});
  json rules = json::object();
  if (!remedies.empty()) {
    const auto record = record_of(diagnosis);
    for (const site::RuleSet& set : site::rule_sets()) rules[std::string(set.token)] = set.write(record);
  }
  const json report = {{"server", diagnosis.server.print()},
                       {"release", diagnosis.release},
                       {"verdict", to_string(diagnosis.verdict)},
                       {"best", diagnosis.best.empty() ? json() : json(diagnosis.best)},
                       {"addresses", diagnosis.addresses},
                       {"proxies", diagnosis.proxies},
                       {"problems", problems},
                       {"routes", routes},
                       {"measured", diagnosis.measured ? as_json(*diagnosis.measured) : json()},
                       {"call", diagnosis.call ? as_json(*diagnosis.call) : json()},
                       {"interrupted", diagnosis.interrupted},
                       {"remedies", remedies},
                       {"rules", rules}};
  return report.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace vistime::cli
