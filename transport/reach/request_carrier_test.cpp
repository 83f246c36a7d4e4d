#include "transport/reach/request_carrier.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <set>

#include "transport/request_session.hpp"
#include "transport/websocket.hpp"

namespace vistime::transport::reach {
namespace {

using namespace std::chrono_literals;
namespace http = boost::beast::http;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Request = http::request<http::string_body>;

// What lies between the client and the server.
struct Way {
  bool buffers = false;  // holds an answer that streams back until it is complete
  int loses_posts = 0;   // so many are delivered, but their answers are lost
  int cuts_streams = 0;  // so many answers that stream break off after their first message
  bool refuses = false;  // answers in the server's place
};

// The server's half behind as much HTTP as the client needs, without TLS.
class SmallServer {
 public:
  SmallServer(asio::io_context& context, Way way)
      : context_(context),
        way_(way),
        acceptor_(context.get_executor(), {asio::ip::make_address("127.0.0.1"), 0}) {
    asio::co_spawn(context_.get_executor(), accept(), asio::detached);
  }
  std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
  const std::set<std::string>& asked() const { return asked_; }
  std::unique_ptr<Carrier> carrier;

 private:
  Task<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(use_task));
      if (error) co_return;
      asio::co_spawn(context_.get_executor(), serve(Stream(std::move(socket))), asio::detached);
    }
  }

  Task<void> serve(Stream stream) {
    boost::beast::flat_buffer buffer;
    for (;;) {
      Request request;
      const auto token = asio::as_tuple(use_task);
      const auto [error, size] = co_await http::async_read(stream, buffer, request, token);
      if (error) co_return;
      const std::string target(request.target());
      const std::string path = target.substr(0, target.find('?'));
      asked_.insert(std::string(request.method_string()) + " " + path);
      if (path == "/link/requests/down") co_return co_await answer_stream(std::move(stream), target);
      http::response<http::string_body> answer(http::status::no_content, 11);
      co_await respond(request, path, target, answer);
      answer.prepare_payload();
      if (path == "/link/requests/up" && way_.loses_posts > 0) {
        --way_.loses_posts;
        co_return;
      }
      const auto [write_error, written] = co_await http::async_write(stream, answer, token);
      if (write_error) co_return;
    }
  }

  Task<void> respond(const Request& request, const std::string& path, const std::string& target,
                     http::response<http::string_body>& answer) {
    if (way_.refuses) {
      answer.result(http::status::forbidden);
      co_return;
    }
    if (path == "/link/requests" && request.method() == http::verb::post) {
      session_ = RequestSession::make(context_.get_executor(), {});
      session_->start();
      carrier = session_->carrier();
      answer.result(http::status::created);
      answer.body() = R"({"session":"secret"})";
      co_return;
    }
    EXPECT_EQ(request[http::field::authorization], "Bearer secret");
    if (path == "/link/requests/up") {
      EXPECT_TRUE(session_->take_up(base::as_bytes(request.body()), number(target, "received=")));
      co_return;
    }
    session_->end_stream();
    begin_down(target);
    base::Bytes records = session_->take_down(64 * 1024);
    if (records.empty() && !session_->over()) {
      co_await session_->wait_for_down(2s);
      records = session_->take_down(64 * 1024);
    }
    answer.result(records.empty() && session_->over() ? http::status::gone : http::status::ok);
    answer.body().assign(records.begin(), records.end());
  }

  Task<void> answer_stream(Stream stream, std::string target) {
    const std::uint64_t own = session_->begin_stream();
    begin_down(target);
    const auto token = asio::as_tuple(use_task);
    std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    if (!way_.buffers) co_await asio::async_write(stream, asio::buffer(head), token);
    base::Bytes records;
    append_record(records, {kPaddingRecord, base::Bytes(16)});
    for (bool more = true; more; more = session_->is_current(own) && !session_->over()) {
      if (!way_.buffers && !records.empty()) {
        const auto chunk = http::make_chunk(asio::buffer(records));
        const auto [error, size] = co_await asio::async_write(stream, chunk, token);
        if (error) co_return;
      }
      co_await session_->wait_for_down(500ms);
      if (!session_->is_current(own)) break;
      // A proxy that buffers takes all there is, and gives nothing.
      records = session_->take_down(64 * 1024);
      if (!records.empty() && way_.cuts_streams > 0) {
        --way_.cuts_streams;
        co_return;  // with what was taken
      }
    }
    if (way_.buffers || records.empty()) co_return;
    const auto chunk = http::make_chunk(asio::buffer(records));
    co_await asio::async_write(stream, chunk, token);
  }

  void begin_down(const std::string& target) {
    session_->acknowledge(number(target, "from="));
    if (target.find("again=1") != std::string::npos) session_->send_again();
  }

  static std::uint32_t number(const std::string& target, const std::string& name) {
    const auto at = target.find(name);
    return at == std::string::npos ? 0
                                   : static_cast<std::uint32_t>(std::stoul(target.substr(at + name.size())));
  }

  asio::io_context& context_;
  Way way_;
  Acceptor acceptor_;
  std::shared_ptr<RequestSession> session_;
  std::set<std::string> asked_;
};

