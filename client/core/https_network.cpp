#include "client/core/https_network.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace vistime::client {
namespace {

namespace asio = boost::asio;
// DNS, TCP, TLS and upgrade together; the next attempt may find a better way.
constexpr std::chrono::seconds kConnectLimit{10};
using CarrierPointer = std::unique_ptr<transport::Carrier>;

// Arguments by value: the coroutine outlives the call.
asio::awaitable<void, transport::Executor> connect_and_tell(transport::WebSocketTarget target,
                                                            transport::TlsContext tls,
                                                            Network::Done<CarrierPointer> done) {
  base::Result<CarrierPointer> carrier =
      base::fail(base::ErrorKind::kInternal, "the connection was not tried");
  try {
    carrier = co_await transport::connect_websocket(std::move(target), std::move(tls), kConnectLimit);
  } catch (const std::exception& error) {
    carrier = base::fail_as(base::ErrorKind::kUnreachable, "unreachable", "{}", error.what());
  }
  if (!carrier && carrier.error().kind == base::ErrorKind::kUnreachable) carrier.error().code = "unreachable";
  if (!carrier && carrier.error().code == "tls-untrusted") carrier.error().code = "tls-not-trusted";
  done(std::move(carrier));
}

}  // namespace

base::Result<std::unique_ptr<HttpsNetwork>> HttpsNetwork::create(transport::Executor executor, Server server,
                                                                 const std::string& ca_file) {
  auto tls = transport::make_client_tls(ca_file);
  if (!tls) return base::fail_as(base::ErrorKind::kInvalid, "ca-file", "{}", tls.error().message);
  return std::unique_ptr<HttpsNetwork>(
      new HttpsNetwork(std::move(executor), std::move(server), ca_file, std::move(*tls)));
}

HttpsNetwork::HttpsNetwork(transport::Executor executor, Server server, const std::string& ca_file,
                           transport::TlsContext tls)
    : executor_(std::move(executor)),
      server_(std::move(server)),
      tls_(std::move(tls)),
      master_(MasterSettings{.server = server_, .ca_file = ca_file}) {}

HttpsNetwork::~HttpsNetwork() {
  master_.cancel();
  thread_.join();
}

template <typename T, typename Call>
void HttpsNetwork::off_thread(Call call, Done<T> done) {
  asio::post(thread_, [this, call = std::move(call), done = std::move(done)]() mutable {
    auto result = call(master_);
    asio::post(executor_,
               [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
  });
}

void HttpsNetwork::room_info(const std::string& room, Done<RoomInfo> done) {
  off_thread<RoomInfo>([room](MasterApi& master) { return master.room_info(room); }, std::move(done));
}

void HttpsNetwork::join(const std::string& room, const JoinRequest& request, Done<JoinGrant> done) {
  off_thread<JoinGrant>([room, request](MasterApi& master) { return master.join(room, request); },
                        std::move(done));
}

void HttpsNetwork::connect(const std::string& path, Done<CarrierPointer> done) {
  transport::WebSocketTarget target{.host = server_.host, .port = std::to_string(server_.port), .path = path};
  asio::co_spawn(executor_, connect_and_tell(std::move(target), tls_, std::move(done)), asio::detached);
}

}  // namespace vistime::client
