#include "client/core/desktop_proxies.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "transport/reach/pac.hpp"

namespace vistime::client {
namespace {

using transport::reach::Proxy;
using Mode = DesktopProxies::Mode;

constexpr std::size_t kMaxSettings = 64 * 1024;

// GVariant's text form, of what can stand here: a text in quotes, a number, a word.
std::string plain(std::string_view value) {
  if (value.size() < 2 || (value.front() != '\'' && value.front() != '"')) return std::string(value);
  value = value.substr(1, value.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    out += value[i];
  }
  return out;
}

// "['localhost', '127.0.0.0/8']" as "localhost,127.0.0.0/8"; "@as []" as nothing.
std::string joined(std::string_view list) {
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] != '\'' && list[i] != '"') continue;
    const auto end = list.find(list[i], i + 1);
    if (end == std::string_view::npos) break;
    if (end > i + 1) out += (out.empty() ? "" : ",") + std::string(list.substr(i + 1, end - i - 1));
    i = end;
  }
  return out;
}

// "SCHEMA KEY VALUE" on each line, as "SCHEMA KEY" -> VALUE.
std::map<std::string, std::string> settings_of(std::string_view text) {
  std::map<std::string, std::string> out;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(' ');
    const auto second = first == std::string::npos ? first : line.find(' ', first + 1);
    if (second != std::string::npos) out.emplace(line.substr(0, second), line.substr(second + 1));
  }
  return out;
}

std::string address_of(const std::string& host, const std::string& port) {
  if (host.empty() || port.empty() || port == "0") return {};
  const bool brackets = host.find(':') != std::string::npos && host.front() != '[';
  return (brackets ? "[" + host + "]" : host) + ":" + port;
}

void add(std::vector<std::string>& addresses, std::string_view scheme, const std::string& address) {
  if (!address.empty()) addresses.push_back(std::string(scheme) + "://" + address);
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

// KDE writes "http://proxy.example.org 3128", newer ones a colon, and a user before the host.
std::string kde_address(const std::string& value) {
  std::string address = value.substr(value.find("://") == std::string::npos ? 0 : value.find("://") + 3);
  while (address.ends_with('/')) address.pop_back();
  if (const auto blank = address.find(' '); blank != std::string::npos) address[blank] = ':';
  return address;
}

std::string output_of(const char* command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command, "re"), &::pclose);
  std::string text(kMaxSettings, '\0');
  text.resize(pipe ? std::fread(text.data(), 1, text.size(), pipe.get()) : 0);
  return text;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxSettings, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

}  // namespace

DesktopProxies parse_gsettings(std::string_view text) {
  const auto settings = settings_of(text);
  const auto get = [&](const std::string& key) {
    const auto found = settings.find("org.gnome.system.proxy" + key);
    return found == settings.end() ? std::string() : found->second;
  };
  DesktopProxies out;
  const std::string mode = plain(get(" mode"));
  if (mode == "auto") {
    out.script = plain(get(" autoconfig-url"));
    out.mode = out.script.empty() ? Mode::kDetect : Mode::kScript;
  } else if (mode == "manual") {
    out.mode = Mode::kManual;
    for (const char* kind : {".https", ".http"})
      add(out.addresses, "http",
          address_of(plain(get(std::string(kind) + " host")), get(std::string(kind) + " port")));
    add(out.addresses, "socks5", address_of(plain(get(".socks host")), get(".socks port")));
    out.exempt = joined(get(" ignore-hosts"));
  }
  return out;
}

DesktopProxies parse_kioslaverc(std::string_view text) {
  std::map<std::string, std::string> settings;
  std::istringstream lines{std::string(text)};
  bool ours = false;
  for (std::string line; std::getline(lines, line);) {
    line = trimmed(line);
    if (line.starts_with('[')) {
      ours = line == "[Proxy Settings]";
      continue;
    }
    const auto equals = line.find('=');
    if (!ours || equals == std::string::npos) continue;
    std::string key = trimmed(line.substr(0, equals));
    if (const auto flags = key.find("[$"); flags != std::string::npos) key.resize(flags);  // "ProxyType[$i]"
    settings[key] = trimmed(line.substr(equals + 1));
  }
  DesktopProxies out;
  const std::string type = settings["ProxyType"];
  if (type == "1") {
    out.mode = Mode::kManual;
    for (const char* key : {"httpsProxy", "httpProxy"})
      add(out.addresses, "http", kde_address(settings[key]));
    add(out.addresses, "socks5", kde_address(settings["socksProxy"]));
    out.exempt = settings["NoProxyFor"];
    out.only_exempt = settings["ReversedException"] == "true";
  } else if (type == "2") {
    out.script = settings["Proxy Config Script"];
    out.mode = out.script.empty() ? Mode::kNone : Mode::kScript;
  } else if (type == "3") {
    out.mode = Mode::kDetect;
  }
  return out;
}

std::optional<DesktopProxies> desktop_proxies(const transport::reach::Environment& environment) {
  const std::string desktop = environment("XDG_CURRENT_DESKTOP");
  if (desktop.find("KDE") != std::string::npos) {
    const std::string given = environment("XDG_CONFIG_HOME");
    const std::string folder = given.starts_with('/') ? given : environment("HOME") + "/.config";
    return parse_kioslaverc(text_of(folder + "/kioslaverc"));
  }
  for (const char* name : {"GNOME", "Cinnamon", "MATE", "Budgie", "Unity", "Pantheon"}) {
    if (desktop.find(name) == std::string::npos) continue;
    return parse_gsettings(
        output_of("timeout 2 gsettings list-recursively org.gnome.system.proxy 2>/dev/null"));
  }
  return std::nullopt;
}

base::Result<std::vector<Proxy>> proxies_of_desktop(const DesktopProxies& desktop, const std::string& host,
                                                    std::uint16_t port) {
  std::vector<Proxy> proxies;
  switch (desktop.mode) {
    case Mode::kNone: return proxies;
    case Mode::kScript: return transport::reach::proxies_of_pac(desktop.script, host, port);
    case Mode::kDetect:
      // WPAD asks whoever answers first for a script that then sees every address: give the script's address instead.
      return base::fail_as(
          base::ErrorKind::kUnsupported, "bad-proxy",
          "the desktop looks for its proxy by itself (WPAD), which is not done here; give the "
          "proxy with --proxy, or its script with --proxy-pac");
    case Mode::kManual: break;
  }
  if (transport::reach::is_exempt(desktop.exempt, host, port) != desktop.only_exempt) return proxies;
  for (const std::string& address : desktop.addresses) {
    auto proxy = Proxy::parse(address);
    if (!proxy) return base::within("the desktop's proxy", proxy.error());
    proxies.push_back(std::move(*proxy));
  }
  return proxies;
}

}  // namespace vistime::client
