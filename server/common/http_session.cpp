#include "server/common/http_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>

#include "server/common/client_address.hpp"
#include "server/common/deadline.hpp"
#include "server/common/http_metrics.hpp"
#include "server/common/logging.hpp"

namespace vistime::server {

namespace {

namespace beast = boost::beast;
using transport::ErrorCode;
using Parser = http::request_parser<http::string_body>;

constexpr std::string_view kCertificateField = "Vistime-Certificate";

// How long, and for how many bytes, a client that was refused may go on sending before the connection is cut: without
// it the kernel would throw the answer away together with what was not read.
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr std::size_t kLingerBytes = 256 * 1024;

// A connection that a handler takes over, for an upgrade or for an answer in pieces.
struct Upgrade {
  const UpgradeHandler* handler = nullptr;
  Request request;
  Target target;
  Peer peer;
};

bool wants_upgrade(const Request& request) {
  return request.method() == http::verb::get && request.version() == 11 &&
         http::token_list(request[http::field::connection]).exists("upgrade") &&
         request.find(http::field::upgrade) != request.end();
}

class Session {
 public:
  Session(transport::Stream& stream, Peer peer, std::shared_ptr<const HttpService> service)
      : stream_(stream), peer_(std::move(peer)), service_(std::move(service)) {}

  // Until the connection is done for; or until there is something to hand over.
  Task<std::optional<Upgrade>> run();

 private:
  Task<bool> read_header(Parser& parser);
  Task<bool> read_body(Parser& parser);
  Task<bool> answer(Response response, bool head_only);
  Task<bool> refuse(ErrorCode error);
  Task<Response> respond(const Request& request, const Target& target, const Peer& peer);
  Task<void> linger();
  void show_certificate(Response& response);

  transport::Stream& stream_;
  const Peer peer_;
  const std::shared_ptr<const HttpService> service_;
  beast::flat_buffer buffer_;
  bool first_ = true;
  std::optional<std::string> certificate_;  // our own, once it was asked for
};

Task<std::optional<Upgrade>> Session::run() {
  for (;; first_ = false) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(service_->limits.header_bytes));
    parser.body_limit(service_->limits.body_bytes);
    if (!co_await read_header(parser)) co_return std::nullopt;
    if (!co_await read_body(parser)) co_return std::nullopt;
    Request request = parser.release();
    auto target = parse_target(std::string_view(request.target().data(), request.target().size()));
    if (!target) {
      Response response = problem(request, target.error());
      response.keep_alive(false);
      co_await answer(std::move(response), false);
      co_return std::nullopt;
    }
    Peer peer = peer_;
    peer.address =
        client_address(peer_.address, std::string(request["X-Forwarded-For"]), service_->trusted_proxies);
    if (wants_upgrade(request) && buffer_.size() == 0) {
      if (const UpgradeHandler* handler = service_->router->find_upgrade(*target); handler != nullptr) {
        service_->metrics->upgrades().Increment();
        co_return Upgrade{handler, std::move(request), std::move(*target), std::move(peer)};
      }
    }
    if (const UpgradeHandler* handler = service_->router->find_connection(request.method(), *target);
        handler != nullptr) {
      co_return Upgrade{handler, std::move(request), std::move(*target), std::move(peer)};
    }
    const bool head_only = request.method() == http::verb::head;
    Response response = co_await respond(request, *target, peer);
    if (!co_await answer(std::move(response), head_only)) co_return std::nullopt;
  }
}

Task<bool> Session::read_header(Parser& parser) {
  const Deadline deadline(stream_, first_ ? service_->limits.header : service_->limits.idle);
  const auto token = asio::as_tuple(transport::use_task);
  const auto [error, size] = co_await http::async_read_header(stream_, buffer_, parser, token);
  if (!error) co_return true;
  if (!deadline.passed()) co_await refuse(error);
  co_return false;
}

Task<bool> Session::read_body(Parser& parser) {
  const Deadline deadline(stream_, service_->limits.transfer);
  const auto token = asio::as_tuple(transport::use_task);
  if (!parser.is_done() && parser.get()[http::field::expect] == "100-continue") {
    const http::response<http::empty_body> go_on(http::status::continue_, 11);
    const auto [error, size] = co_await http::async_write(stream_, go_on, token);
    if (error) co_return false;
  }
  const auto [error, size] = co_await http::async_read(stream_, buffer_, parser, token);
  if (!error) co_return true;
  if (!deadline.passed()) co_await refuse(error);
  co_return false;
}

