#include "transport/websocket.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <filesystem>
#include <fstream>

#include "transport/link.hpp"
#include "transport/timer.hpp"

namespace vistime::transport {
namespace {

using namespace std::chrono_literals;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
namespace http = boost::beast::http;

// A self-signed certificate for `name`, in a folder that goes with the test.
struct Certificate {
  explicit Certificate(const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "vistime-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key);
    X509_NAME* subject = X509_get_subject_name(x509);
    const std::string common_name = "test";
    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(x509, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(x509, key, EVP_sha256());
    write(certificate_file(), [&](FILE* file) { PEM_write_X509(file, x509); });
    write(key_file(),
          [&](FILE* file) { PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr); });
    X509_free(x509);
    EVP_PKEY_free(key);
  }
  ~Certificate() { std::filesystem::remove_all(folder); }
  std::string certificate_file() const { return (folder / "certificate.pem").string(); }
  std::string key_file() const { return (folder / "key.pem").string(); }

  template <typename Write>
  static void write(const std::string& path, Write write_pem) {
    FILE* file = std::fopen(path.c_str(), "w");
    write_pem(file);
    std::fclose(file);
  }
  std::filesystem::path folder;
};

// Accepts one connection and makes a carrier of it.
struct Server {
  Server(asio::io_context& context, TlsContext tls_context)
      : tls(std::move(tls_context)),
        acceptor(context.get_executor(), {asio::ip::make_address("127.0.0.1"), 0}) {}
  std::string port() const { return std::to_string(acceptor.local_endpoint().port()); }

