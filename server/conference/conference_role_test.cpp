#include "server/conference/conference_role.hpp"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>

#include "protocol/version.hpp"
#include "testing/temporary_folder_testing.hpp"
#include "transport/handshake.hpp"
#include "transport/timer.hpp"
#include "transport/websocket.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::Hello;
using vistime::v1::HelloReply;
constexpr const char* kRoom = "abcdefgh23";
using Acceptor = asio::basic_socket_acceptor<transport::tcp, transport::Executor>;

// One connection: an upgrade request is read and handed to the router, as a listener does.
Task<void> serve_one(transport::Socket socket, const Router& router) {
  transport::Stream stream(std::move(socket));
  boost::beast::flat_buffer buffer;
  Request request;
  co_await http::async_read(stream, buffer, request, transport::use_task);
  const auto target = parse_target({request.target().data(), request.target().size()});
  const UpgradeHandler* handler = router.find_upgrade(target.value());
  // Named, because g++ 12 destroys an aggregate's temporary in a co_await twice.
  Peer peer;
  Target copy = *target;
  if (handler != nullptr)
    co_await (*handler)(std::move(stream), std::move(request), std::move(copy), std::move(peer));
}

Task<void> accept_all(Acceptor& acceptor, const Router& router) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(transport::use_task));
    if (error) co_return;
    asio::co_spawn(acceptor.get_executor(), serve_one(std::move(socket), router), asio::detached);
  }
}

Task<HelloReply> exchange(std::string port, std::string room, Hello hello,
                          std::vector<std::unique_ptr<transport::Carrier>>& kept) {
  transport::WebSocketTarget target{
      .host = "127.0.0.1", .port = std::move(port), .path = "/link/conference/" + room};
  auto carrier = co_await transport::connect_websocket(std::move(target), nullptr, std::chrono::seconds(10));
  if (!carrier) throw std::runtime_error(carrier.error().message);
  (*carrier)->write(transport::encode_hello(hello));
  const auto reply = co_await transport::receive_one(**carrier, std::chrono::seconds(10));
  kept.push_back(std::move(*carrier));
  co_return transport::decode_hello_reply(reply.value()).value();
}

