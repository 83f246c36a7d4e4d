#include "server/edge/edge_role.hpp"

#include <algorithm>

#include "server/common/url.hpp"
#include "server/edge/pages.hpp"
#include "server/edge/relay.hpp"

namespace vistime::server::edge {
namespace {

// No path of ours is deeper.
constexpr int kRedirectDepth = 8;

Response html(const Request& request, http::status status, std::string body) {
  Response response = json_response(request, status, std::move(body));
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set("Content-Security-Policy", content_security_policy());
  response.set("Referrer-Policy", "no-referrer");
  response.set(http::field::vary, "Accept-Language");
  return response;
}

Language language_of(const Request& request) {
  const auto header = request[http::field::accept_language];
  return preferred_language({header.data(), header.size()});
}

bool looks_like_room(std::string_view id) {
  return id.size() == 10 && std::all_of(id.begin(), id.end(), [](char character) {
           return (character >= 'a' && character <= 'z') || (character >= '2' && character <= '7');
         });
}

}  // namespace

void register_pages(Router& router, std::shared_ptr<const WebFiles> web_client) {
  router.on(http::verb::get, "/", [](Request request, Target, Peer) -> Task<Response> {
    co_return html(request, http::status::ok, home_page(language_of(request)));
  });
  // The same for every meeting, whether it exists or not: the page tells nobody.
  router.on(http::verb::get, "/m/*", [web_client](Request request, Target target, Peer) -> Task<Response> {
    const Language language = language_of(request);
    if (!looks_like_room(target.segments.back())) {
      co_return html(request, http::status::not_found, not_found_page(language));
    }
    if (web_client) co_return web_client->page(request);
    co_return html(request, http::status::ok, room_page(language));
  });
  if (!web_client) return;
  router.on(http::verb::get, "/assets/*",
            [web_client](Request request, Target target, Peer) -> Task<Response> {
              co_return web_client->asset(request, target.segments.back());
            });
}

void relay_master(Router& router, std::shared_ptr<const HttpClient> upstream) {
  const RequestHandler handler = relay_requests(std::move(upstream));
  router.on(http::verb::post, "/api/v1/rooms", handler);
  router.on(http::verb::get, "/api/v1/rooms/*", handler);
  router.on(http::verb::delete_, "/api/v1/rooms/*", handler);
  router.on(http::verb::post, "/api/v1/rooms/*/join", handler);
  router.on(http::verb::get, "/api/v1/keys", handler);
}

void relay_conference(Router& router, std::shared_ptr<const HttpClient> upstream) {
  router.on_upgrade("/link/conference/*", relay_upgrades(upstream));
  router.on_connection("/link/conference/*/requests/down", relay_streams(upstream));
  const RequestHandler handler = relay_requests(std::move(upstream));
  router.on(http::verb::post, "/link/conference/*/requests", handler);
  router.on(http::verb::delete_, "/link/conference/*/requests", handler);
  router.on(http::verb::post, "/link/conference/*/requests/up", handler);
  router.on(http::verb::get, "/link/conference/*/requests/poll", handler);
  // A plain request is told by the conference role what it did wrong.
  router.on(http::verb::get, "/link/conference/*", handler);
}

Response redirect(const Request& request, std::uint16_t https_port) {
  const auto field = request[http::field::host];
  const std::string host = host_of({field.data(), field.size()});
  if (host.empty()) {
    return problem(request, http::status::bad_request, "bad-host",
                   "the request names no host that could be redirected to");
  }
  const std::string port = https_port == 443 ? "" : ":" + std::to_string(https_port);
  const std::string target(request.target());
  Response response = json_response(request, http::status::permanent_redirect, "");
  response.erase(http::field::content_type);
  response.set(http::field::location, "https://" + host + port + target);
  return response;
}

void register_redirect(Router& router, std::uint16_t https_port) {
  const RequestHandler handler = [https_port](Request request, Target, Peer) -> Task<Response> {
    co_return redirect(request, https_port);
  };
  std::string pattern = "/";
  for (int depth = 0; depth <= kRedirectDepth; ++depth) {
    for (const http::verb method :
         {http::verb::get, http::verb::post, http::verb::put, http::verb::delete_}) {
      router.on(method, pattern, handler);
    }
    pattern += depth == 0 ? "*" : "/*";
  }
}

}  // namespace vistime::server::edge