  Task<void> serve_one() {
    const auto token = asio::as_tuple(use_task);
    auto [accept_error, socket] = co_await acceptor.async_accept(token);
    if (accept_error) co_return;
    Stream stream(std::move(socket));
    if (!stream.start_tls_server(tls)) co_return;
    const auto [error] = co_await stream.handshake(token);
    if (error) co_return;
    boost::beast::flat_buffer buffer;
    UpgradeRequest request;
    const auto [read_error, bytes] = co_await http::async_read(stream, buffer, request, token);
    if (read_error) co_return;
    path = std::string(request.target());
    auto accepted = co_await accept_websocket(std::move(stream), std::move(request));
    if (accepted) carrier = std::move(*accepted);
  }
  TlsContext tls;
  Acceptor acceptor;
  std::string path;
  std::unique_ptr<Carrier> carrier;
};

struct Collect : LinkEvents {
  void on_control(base::BytesView message) override { texts.emplace_back(base::as_text(message)); }
  void on_object(protocol::Lane, base::BytesView object) override { bytes += object.size(); }
  void on_detached(const base::Error&) override { detached = true; }
  void on_ended(const base::Error& why) override { ended = why.code; }
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  bool detached = false;
  std::string ended;
};

struct WebSocketTest : testing::Test {
  base::Result<std::unique_ptr<Carrier>> connect(const std::string& host, TlsContext trust) {
    base::Result<std::unique_ptr<Carrier>> result = base::fail(base::ErrorKind::kInternal, "never finished");
    WebSocketTarget target{host, server.port(), "/link/conference/abc"};
    asio::co_spawn(context.get_executor(), server.serve_one(), [](std::exception_ptr) {});
    asio::co_spawn(context.get_executor(), connect_websocket(target, trust, 5s),
                   [&](std::exception_ptr, base::Result<std::unique_ptr<Carrier>> connected) {
                     result = std::move(connected);
                     server.acceptor.cancel();
                   });
    context.run();
    context.restart();
    return result;
  }
  // Runs until nothing is left to do, or the condition holds.
  template <typename Condition>
  bool run_until(Condition condition) {
    while (!condition()) {
      if (context.run_one_for(10s) == 0) return false;
    }
    return true;
  }
  Certificate certificate{"IP:127.0.0.1"};
  asio::io_context context;
  Server server{context, make_server_tls(certificate.certificate_file(), certificate.key_file()).value()};
  base::SystemClock clock;
};

TEST_F(WebSocketTest, a_link_runs_over_tls_and_large_objects_arrive_whole) {
  auto client_carrier = connect("127.0.0.1", make_client_tls(certificate.certificate_file()).value());
  ASSERT_TRUE(client_carrier) << client_carrier.error().message;
  ASSERT_TRUE(server.carrier);
  EXPECT_EQ(server.path, "/link/conference/abc");
  Collect client_events, server_events;
  Link client(clock, client_events), link(clock, server_events);
  client.attach(std::move(*client_carrier), 0);
  link.attach(std::move(server.carrier), 0);
  auto object = std::make_shared<base::Bytes>(1'000'000);
  link.send_object({object, protocol::Lane::kVideo, base::TimePoint::max(), 1, true, false});
  link.send_control(base::as_bytes("down"));
  link.flush();
  client.send_control(base::as_bytes("up"));
  client.flush();
  ASSERT_TRUE(
      run_until([&] { return client_events.bytes == object->size() && !server_events.texts.empty(); }));
  EXPECT_EQ(client_events.texts, std::vector<std::string>{"down"});
  EXPECT_EQ(server_events.texts, std::vector<std::string>{"up"});
  link.end("removed", "out");
  ASSERT_TRUE(run_until([&] { return !client_events.ended.empty(); }));
  EXPECT_EQ(client_events.ended, "removed");
}

TEST_F(WebSocketTest, events_may_be_handed_over_from_within_a_message) {
  auto client_carrier = connect("127.0.0.1", make_client_tls(certificate.certificate_file()).value());
  ASSERT_TRUE(client_carrier);
  // The first message decides who hears the rest, as a greeting does.
  struct Second : CarrierEvents {
    void on_message(base::BytesView message) override {
      messages.emplace_back(message.begin(), message.end());
    }
    void on_writable() override {}
    void on_closed(const base::Error&) override {}
    std::vector<base::Bytes> messages;
  } second;
  struct First : CarrierEvents {
    void on_message(base::BytesView) override { carrier->set_events(next); }
    void on_writable() override {}
    void on_closed(const base::Error&) override {}
    Carrier* carrier = nullptr;
    CarrierEvents* next = nullptr;
  } first;
  first.carrier = client_carrier->get();
  first.next = &second;
  (*client_carrier)->set_events(&first);
  for (std::uint8_t i = 0; i < 5; ++i) {
    server.carrier->write(base::Bytes{i, i});
    ASSERT_TRUE(run_until([&] { return server.carrier->writable(); }));
  }
  ASSERT_TRUE(run_until([&] { return second.messages.size() == 4; }));
  EXPECT_EQ(second.messages.front(), (base::Bytes{1, 1}));
  EXPECT_EQ(second.messages.back(), (base::Bytes{4, 4}));
}

// Writes numbered messages as fast as they are taken.
struct Flood : CarrierEvents {
  static constexpr int kMessages = 400;
  static constexpr std::size_t kSize = 15'000;
  static base::Bytes message(int number) {
    return base::Bytes(kSize, static_cast<std::uint8_t>(number % 251));
  }
  void go() {
    while (next < kMessages && carrier->writable()) carrier->write(message(next++));
  }
  void on_message(base::BytesView) override {}
  void on_writable() override { go(); }
  void on_closed(const base::Error&) override {}
  Carrier* carrier = nullptr;
  int next = 0;
};

// Lets the server run full, pings it in that state, and only then reads.
Task<void> ping_and_read(WebSocketTarget target, TlsContext trust, Flood& flood,
                         std::unique_ptr<Carrier>& served, int& in_order, int& pongs) {
  namespace websocket = boost::beast::websocket;
  const auto token = asio::as_tuple(use_task);
  auto stream = co_await connect_stream(target.host, target.port, trust, 5s);
  if (!stream) co_return;
  websocket::stream<Stream, false> socket(std::move(*stream));
  const auto [refused] = co_await socket.async_handshake(target.host, target.path, token);
  if (refused) co_return;
  socket.control_callback(
      [&](websocket::frame_type kind, auto) { pongs += kind == websocket::frame_type::pong ? 1 : 0; });
  Timer timer(co_await asio::this_coro::executor);
  const auto pause = [&] {
    timer.expires_after(20ms);
    return timer.async_wait(token);
  };
  while (!served) co_await pause();
  flood.carrier = served.get();
  served->set_events(&flood);
  flood.go();
  while (served->writable()) co_await pause();
  for (int i = 0; i < 3; ++i) {
    co_await socket.async_ping("still there?", token);
    co_await pause();
  }
  boost::beast::flat_buffer buffer;
  while (in_order < Flood::kMessages) {
    const auto [error, bytes] = co_await socket.async_read(buffer, token);
    const auto* data = static_cast<const std::uint8_t*>(buffer.cdata().data());
    if (error || base::Bytes(data, data + bytes) != Flood::message(in_order)) co_return;
    ++in_order;
    buffer.consume(bytes);
  }
  // An answer may come behind the last message; it is noticed while another is read.
  while (pongs == 0) {
    if (served->writable()) served->write(Flood::message(0));
    const auto [error, bytes] = co_await socket.async_read(buffer, token);
    if (error) co_return;
    buffer.consume(bytes);
  }
}

TEST_F(WebSocketTest, what_does_not_fit_the_socket_follows_in_order_with_the_answers_to_pings_in_between) {
  Flood flood;
  int in_order = 0, pongs = 0;
  bool done = false;
  asio::co_spawn(context.get_executor(), server.serve_one(), [](std::exception_ptr) {});
  asio::co_spawn(context.get_executor(),
                 ping_and_read({"127.0.0.1", server.port(), "/"},
                               make_client_tls(certificate.certificate_file()).value(), flood, server.carrier,
                               in_order, pongs),
                 [&](std::exception_ptr) { done = true; });
  ASSERT_TRUE(run_until([&] { return done; }));
  EXPECT_EQ(in_order, Flood::kMessages);
  EXPECT_GE(pongs, 1);
}

TEST_F(WebSocketTest, a_connection_that_is_cut_detaches_the_link) {
  auto client_carrier = connect("127.0.0.1", make_client_tls(certificate.certificate_file()).value());
  ASSERT_TRUE(client_carrier);
  Collect events;
  Link client(clock, events);
  client.attach(std::move(*client_carrier), 0);
  server.carrier.reset();
  ASSERT_TRUE(run_until([&] { return events.detached; }));
}

TEST_F(WebSocketTest, a_certificate_that_nobody_vouches_for_is_refused_by_name_of_its_issuer) {
  const auto result = connect("127.0.0.1", make_client_tls("").value());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "tls-untrusted");
  EXPECT_NE(result.error().message.find("CN=test"), std::string::npos) << result.error().message;
}

TEST_F(WebSocketTest, a_certificate_for_another_name_is_refused) {
  const auto result = connect("localhost", make_client_tls(certificate.certificate_file()).value());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "tls-untrusted") << result.error().message;
}

