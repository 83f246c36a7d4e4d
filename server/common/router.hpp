// Which handler answers which request. A role registers its routes on a router; a listener serves one router: the
// edge's has the routes of every role, those of 12000 and 12001 have one role's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <functional>
#include <string>
#include <vector>

#include "transport/stream.hpp"

namespace vistime::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;
template <typename T>
using Task = asio::awaitable<T, transport::Executor>;

// Who is at the other end, after PROXY protocol and X-Forwarded-For have been taken into account.
struct Peer {
  std::string address;  // "192.0.2.1", "2001:db8::1"
  std::uint16_t port = 0;
  bool tls = false;
};

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

// The path with its query taken off, cut at '/', percent-decoded: what a handler looks at.
struct Target {
  std::vector<std::string> segments;
  std::string query;
};

using RequestHandler = std::function<Task<Response>(Request request, Target target, Peer peer)>;
// Owns the connection from here on. `request` asks for an upgrade to WebSocket.
using UpgradeHandler =
    std::function<Task<void>(transport::Stream stream, Request request, Target target, Peer peer)>;

class Router {
 public:
  // `pattern`: "/api/v1/rooms/*/join", a star for one segment.
  void on(http::verb method, std::string pattern, RequestHandler handler);
  void on_upgrade(std::string pattern, UpgradeHandler handler);
  // GET requests whose answer the handler writes itself, piece by piece, before it closes the connection.
  void on_connection(std::string pattern, UpgradeHandler handler);

  struct Match {
    const RequestHandler* handler = nullptr;
    bool path_known = false;  // another method would have matched: 405 rather than 404
  };
  Match find(http::verb method, const Target& target) const;
  const UpgradeHandler* find_upgrade(const Target& target) const;
  const UpgradeHandler* find_connection(http::verb method, const Target& target) const;

 private:
  struct Route {
    http::verb method;
    std::vector<std::string> pattern;
    RequestHandler handler;
  };
  struct UpgradeRoute {
    std::vector<std::string> pattern;
    UpgradeHandler handler;
  };
  std::vector<Route> routes_;
  static const UpgradeHandler* find_in(const std::vector<UpgradeRoute>& routes, const Target& target);
  std::vector<UpgradeRoute> upgrades_;
  std::vector<UpgradeRoute> connections_;
};

// Invalid for what is not an absolute path, for '..' and for broken percent escapes.
base::Result<Target> parse_target(std::string_view target);

// An RFC 9457 problem document: {"type": "https://vistime.invalid/…" is not used; "about:blank"}, title, status,
// detail, and "code", our stable token.
Response problem(const Request& request, http::status status, std::string_view code, std::string_view detail);
// The same for an error value: its kind chooses the status.
Response problem(const Request& request, const base::Error& error);
// What follows "Authorization: Bearer "; empty where there is none.
std::string_view bearer_of(const Request& request);
Response json_response(const Request& request, http::status status, std::string body);

}  // namespace vistime::server
