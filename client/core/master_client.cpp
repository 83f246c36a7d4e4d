#include "client/core/master_client.hpp"

#include "client/core/inspection.hpp"
#include "protocol/version.hpp"

namespace vistime::client {
namespace {

using base::ErrorKind;
using transport::Task;
namespace reach = transport::reach;
namespace http = reach::http;
using reach::HttpAnswer;
using reach::HttpRequest;

constexpr std::size_t kMaxAnswer = 1 << 20;

HttpRequest request_for(http::verb method, const std::string& path, std::string body = {}) {
  HttpRequest request(method, path, 11);
  request.set(http::field::accept, "application/json, application/problem+json");
  request.set(http::field::user_agent, fmt::format("vistime/{}", protocol::release()));
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  request.body() = std::move(body);
  return request;
}

// Anything can answer on the way to a server: captive portals, block pages. Ours speak JSON.
bool is_masters(const HttpAnswer& answer) {
  if (answer.result() == http::status::no_content) return true;
  const std::string_view type(answer[http::field::content_type].data(),
                              answer[http::field::content_type].size());
  return type.starts_with("application/json") || type.starts_with("application/problem+json");
}

std::shared_ptr<reach::HttpConnection> connect_http(transport::Stream stream, const reach::Route& route) {
  return std::make_shared<reach::HttpConnection>(
      std::move(stream), transport::authority_of(route.host, std::to_string(route.port)));
}

base::Error problem_of(const HttpAnswer& answer) {
  const auto retry_after = answer[http::field::retry_after];
  return problem_to_error(answer.result_int(), answer.body(), {retry_after.data(), retry_after.size()});
}

}  // namespace

Task<base::Result<CreatedRoom>> MasterClient::create_room(NewRoom room) {
  const auto body = co_await perform(request_for(http::verb::post, "/api/v1/rooms", encode(room)));
  if (!body) co_return std::unexpected(body.error());
  co_return parse_created_room(*body);
}

Task<base::Result<RoomInfo>> MasterClient::room_info(std::string room) {
  const auto body = co_await perform(request_for(http::verb::get, "/api/v1/rooms/" + room));
  if (!body) co_return std::unexpected(body.error());
  co_return parse_room_info(*body);
}

Task<base::Result<JoinGrant>> MasterClient::join(std::string room, JoinRequest request) {
  const auto body =
      co_await perform(request_for(http::verb::post, "/api/v1/rooms/" + room + "/join", encode(request)));
  if (!body) co_return std::unexpected(body.error());
  co_return parse_join_grant(*body);
}

Task<base::Result<void>> MasterClient::close_room(std::string room, std::string host_key) {
  HttpRequest request = request_for(http::verb::delete_, "/api/v1/rooms/" + room);
  request.set(http::field::authorization, "Bearer " + host_key);
  const auto body = co_await perform(std::move(request));
  if (!body) co_return std::unexpected(body.error());
  co_return base::Result<void>();
}

Task<base::Result<std::string>> MasterClient::perform(HttpRequest request) {
  base::Result<HttpAnswer> answer = base::fail(ErrorKind::kUnreachable, "not tried");
  const bool repeatable = request.method() == http::verb::get;
  if (connection_ && connection_->reusable()) {
    const auto deadline = std::chrono::steady_clock::now() + settings_.limit;
    answer = co_await connection_->ask(request, kMaxAnswer, deadline);
  }
  if (!answer && repeatable) {
    answer = co_await climb(std::move(request));
  } else if (!answer) {
    // What must not happen twice waits until a route has proved itself.
    const auto proved = co_await climb(request_for(http::verb::get, "/api/v1/keys"));
    if (!proved) co_return std::unexpected(proved.error());
    const auto deadline = std::chrono::steady_clock::now() + settings_.limit;
    if (!connection_->reusable()) {  // some proxies close after every answer
      auto stream = co_await connector_.open_stream(*route_, deadline);
      if (!stream) co_return std::unexpected(for_people(stream.error(), settings_.server));
      connection_ = connect_http(std::move(*stream), *route_);
    }
    answer = co_await connection_->ask(std::move(request), kMaxAnswer, deadline);
  }
  if (!answer) co_return std::unexpected(for_people(answer.error(), settings_.server));
  if (answer->result_int() < 200 || answer->result_int() >= 300)
    co_return std::unexpected(problem_of(*answer));
  co_return std::move(answer->body());
}

Task<base::Result<HttpAnswer>> MasterClient::climb(HttpRequest request) {
  connection_.reset();
  const auto began = std::chrono::steady_clock::now();
  const reach::TakeRoute<Opened> take_route = [this, request](reach::Route route) {
    return take(std::move(route), request);
  };
  auto climbed =
      co_await reach::climb<Opened>(ways_.all(reach::Channel::kMaster), take_route, ways_.on_failed());
  if (!climbed) co_return std::unexpected(for_people(climbed.error(), settings_.server));
  connection_ = climbed->value.connection;
  route_ = climbed->route;
  const auto said = climbed->value.answer[kCertificateField];
  ways_.won(climbed->route,
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began),
            inspected_by(connection_->stream().peer_certificate(), {said.data(), said.size()}));
  co_return std::move(climbed->value.answer);
}

Task<base::Result<MasterClient::Opened>> MasterClient::take(reach::Route route, HttpRequest request) {
  const auto deadline = std::chrono::steady_clock::now() + settings_.route_limit;
  auto stream = co_await connector_.open_stream(route, deadline);
  if (!stream) co_return std::unexpected(stream.error());
  auto connection = connect_http(std::move(*stream), route);
  auto answer = co_await connection->ask(std::move(request), kMaxAnswer, deadline);
  if (!answer) co_return std::unexpected(answer.error());
  if (!is_masters(*answer)) {
    base::Error why = problem_of(*answer);
    if (answer->result_int() < 400) why.code = "transformed";
    why.message = fmt::format("something on the way to {} answers in its place (HTTP {})", route.host,
                              answer->result_int());
    why.kind = ErrorKind::kUnreachable;
    co_return std::unexpected(std::move(why));
  }
  co_return Opened{std::move(connection), std::move(*answer)};
}

base::Error for_people(const base::Error& why, const Server& server) {
  if (why.code == "tls-untrusted" && why.message.find("(issued by") == std::string::npos)
    return {ErrorKind::kRefused, "tls-not-trusted", why.message};
  if (why.code == "tls-untrusted") {
    return {ErrorKind::kRefused, "tls-not-trusted",
            why.message +
                ". If it is your organisation's own, give its CA with --ca-file FILE; the server's "
                "operator has it"};
  }
  if (why.code == "dns") {
    return {ErrorKind::kUnreachable, "unreachable",
            fmt::format("{} cannot be found by name; check the link and your network", server.host)};
  }
  if (why.kind == ErrorKind::kUnreachable) return {ErrorKind::kUnreachable, "unreachable", why.message};
  return why;
}

}  // namespace vistime::client