// Writes numbered messages whenever it may, and checks that the other side's come in order.
struct Talker final : CarrierEvents {
  explicit Talker(int messages) : count(messages) {}
  static base::Bytes message(int n) {
    base::Bytes bytes(1 + static_cast<std::size_t>(n * 97 % 3000), static_cast<std::uint8_t>(n));
    bytes[0] = static_cast<std::uint8_t>(n >> 8);
    return bytes;
  }
  void begin(Carrier& through) {
    carrier = &through;
    through.set_events(this);
    on_writable();
  }
  void on_message(base::BytesView bytes) override {
    in_order = in_order && base::Bytes(bytes.begin(), bytes.end()) == message(received);
    ++received;
  }
  void on_writable() override {
    while (written < count && carrier->writable()) carrier->write(message(written++));
  }
  void on_closed(const base::Error& why) override { closed = why; }
  bool done() const { return received == count; }

  const int count;
  Carrier* carrier = nullptr;
  int written = 0, received = 0;
  bool in_order = true;
  std::optional<base::Error> closed;
};

struct RequestCarrierTest : testing::Test {
  base::Result<std::unique_ptr<Carrier>> open(SmallServer& server) {
    base::Result<std::unique_ptr<Carrier>> result = base::fail(base::ErrorKind::kInternal, "never answered");
    const std::string port = server.port();
    bool answered = false;
    asio::co_spawn(context.get_executor(),
                   open_requests([port](Deadline) { return connect_stream("127.0.0.1", port, nullptr, 5s); },
                                 "127.0.0.1:" + port, "/link", std::chrono::steady_clock::now() + 5s),
                   [&](std::exception_ptr stray, base::Result<std::unique_ptr<Carrier>> carrier) {
                     if (stray) std::rethrow_exception(stray);
                     result = std::move(carrier);
                     answered = true;
                   });
    run_until([&] { return answered; });
    return result;
  }
  template <typename Condition>
  bool run_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < end) context.run_one_for(100ms);
    return condition();
  }
  // Both sides talk; everything arrives, once and in order.
  void talk(Way way, int messages) {
    SmallServer server(context, way);
    auto carrier = open(server);
    ASSERT_TRUE(carrier) << carrier.error().message;
    ASSERT_TRUE(run_until([&] { return server.carrier != nullptr; }));
    Talker here(messages), there(messages);
    here.begin(**carrier);
    there.begin(*server.carrier);
    EXPECT_TRUE(run_until([&] { return here.done() && there.done(); }))
        << here.received << " and " << there.received << " of " << messages;
    EXPECT_TRUE(here.in_order);
    EXPECT_TRUE(there.in_order);
    EXPECT_FALSE(here.closed || there.closed);
    asked = server.asked();
    (*carrier)->set_events(nullptr);
    server.carrier->set_events(nullptr);
  }

  asio::io_context context{1};
  std::set<std::string> asked;
};

TEST_F(RequestCarrierTest, messages_stream_both_ways_in_order) {
  talk({}, 400);
  EXPECT_TRUE(asked.contains("GET /link/requests/down"));
  EXPECT_FALSE(asked.contains("GET /link/requests/poll"));
}

TEST_F(RequestCarrierTest, where_answers_are_held_back_it_polls) {
  talk({.buffers = true}, 300);
  EXPECT_TRUE(asked.contains("GET /link/requests/poll"));
}

TEST_F(RequestCarrierTest, a_request_whose_answer_is_lost_is_sent_again_and_taken_once) {
  talk({.loses_posts = 2}, 100);
}

TEST_F(RequestCarrierTest, what_a_broken_answer_carried_comes_again) { talk({.cuts_streams = 2}, 200); }

TEST_F(RequestCarrierTest, an_answer_that_is_not_the_servers_is_an_error) {
  SmallServer server(context, {.refuses = true});
  const auto carrier = open(server);
  ASSERT_FALSE(carrier);
  EXPECT_EQ(carrier.error().code, "requests-refused");
}

TEST_F(RequestCarrierTest, what_was_written_arrives_before_the_goodbye) {
  SmallServer server(context, {});
  auto carrier = open(server);
  ASSERT_TRUE(carrier);
  Talker there(1);
  there.carrier = server.carrier.get();
  server.carrier->set_events(&there);
  (*carrier)->close(Talker::message(0));
  carrier->reset();
  EXPECT_TRUE(run_until([&] { return there.closed.has_value(); }));
  EXPECT_EQ(there.received, 1);
  EXPECT_EQ(there.closed->kind, base::ErrorKind::kClosed);
}

TEST_F(RequestCarrierTest, the_servers_last_words_arrive_and_then_it_is_over) {
  for (const bool buffers : {false, true}) {
    SmallServer server(context, {.buffers = buffers});
    auto carrier = open(server);
    ASSERT_TRUE(carrier);
    Talker here(1);
    (*carrier)->set_events(&here);
    server.carrier->close(Talker::message(0));
    server.carrier.reset();
    EXPECT_TRUE(run_until([&] { return here.closed.has_value(); }));
    EXPECT_EQ(here.received, 1);
    EXPECT_EQ(here.closed->kind, base::ErrorKind::kClosed);
  }
}

TEST_F(RequestCarrierTest, a_server_that_is_gone_ends_it) {
  SmallServer server(context, {});
  auto carrier = open(server);
  ASSERT_TRUE(carrier);
  Talker here(1);
  here.begin(**carrier);
  server.carrier.reset();  // as a role does that has no use for it
  EXPECT_TRUE(run_until([&] { return here.closed.has_value(); }));
}

}  // namespace
}  // namespace vistime::transport::reach