TEST_F(WebSocketTest, the_first_message_is_awaited_for_a_limited_time) {
  auto client_carrier = connect("127.0.0.1", make_client_tls(certificate.certificate_file()).value());
  ASSERT_TRUE(client_carrier);
  std::optional<base::Result<base::Bytes>> nothing, something;
  asio::co_spawn(context.get_executor(), receive_one(**client_carrier, 1ms),
                 [&](std::exception_ptr, base::Result<base::Bytes> result) { nothing = std::move(result); });
  ASSERT_TRUE(run_until([&] { return nothing.has_value(); }));
  EXPECT_EQ(nothing->error().code, "starved");
  server.carrier->write(base::Bytes{1, 2, 3});
  asio::co_spawn(
      context.get_executor(), receive_one(**client_carrier, 5s),
      [&](std::exception_ptr, base::Result<base::Bytes> result) { something = std::move(result); });
  ASSERT_TRUE(run_until([&] { return something.has_value(); }));
  EXPECT_EQ(something->value(), (base::Bytes{1, 2, 3}));
}

Task<std::string> outcome_of_connecting(std::string host) {
  auto stream = co_await connect_stream(host, "1", nullptr, 5s);
  co_return stream ? "connected" : stream.error().code;
}

TEST(Connect, nobody_listening_and_an_unknown_name_are_told_apart) {
  asio::io_context context;
  std::vector<std::string> codes;
  for (const std::string host : {"127.0.0.1", "name.invalid"}) {
    asio::co_spawn(context.get_executor(), outcome_of_connecting(host),
                   [&](std::exception_ptr, std::string code) { codes.push_back(code); });
    context.run();
    context.restart();
  }
  EXPECT_EQ(codes, (std::vector<std::string>{"tcp-refused", "dns"}));
}

TEST(TlsContext, an_unreadable_certificate_is_named) {
  const auto context = make_server_tls("/nowhere/certificate.pem", "/nowhere/key.pem");
  ASSERT_FALSE(context);
  EXPECT_NE(context.error().message.find("/nowhere/certificate.pem"), std::string::npos);
  EXPECT_FALSE(make_client_tls("/nowhere/ca.pem"));
}

TEST(TlsContext, a_key_of_another_certificate_is_refused) {
  const Certificate one("IP:127.0.0.1"), other("IP:127.0.0.1");
  EXPECT_FALSE(make_server_tls(one.certificate_file(), other.key_file()));
}

}  // namespace
}  // namespace vistime::transport
