#include "server/common/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "server/common/networks.hpp"
#include "server/common/url.hpp"

namespace vistime::server {

using base::ErrorKind;
using base::fail;
using base::Result;
using Kind = Setting::Kind;

namespace {

constexpr std::uint64_t kMany = 1'000'000'000;
constexpr std::string_view kPortRemedy = "a port lies between 1 and 65535 (0 takes a free one)";
constexpr std::string_view kNetworksRemedy = "give addresses or networks like 192.0.2.0/24 or 2001:db8::/32";
constexpr std::string_view kUrlRemedy = "give the other server like https://conference.example.org:12001";
constexpr std::string_view kCountRemedy = "give a number from 1 up";

constexpr std::array kTable = {
    Setting{"data", Kind::kText, &Settings::data, "folder of everything the server keeps",
            "give a folder's path"},
    Setting{"bind", Kind::kText, &Settings::bind, "address to listen on; '::' is every IPv6 and IPv4 address",
            "give an IP address of this host, or '::' for all"},
    Setting{"https-port", Kind::kPort, &Settings::https_port, "the edge: everything over HTTPS", kPortRemedy},
    Setting{"http-port", Kind::kPort, &Settings::http_port, "the edge: redirects to HTTPS", kPortRemedy},
    Setting{"master-port", Kind::kPort, &Settings::master_port, "the master role directly, TLS", kPortRemedy},
    Setting{"conference-port", Kind::kPort, &Settings::conference_port, "the conference role directly, TLS",
            kPortRemedy},
    Setting{"file-port", Kind::kPort, &Settings::file_port, "the file role directly, TLS (reserved)",
            kPortRemedy},
    Setting{"loopback-port", Kind::kCount, &Settings::loopback_port,
            "the edge without TLS for browsers of this machine only (127.0.0.1); 0: none",
            "a port lies between 1 and 65535; 0 means none", 0, 65'535},
    Setting{"roles", Kind::kChoices, &Settings::roles, "roles that this process runs",
            "roles are edge, master and conference", 0, 0, "edge master conference"},
    Setting{"host-name", Kind::kList, &Settings::host_names,
            "name or address under which clients reach this server (repeatable)",
            "give names or addresses without scheme and port"},
    Setting{"public-address", Kind::kAddresses, &Settings::public_addresses,
            "IPv4 or IPv6 address under which clients reach this server, for the network page (repeatable); "
            "without it what the names resolve to",
            "give addresses like 192.0.2.10 or 2001:db8::10"},
    Setting{"web-dir", Kind::kText, &Settings::web_dir,
            "folder of the web client; without it the one installed with the program",
            "give the path of a folder with an index.html"},
    Setting{"help-dir", Kind::kText, &Settings::help_dir,
            "folder of the help's articles; without it the one installed with the program",
            "give the path of a folder with en/ and de/"},
    Setting{"tls-cert", Kind::kText, &Settings::tls_cert,
            "certificate chain, PEM; without it a private CA is made", "give the path of a PEM file"},
    Setting{"tls-key", Kind::kText, &Settings::tls_key, "private key of --tls-cert, PEM",
            "give the path of a PEM file"},
    Setting{"log-level", Kind::kChoice, &Settings::log_level, "debug, info, warn or error",
            "levels are debug, info, warn and error", 0, 0, "debug info warn error"},
    Setting{"log-format", Kind::kChoice, &Settings::log_format, "text (key=value) or json",
            "formats are text and json", 0, 0, "text json"},
    Setting{"trusted-proxies", Kind::kNetworks, &Settings::trusted_proxies,
            "networks of proxies whose X-Forwarded-For and PROXY protocol are believed", kNetworksRemedy},
    Setting{"proxy-protocol", Kind::kSwitch, &Settings::proxy_protocol,
            "expect the PROXY protocol (v1 or v2) from trusted proxies", "give true or false"},
    Setting{"metrics-allow", Kind::kNetworks, &Settings::metrics_allow, "networks that may read /metrics",
            kNetworksRemedy},
    Setting{"workers", Kind::kCount, &Settings::workers, "threads; 0: one a core", "give a number up to 256",
            0, 256},
    Setting{"master-at", Kind::kUrl, &Settings::master_at, "the master role runs there, not here",
            kUrlRemedy},
    Setting{"conference-at", Kind::kUrl, &Settings::conference_at, "the conference role runs there, not here",
            kUrlRemedy},
    Setting{"upstream-ca-file", Kind::kText, &Settings::upstream_ca_file,
            "CA (PEM) of the servers named by --master-at and --conference-at, beside the system's",
            "give the path of a PEM file"},
    Setting{"token-keys", Kind::kText, &Settings::token_keys,
            "master's public keys (JWK set, printed by 'vistimed token-keys') for a conference role without "
            "master",
            "give the path of a file"},
    Setting{"max-connections", Kind::kCount, &Settings::max_connections, "connections at once", kCountRemedy,
            1, kMany},
    Setting{"max-connections-per-address", Kind::kCount, &Settings::max_connections_per_address,
            "connections at once from one address (IPv6: one /64)", kCountRemedy, 1, kMany},
    Setting{"max-handshakes", Kind::kCount, &Settings::max_handshakes, "TLS handshakes at once", kCountRemedy,
            1, kMany},
    Setting{"max-body-bytes", Kind::kCount, &Settings::max_body_bytes, "bytes of a request's body",
            "give a number from 1024 to 1048576", 1024, 1 << 20},
    Setting{"max-rooms", Kind::kCount, &Settings::max_rooms, "open rooms", kCountRemedy, 1, kMany},
    Setting{"max-rooms-per-hour", Kind::kCount, &Settings::max_rooms_per_hour,
            "rooms that one address may create in an hour", kCountRemedy, 1, kMany},
    Setting{"max-participants", Kind::kCount, &Settings::max_participants, "participants in one room",
            "give a number from 2 to 10000", 2, 10'000},
    Setting{"max-joins-per-minute", Kind::kCount, &Settings::max_joins_per_minute,
            "attempts to join that one address may make in a minute", kCountRemedy, 1, kMany},
    Setting{"room-days", Kind::kCount, &Settings::room_days, "days after which an unused room is deleted",
            kCountRemedy, 1, 36'500},
    Setting{"drain-seconds", Kind::kCount, &Settings::drain_seconds, "how long shutting down may take",
            "give a number from 0 to 3600", 0, 3'600},
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    std::string_view part = text.substr(at, end - at);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    at = end + 1;
  }
  return parts;
}

std::unexpected<base::Error> wrong(const Setting& setting, std::string_view text) {
  return fail(ErrorKind::kInvalid, "{} = {}: {}", setting.name, text, setting.remedy);
}

bool is_choice(const Setting& setting, const std::string& text) {
  const auto choices = split(setting.choices, ' ');
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

bool is_host_name(const std::string& text) {
  if (parse_address(text)) return true;
  const auto plain = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '-' || character == '.' || character == '*';
  };
  return text.size() <= 253 && std::all_of(text.begin(), text.end(), plain);
}

Result<void> assign_number(Settings& settings, const Setting& setting, const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool port = setting.kind == Kind::kPort;
  const std::uint64_t least = port ? 0 : setting.least;
  const std::uint64_t most = port ? 65'535 : setting.most;
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    return wrong(setting, text);
  }
  settings.*std::get<std::uint64_t Settings::*>(setting.member) = value;
  return {};
}

Result<void> assign_list(Settings& settings, const Setting& setting, const std::string& text) {
  auto values = split(text, ',');
  bool valid = true;
  if (setting.kind == Kind::kNetworks) valid = Networks::parse(values).has_value();
  if (setting.kind == Kind::kAddresses) {
    valid = std::all_of(values.begin(), values.end(),
                        [](const std::string& value) { return parse_address(value).has_value(); });
  }
  if (setting.kind == Kind::kList) valid = std::all_of(values.begin(), values.end(), is_host_name);
  if (setting.kind == Kind::kChoices) {
    valid = !values.empty() && std::all_of(values.begin(), values.end(), [&](const std::string& value) {
      return is_choice(setting, value);
    });
  }
  if (!valid) return wrong(setting, text);
  settings.*std::get<std::vector<std::string> Settings::*>(setting.member) = std::move(values);
  return {};
}

Result<void> assign_text(Settings& settings, const Setting& setting, const std::string& text) {
  bool valid = text.find('\0') == std::string::npos;
  if (setting.kind == Kind::kChoice) valid = is_choice(setting, text);
  if (setting.kind == Kind::kUrl) valid = text.empty() || parse_origin(text).has_value();
  if (setting.name == "bind") valid = parse_address(text).has_value();
  if (setting.name == "data") valid = valid && !text.empty();
  if (!valid) return wrong(setting, text);
  settings.*std::get<std::string Settings::*>(setting.member) = text;
  return {};
}

// Levenshtein's distance: how many letters to add, drop or change.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t at = 0; at <= b.size(); ++at) row[at] = at;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

void check_upstreams(const Settings& settings, std::vector<std::string>& found) {
  const bool edge = settings.has_role("edge"), master = settings.has_role("master");
  const bool conference = settings.has_role("conference");
  if (edge && !master && settings.master_at.empty()) {
    found.emplace_back("roles: the edge needs the master role here, or master-at = where it runs");
  }
  if ((edge || master) && !conference && settings.conference_at.empty()) {
    found.emplace_back(
        "roles: edge and master need the conference role here, or conference-at = where it runs");
  }
  if (conference && !master && settings.token_keys.empty()) {
    found.emplace_back(
        "token-keys: a conference role without master needs the file that 'vistimed token-keys' prints on "
        "master's "
        "host");
  }
  if (master && !settings.master_at.empty()) {
    found.emplace_back("master-at: the master role runs here; drop it from roles or drop master-at");
  }
  if (conference && !settings.conference_at.empty()) {
    found.emplace_back(
        "conference-at: the conference role runs here; drop it from roles or drop conference-at");
  }
}

}  // namespace

bool Settings::has_role(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::span<const Setting> setting_table() { return kTable; }

const Setting* find_setting(std::string_view name) {
  const auto found =
      std::find_if(kTable.begin(), kTable.end(), [&](const Setting& row) { return row.name == name; });
  return found == kTable.end() ? nullptr : &*found;
}

std::string default_of(const Setting& setting) {
  const Settings defaults;
  if (const auto* text = std::get_if<std::string Settings::*>(&setting.member)) return defaults.**text;
  if (const auto* number = std::get_if<std::uint64_t Settings::*>(&setting.member)) {
    return std::to_string(defaults.**number);
  }
  if (const auto* on = std::get_if<bool Settings::*>(&setting.member))
    return defaults.**on ? "true" : "false";
  return fmt::format(
      "{}", fmt::join(defaults.*std::get<std::vector<std::string> Settings::*>(setting.member), ","));
}

std::string nearest_setting(std::string_view name) {
  if (name.size() > 64) return {};
  const auto nearest = std::min_element(
      kTable.begin(), kTable.end(),
      [&](const Setting& a, const Setting& b) { return distance(name, a.name) < distance(name, b.name); });
  // Further than a third of its letters is another word.
  return distance(name, nearest->name) <= std::max<std::size_t>(2, nearest->name.size() / 3)
             ? std::string(nearest->name)
             : std::string();
}

Result<void> assign(Settings& settings, const Setting& setting, const std::string& text) {
  switch (setting.kind) {
    case Kind::kPort:
    case Kind::kCount: return assign_number(settings, setting, text);
    case Kind::kSwitch:
      if (text != "true" && text != "false") return wrong(setting, text);
      settings.*std::get<bool Settings::*>(setting.member) = text == "true";
      return {};
    case Kind::kList:
    case Kind::kChoices:
    case Kind::kAddresses:
    case Kind::kNetworks: return assign_list(settings, setting, text);
    case Kind::kText:
    case Kind::kChoice:
    case Kind::kUrl: return assign_text(settings, setting, text);
  }
  return {};
}

std::vector<std::string> contradictions(const Settings& settings) {
  std::vector<std::string> found;
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    found.emplace_back("tls-cert and tls-key belong together: give both or neither");
  }
  if (settings.proxy_protocol && settings.trusted_proxies.empty()) {
    found.emplace_back("proxy-protocol: name the proxies that may speak it in trusted-proxies");
  }
  check_upstreams(settings, found);
  std::set<std::uint64_t> ports;
  auto take = [&](std::string_view name, std::uint64_t port, bool used) {
    if (used && port != 0 && !ports.insert(port).second) {
      found.push_back(fmt::format("{} = {}: another listener has this port; choose another", name, port));
    }
  };
  take("https-port", settings.https_port, settings.has_role("edge"));
  take("http-port", settings.http_port, settings.has_role("edge"));
  take("master-port", settings.master_port, settings.has_role("master"));
  take("conference-port", settings.conference_port, settings.has_role("conference"));
  return found;
}

}  // namespace vistime::server
