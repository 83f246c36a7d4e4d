#include "server/common/router.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vistime::server {
namespace {

constexpr std::size_t kMaxTarget = 4096;
constexpr std::size_t kMaxSegments = 16;

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return parts;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::ranges::equal(pattern, segments, [](const std::string& wanted, const std::string& got) {
    return wanted == "*" || wanted == got;
  });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return out;
}

http::status status_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kInvalid: return http::status::bad_request;
    case base::ErrorKind::kRefused: return http::status::forbidden;
    case base::ErrorKind::kNotFound: return http::status::not_found;
    case base::ErrorKind::kUnreachable: return http::status::bad_gateway;
    case base::ErrorKind::kOverloaded: return http::status::service_unavailable;
    case base::ErrorKind::kUnsupported: return http::status::not_implemented;
    case base::ErrorKind::kClosed: return http::status::gone;
    case base::ErrorKind::kInternal: return http::status::internal_server_error;
  }
  return http::status::internal_server_error;
}

}  // namespace

void Router::on(http::verb method, std::string pattern, RequestHandler handler) {
  routes_.push_back({method, split(std::string_view(pattern).substr(1)), std::move(handler)});
}

void Router::on_upgrade(std::string pattern, UpgradeHandler handler) {
  upgrades_.push_back({split(std::string_view(pattern).substr(1)), std::move(handler)});
}

void Router::on_connection(std::string pattern, UpgradeHandler handler) {
  connections_.push_back({split(std::string_view(pattern).substr(1)), std::move(handler)});
}

Router::Match Router::find(http::verb method, const Target& target) const {
  Match match;
  for (const Route& route : routes_) {
    if (!matches(route.pattern, target.segments)) continue;
    match.path_known = true;
    // HEAD is a GET whose body is not sent (RFC 9110 section 9.3.2).
    if (route.method != method && !(method == http::verb::head && route.method == http::verb::get)) continue;
    match.handler = &route.handler;
    return match;
  }
  return match;
}

const UpgradeHandler* Router::find_in(const std::vector<UpgradeRoute>& routes, const Target& target) {
  for (const UpgradeRoute& route : routes) {
    if (matches(route.pattern, target.segments)) return &route.handler;
  }
  return nullptr;
}

const UpgradeHandler* Router::find_upgrade(const Target& target) const { return find_in(upgrades_, target); }

const UpgradeHandler* Router::find_connection(http::verb method, const Target& target) const {
  return method == http::verb::get ? find_in(connections_, target) : nullptr;
}

base::Result<Target> parse_target(std::string_view text) {
  if (text.size() > kMaxTarget) return base::fail(base::ErrorKind::kInvalid, "the address is too long");
  if (text.empty() || text[0] != '/') return base::fail(base::ErrorKind::kInvalid, "the address is no path");
  Target target;
  const auto question = text.find('?');
  if (question != std::string_view::npos) target.query = std::string(text.substr(question + 1));
  for (const auto& part :
       split(text.substr(1, question == std::string_view::npos ? question : question - 1))) {
    const auto decoded = percent_decoded(part);
    if (!decoded) return base::fail(base::ErrorKind::kInvalid, "the address has a broken percent escape");
    if (*decoded == "." || *decoded == ".." || decoded->find('\0') != std::string::npos ||
        decoded->find('/') != std::string::npos) {
      return base::fail(base::ErrorKind::kInvalid, "the address leads elsewhere");
    }
    target.segments.push_back(*decoded);
  }
  if (target.segments.size() > kMaxSegments)
    return base::fail(base::ErrorKind::kInvalid, "the address is too deep");
  return target;
}

Response problem(const Request& request, http::status status, std::string_view code,
                 std::string_view detail) {
  const nlohmann::json document{{"type", "about:blank"},
                                {"title", std::string(http::obsolete_reason(status))},
                                {"status", static_cast<int>(status)},
                                {"detail", std::string(detail)},
                                {"code", std::string(code)}};
  auto response =
      json_response(request, status, document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  response.set(http::field::content_type, "application/problem+json");
  return response;
}

Response problem(const Request& request, const base::Error& error) {
  return problem(request, status_of(error.kind),
                 error.code.empty() ? base::to_string(error.kind) : error.code, error.message);
}

std::string_view bearer_of(const Request& request) {
  const auto value = request[http::field::authorization];
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view text(value.data(), value.size());
  return text.starts_with(kScheme) ? text.substr(kScheme.size()) : std::string_view{};
}

Response json_response(const Request& request, http::status status, std::string body) {
  Response response(status, request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, "application/json");
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

}  // namespace vistime::server
