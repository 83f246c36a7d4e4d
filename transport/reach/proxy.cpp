#include "transport/reach/proxy.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <cstdlib>
#include <memory>

namespace vistime::transport::reach {
namespace {

namespace ip = boost::asio::ip;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

struct Scheme {
  std::string_view name;
  Proxy::Kind kind;
  std::uint16_t port;
};
// The first of a kind is how it is printed.
constexpr std::array<Scheme, 6> kSchemes = {{{"http", Proxy::Kind::kHttp, 80},
                                             {"https", Proxy::Kind::kHttps, 443},
                                             {"socks5h", Proxy::Kind::kSocks5, 1080},
                                             {"socks5", Proxy::Kind::kSocks5, 1080},
                                             {"socks4a", Proxy::Kind::kSocks4a, 1080},
                                             {"socks4", Proxy::Kind::kSocks4a, 1080}}};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_in_network(const ip::address& address, const std::string& text) {
  boost::system::error_code error;
  if (address.is_v4()) {
    const auto network = ip::make_network_v4(text, error);
    return !error &&
           ip::network_v4(address.to_v4(), network.prefix_length()).canonical() == network.canonical();
  }
  const auto network = ip::make_network_v6(text, error);
  return !error &&
         ip::network_v6(address.to_v6(), network.prefix_length()).canonical() == network.canonical();
}

bool names(std::string entry, const std::string& host, std::uint16_t port) {
  if (entry == "*") return true;
  boost::system::error_code not_address;
  const auto address = ip::make_address(host, not_address);
  if (!not_address) {
    boost::system::error_code bad;
    const auto exempt = ip::make_address(entry, bad);
    if (!bad) return exempt == address;
    if (entry.find('/') != std::string::npos) return is_in_network(address, entry);
  }
  if (const auto colon = entry.rfind(':'); colon != std::string::npos) {
    if (entry.substr(colon + 1) != std::to_string(port)) return false;
    entry.resize(colon);
  }
  if (entry.starts_with("*.")) entry.erase(0, 1);
  if (entry.starts_with(".")) entry.erase(0, 1);
  if (entry.empty()) return false;
  return host == entry ||
         (host.size() > entry.size() && host.ends_with(entry) && host[host.size() - entry.size() - 1] == '.');
}

}  // namespace

base::Result<Proxy> Proxy::parse(std::string_view url) {
  const auto bad = [](std::string_view why) {
    return base::fail_as(base::ErrorKind::kInvalid, "bad-proxy",
                         "a proxy is written as http://HOST:PORT, https://…, socks5://… or socks4a://…: {}",
                         why);
  };
  if (url.size() > 2048) return bad("this one is too long");
  const std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
  if (!parsed) return base::fail(base::ErrorKind::kInternal, "libcurl: not enough memory");
  const std::string text =
      url.find("://") == std::string_view::npos ? "http://" + std::string(url) : std::string(url);
  if (curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return bad("this one cannot be read");
  }
  const std::string name = part_of(parsed.get(), CURLUPART_SCHEME);
  const auto scheme = std::ranges::find(kSchemes, std::string_view(name), &Scheme::name);
  if (scheme == kSchemes.end()) return bad("that scheme is unknown");
  Proxy proxy{.kind = scheme->kind,
              .host = lower(part_of(parsed.get(), CURLUPART_HOST)),
              .port = scheme->port,
              .user = part_of(parsed.get(), CURLUPART_USER, CURLU_URLDECODE),
              .password = part_of(parsed.get(), CURLUPART_PASSWORD, CURLU_URLDECODE)};
  if (proxy.host.starts_with('[') && proxy.host.ends_with(']')) {
    proxy.host = proxy.host.substr(1, proxy.host.size() - 2);
  }
  if (proxy.host.empty()) return bad("this one names no host");
  if (const std::string port = part_of(parsed.get(), CURLUPART_PORT); !port.empty()) {
    proxy.port =
        static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10));  // libcurl has checked it
  }
  if (proxy.port == 0) return bad("its port cannot be 0");
  return proxy;
}

std::string Proxy::print() const {
  const auto scheme = std::ranges::find(kSchemes, kind, &Scheme::kind);
  const bool brackets = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", scheme->name, brackets ? "[" : "", host, brackets ? "]" : "", port);
}

Environment process_environment() {
  return [](const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody writes it after the start
    return std::string(value == nullptr ? "" : value);
  };
}

base::Result<std::vector<Proxy>> proxies_of_environment(const Environment& environment, std::string_view host,
                                                        std::uint16_t port) {
  std::string exempt = environment("no_proxy");
  if (exempt.empty()) exempt = environment("NO_PROXY");
  if (is_exempt(exempt, host, port)) return std::vector<Proxy>();
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const std::string value = environment(name);
    if (value.empty()) continue;
    auto proxy = Proxy::parse(value);
    if (!proxy) return base::within(fmt::format("the environment variable {}", name), proxy.error());
    return std::vector<Proxy>{std::move(*proxy)};
  }
  return std::vector<Proxy>();
}

bool is_exempt(std::string_view list, std::string_view host, std::uint16_t port) {
  const std::string lower_host = lower(host);
  while (!list.empty()) {
    const auto end = list.find_first_of(", \t");
    const std::string_view entry = list.substr(0, end);
    if (!entry.empty() && names(lower(entry), lower_host, port)) return true;
    if (end == std::string_view::npos) return false;
    list.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace vistime::transport::reach