struct ConferenceRoleTest : testing::Test {
  void SetUp() override { open(); }
  void TearDown() override { shut(); }
  void open() {
    workers = std::make_unique<Workers>(2);
    auto verifier = TokenVerifier::from_key_set(signer.key_set());
    auto opened = ConferenceRole::open(*workers, clock, std::make_shared<TokenVerifier>(std::move(*verifier)),
                                       {.data = folder.path()}, registry);
    ASSERT_TRUE(opened) << opened.error().message;
    role = std::move(*opened);
    router = std::make_unique<Router>();
    role->register_routes(*router);
    const auto executor = workers->of("listener");
    acceptor = std::make_unique<Acceptor>(executor,
                                          transport::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    asio::co_spawn(executor, accept_all(*acceptor, *router), asio::detached);
    workers->start();
  }
  // As a process that ends without a word.
  void shut() {
    carriers.clear();
    client.restart();
    client.poll();
    workers->stop();
    acceptor.reset();
    role.reset();
    workers.reset();
    router.reset();
  }
  template <typename T>
  T on_worker(Task<T> task) {
    return asio::co_spawn(workers->of("control"), std::move(task), asio::use_future).get();
  }
  RoomGrant grant(const std::string& who) const {
    RoomGrant grant;
    grant.room = kRoom;
    grant.participant = "id-" + who;
    grant.name = who;
    grant.device = "device-" + who;
    grant.issued = clock.wall();
    grant.expires = clock.wall() + std::chrono::seconds(60);
    return grant;
  }
  Hello hello(const std::string& token = {}) const {
    Hello hello;
    hello.set_protocol(protocol::kProtocol);
    hello.set_release(std::string(protocol::release()));
    hello.set_token(token);
    return hello;
  }
  HelloReply say(const Hello& message, const std::string& room = kRoom) {
    HelloReply reply;
    client.restart();
    asio::co_spawn(client.get_executor(),
                   exchange(std::to_string(acceptor->local_endpoint().port()), room, message, carriers),
                   [&](std::exception_ptr stray, HelloReply got) {
                     if (stray) std::rethrow_exception(stray);
                     reply = std::move(got);
                     client.stop();
                   });
    client.run();
    return reply;
  }
  HelloReply resume(const HelloReply& before) {
    Hello again = hello();
    again.mutable_resume()->set_link_id(before.welcome().link_id());
    again.mutable_resume()->set_link_key(before.welcome().link_key());
    return say(again);
  }
  Response control(http::verb method, const std::string& path, const std::string& token) {
    Request request{method, path, 11};
    request.set(http::field::authorization, "Bearer " + token);
    const Target target = parse_target(path).value();
    return on_worker((*router->find(method, target).handler)(request, target, Peer{}));
  }
  std::string control_token(const std::string& action) const {
    ControlGrant grant;
    grant.room = kRoom;
    grant.action = action;
    grant.expires = clock.wall() + std::chrono::seconds(60);
    return signer.sign(grant);
  }

  TemporaryFolder folder;
  base::ManualClock clock;
  TokenSigner signer{base::Bytes(32, 7)};
  prometheus::Registry registry;
  std::unique_ptr<Workers> workers;
  std::unique_ptr<ConferenceRole> role;
  std::unique_ptr<Router> router;
  std::unique_ptr<Acceptor> acceptor;
  asio::io_context client{1};
  std::vector<std::unique_ptr<transport::Carrier>> carriers;
};

TEST_F(ConferenceRoleTest, a_token_opens_the_room_and_a_link_is_resumed) {
  const HelloReply welcome = say(hello(signer.sign(grant("anna"))));
  ASSERT_TRUE(welcome.has_welcome());
  EXPECT_EQ(welcome.welcome().resumption(), vistime::v1::RESUMPTION_NEW);
  EXPECT_EQ(on_worker(role->room_status(kRoom))->participants, 1U);
  EXPECT_EQ(resume(welcome).welcome().resumption(), vistime::v1::RESUMPTION_RESUMED);
}

TEST_F(ConferenceRoleTest, a_room_outlives_the_process) {
  const HelloReply welcome = say(hello(signer.sign(grant("anna"))));
  ASSERT_TRUE(welcome.has_welcome());
  shut();
  open();
  EXPECT_EQ(resume(welcome).welcome().resumption(), vistime::v1::RESUMPTION_RESTORED);
}

TEST_F(ConferenceRoleTest, who_shows_nothing_valid_is_refused) {
  EXPECT_EQ(say(hello("nonsense")).refusal().code(), "token-invalid");
  RoomGrant other = grant("anna");
  other.room = "zzzzzzzz22";
  EXPECT_EQ(say(hello(signer.sign(other))).refusal().code(), "token-invalid");
  EXPECT_EQ(say(hello(), "not-a-room").refusal().code(), "room-unknown");
  Hello old = hello();
  old.set_release("0.0.1");
  EXPECT_TRUE(say(old).has_update_required());
  HelloReply never;
  never.mutable_welcome()->set_link_id(std::string(16, 'x'));
  EXPECT_EQ(resume(never).refusal().code(), "resume-unknown");
  clock.advance(std::chrono::seconds(1));
  const std::string token = signer.sign(grant("anna"));
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(say(hello(token)).refusal().code(), "token-expired");
}

TEST_F(ConferenceRoleTest, a_closed_room_stays_closed_also_after_a_restart) {
  say(hello(signer.sign(grant("anna"))));
  EXPECT_EQ(control(http::verb::post, "/conference/control/close", control_token("close")).result(),
            http::status::no_content);
  EXPECT_EQ(say(hello(signer.sign(grant("ben")))).refusal().code(), "room-closed");
  EXPECT_TRUE(on_worker(role->room_status(kRoom))->closed);
  shut();
  open();
  EXPECT_TRUE(on_worker(role->room_status(kRoom))->closed);
  EXPECT_EQ(say(hello(signer.sign(grant("ben")))).refusal().code(), "room-closed");
}

TEST_F(ConferenceRoleTest, status_is_told_to_who_holds_a_token_for_it) {
  say(hello(signer.sign(grant("anna"))));
  const Response status = control(http::verb::get, "/conference/control/status", control_token("status"));
  EXPECT_EQ(status.result(), http::status::ok);
  EXPECT_NE(status.body().find("\"participants\":1"), std::string::npos) << status.body();
  EXPECT_EQ(control(http::verb::get, "/conference/control/status", control_token("close")).result(),
            http::status::forbidden);
  EXPECT_GE(control(http::verb::post, "/conference/control/close", "nonsense").result_int(), 400U);
}

TEST_F(ConferenceRoleTest, draining_takes_nobody_new_and_keeps_the_places) {
  const HelloReply welcome = say(hello(signer.sign(grant("anna"))));
  EXPECT_TRUE(role->ready());
  asio::co_spawn(workers->of("control"), role->drain(std::chrono::seconds(2)), asio::use_future).get();
  EXPECT_FALSE(role->ready());
  EXPECT_TRUE(say(hello(signer.sign(grant("ben")))).has_draining());
  shut();
  open();
  EXPECT_EQ(resume(welcome).welcome().resumption(), vistime::v1::RESUMPTION_RESTORED);
}

TEST(RoomId, ten_characters_of_base_32) {
  EXPECT_TRUE(is_room_id("abcdefgh27"));
  EXPECT_FALSE(is_room_id("abcdefgh2"));
  EXPECT_FALSE(is_room_id("abcdefgh21"));
  EXPECT_FALSE(is_room_id("ABCDEFGH27"));
}

}  // namespace
}  // namespace vistime::server::conference
