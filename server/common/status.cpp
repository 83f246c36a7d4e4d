#include "server/common/status.hpp"

#include <prometheus/text_serializer.h>

#include <memory>

namespace vistime::server {
namespace {

Response text_response(const Request& request, http::status status, const char* type, std::string body) {
  Response response = json_response(request, status, std::move(body));
  response.set(http::field::content_type, type);
  return response;
}

constexpr auto kPlain = "text/plain; charset=utf-8";

}  // namespace

void register_status_routes(Router& router, StatusRoutes with) {
  auto status = std::make_shared<const StatusRoutes>(std::move(with));
  router.on(http::verb::get, "/healthz", [](Request request, Target, Peer) -> Task<Response> {
    co_return text_response(request, http::status::ok, kPlain, "ok\n");
  });
  router.on(http::verb::get, "/readyz", [status](Request request, Target, Peer) -> Task<Response> {
    const bool ready = status->ready();
    co_return text_response(request, ready ? http::status::ok : http::status::service_unavailable, kPlain,
                            ready ? "ready\n" : "not ready\n");
  });
  router.on(http::verb::get, "/metrics", [status](Request request, Target, Peer peer) -> Task<Response> {
    if (!status->metrics_allow.contain(peer.address)) {
      co_return problem(
          request, http::status::forbidden, "not-allowed",
          "this address may not read the metrics; the server's setting metrics-allow says which may");
    }
    co_return text_response(request, http::status::ok, "text/plain; version=0.0.4; charset=utf-8",
                            prometheus::TextSerializer().Serialize(status->registry->Collect()));
  });
}

}  // namespace vistime::server