Task<bool> Session::answer(Response response, bool head_only) {
  response.set("X-Content-Type-Options", "nosniff");
  show_certificate(response);
  if (head_only) {
    response.content_length(response.body().size());
    response.body().clear();
  }
  service_->metrics->answered(response.result_int());
  const Deadline deadline(stream_, service_->limits.transfer);
  const auto token = asio::as_tuple(transport::use_task);
  const auto [error, size] = co_await http::async_write(stream_, response, token);
  co_return !error && !response.need_eof() && response.keep_alive();
}

// A client compares it with what it was shown: another certificate means that somebody reads along. Not where a proxy of
// our own ends TLS, whose certificate we do not know.
void Session::show_certificate(Response& response) {
  if (!certificate_) {
    const bool behind_own = service_->trusted_proxies.contain(peer_.address);
    certificate_ = behind_own ? std::string() : stream_.own_certificate();
  }
  response.erase(kCertificateField);  // a role's behind us is not the one that the client was shown
  if (!certificate_->empty()) response.set(kCertificateField, "sha256=" + *certificate_);
}

// Tells a client that speaks HTTP, but not as it should.
Task<bool> Session::refuse(ErrorCode error) {
  if (error == http::error::end_of_stream || error == asio::error::eof ||
      error.category() != http::make_error_code(http::error::bad_value).category()) {
    co_return false;
  }
  auto status = http::status::bad_request;
  std::string code = "bad-request", detail = "this is not HTTP/1.1 as it should be: " + error.message();
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    status = http::status::request_header_fields_too_large;
    code = "header-too-large";
    detail = fmt::format("the request's header has more than {} bytes", service_->limits.header_bytes);
  } else if (error == http::error::body_limit) {
    status = http::status::payload_too_large;
    code = "body-too-large";
    detail = fmt::format("the request's body has more than {} bytes", service_->limits.body_bytes);
  } else if (error == http::error::partial_message) {
    co_return false;
  }
  const Request request(http::verb::get, "/", 11);
  Response response = problem(request, status, code, detail);
  response.keep_alive(false);
  co_await answer(std::move(response), false);
  co_await linger();
  co_return false;
}

Task<void> Session::linger() {
  stream_.shutdown_send();
  const Deadline deadline(stream_, kLingerTime);
  const auto token = asio::as_tuple(transport::use_task);
  std::array<char, 4096> block{};
  for (std::size_t read = 0; read < kLingerBytes;) {
    const auto [error, size] = co_await stream_.async_read_some(asio::buffer(block), token);
    if (error) co_return;
    read += size;
  }
}

Task<Response> Session::respond(const Request& request, const Target& target, const Peer& peer) {
  Router::Match match = service_->router->find(request.method(), target);
  // Whoever answers GET answers HEAD; the body is left out.
  if (match.handler == nullptr && request.method() == http::verb::head) {
    match = service_->router->find(http::verb::get, target);
  }
  if (match.handler == nullptr && match.path_known) {
    co_return problem(request, http::status::method_not_allowed, "method-not-allowed",
                      "this address does not know that method");
  }
  if (match.handler == nullptr) {
    co_return problem(request, http::status::not_found, "not-found", "there is nothing at this address");
  }
  try {
    co_return co_await (*match.handler)(request, target, peer);
  } catch (const std::exception& error) {
    log_error("a request failed", {{"target", std::string(request.target())}, {"error", error.what()}});
  }
  co_return problem(request, base::Error{});
}

}  // namespace

Task<void> serve_http(transport::Stream stream, Peer peer, std::shared_ptr<const HttpService> service) {
  std::optional<Upgrade> upgrade;
  {
    // Its buffers are gone before a link begins: an idle link is to cost little.
    auto session = std::make_unique<Session>(stream, std::move(peer), std::move(service));
    upgrade = co_await session->run();
  }
  if (!upgrade) {
    stream.shutdown_send();
    stream.close();
    co_return;
  }
  Task<void> handled = (*upgrade->handler)(std::move(stream), std::move(upgrade->request),
                                           std::move(upgrade->target), std::move(upgrade->peer));
  upgrade.reset();
  co_await std::move(handled);
}

}  // namespace vistime::server
