#include "transport/request_session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace vistime::transport {
namespace {

using namespace std::chrono_literals;

struct Heard final : CarrierEvents {
  void on_message(base::BytesView bytes) override { messages.emplace_back(bytes.begin(), bytes.end()); }
  void on_writable() override { ++writable; }
  void on_closed(const base::Error& why) override { closed = why.kind; }
  std::vector<base::Bytes> messages;
  int writable = 0;
  std::optional<base::ErrorKind> closed;
};

struct RequestSessionTest : testing::Test {
  RequestSessionTest() {
    session->start();
    carrier = session->carrier();
    carrier->set_events(&heard);
    settle();
  }
  ~RequestSessionTest() override { carrier.reset(); }
  void settle() {
    context.restart();
    context.poll();
  }
  static base::Bytes body(std::initializer_list<std::uint32_t> numbers) {
    base::Bytes out;
    for (const std::uint32_t number : numbers) {
      const base::Bytes message{static_cast<std::uint8_t>(number)};
      append_record(out, {number, message});
    }
    return out;
  }
  std::vector<std::uint32_t> numbers_of(const base::Bytes& records) {
    std::vector<std::uint32_t> numbers;
    RecordReader reader;
    EXPECT_TRUE(reader.feed(records, [&](const Record& record) { numbers.push_back(record.number); }));
    return numbers;
  }

  asio::io_context context{1};
  int ended = 0;
  std::shared_ptr<RequestSession> session = RequestSession::make(context.get_executor(), [this] { ++ended; });
  std::unique_ptr<Carrier> carrier;
  Heard heard;
};

using Numbers = std::vector<std::uint32_t>;

TEST_F(RequestSessionTest, bodies_may_come_in_any_order_and_twice) {
  EXPECT_TRUE(session->take_up(body({3}), 1));
  EXPECT_TRUE(heard.messages.empty());
  EXPECT_TRUE(session->take_up(body({1, 2}), 1));
  EXPECT_TRUE(session->take_up(body({1, 2}), 1));
  EXPECT_EQ(heard.messages, (std::vector<base::Bytes>{{1}, {2}, {3}}));
}

TEST_F(RequestSessionTest, a_body_that_is_cut_or_no_record_is_refused) {
  base::Bytes cut = body({1});
  cut.pop_back();
  EXPECT_EQ(session->take_up(cut, 1).error().code, "protocol-error");
  EXPECT_EQ(session->take_up(base::Bytes(64, 0xFF), 1).error().code, "protocol-error");
}

TEST_F(RequestSessionTest, what_is_not_acknowledged_can_be_sent_again) {
  const base::Bytes message(100);
  for (int i = 0; i < 3; ++i) carrier->write(message);
  EXPECT_EQ(numbers_of(session->take_down(1000)), (Numbers{1, 2, 3}));
  EXPECT_TRUE(session->take_down(1000).empty());
  session->acknowledge(2);
  session->send_again();
  EXPECT_EQ(numbers_of(session->take_down(150)), (Numbers{2, 3}));
  session->acknowledge(99);
  session->send_again();
  EXPECT_TRUE(session->take_down(1000).empty());
}

TEST_F(RequestSessionTest, what_was_not_sent_cannot_be_acknowledged) {
  carrier->write(base::Bytes(1));
  session->acknowledge(99);
  EXPECT_EQ(numbers_of(session->take_down(1000)), Numbers{1});
}

TEST_F(RequestSessionTest, the_role_waits_while_nothing_is_fetched) {
  const base::Bytes message(RequestSession::kLowWater / 2);
  carrier->write(message);
  EXPECT_TRUE(carrier->writable());
  carrier->write(message);
  EXPECT_FALSE(carrier->writable());
  EXPECT_EQ(heard.writable, 0);
  session->take_down(1);
  EXPECT_TRUE(carrier->writable());
  settle();
  EXPECT_EQ(heard.writable, 1);
}

TEST_F(RequestSessionTest, and_while_nothing_is_acknowledged) {
  const base::Bytes message(RequestSession::kLowWater);
  std::size_t written = 0;
  while (carrier->writable() || !session->take_down(1 << 20).empty()) {
    if (!carrier->writable()) continue;
    carrier->write(message);
    written += message.size();
  }
  EXPECT_EQ(written, RequestSession::kMaxKept);
  session->acknowledge(2);
  EXPECT_TRUE(carrier->writable());
}

TEST_F(RequestSessionTest, who_waits_is_woken_by_the_first_message) {
  bool woken = false;
  asio::co_spawn(context.get_executor(), session->wait_for_down(10s),
                 [&](std::exception_ptr) { woken = true; });
  settle();
  EXPECT_FALSE(woken);
  carrier->write(base::Bytes(1));
  settle();
  EXPECT_TRUE(woken);
}

TEST_F(RequestSessionTest, a_newer_stream_sends_the_older_home) {
  const auto first = session->begin_stream();
  bool woken = false;
  asio::co_spawn(context.get_executor(), session->wait_for_down(10s),
                 [&](std::exception_ptr) { woken = true; });
  settle();
  const auto second = session->begin_stream();
  settle();
  EXPECT_TRUE(woken);
  EXPECT_FALSE(session->is_current(first));
  EXPECT_TRUE(session->is_current(second));
}

TEST_F(RequestSessionTest, the_roles_goodbye_follows_its_last_words) {
  carrier->close({7});
  carrier.reset();
  EXPECT_FALSE(session->over());
  EXPECT_EQ(numbers_of(session->take_down(1000)), (Numbers{1, kGoodbyeRecord}));
  EXPECT_TRUE(session->over());
  session->send_again();  // that answer was lost
  EXPECT_FALSE(session->over());
  EXPECT_EQ(numbers_of(session->take_down(1000)), (Numbers{1, kGoodbyeRecord}));
  EXPECT_TRUE(session->over());
}

TEST_F(RequestSessionTest, the_clients_goodbye_closes_the_carrier) {
  base::Bytes last = body({1});
  append_goodbye(last, 1);
  EXPECT_TRUE(session->take_up(last, 1));
  EXPECT_EQ(heard.messages.size(), 1U);
  EXPECT_EQ(heard.closed, base::ErrorKind::kClosed);
  EXPECT_EQ(ended, 1);
}

TEST_F(RequestSessionTest, a_goodbye_waits_for_what_was_said_before) {
  base::Bytes last;
  append_goodbye(last, 2);
  EXPECT_TRUE(session->take_up(last, 1));
  EXPECT_TRUE(session->take_up(body({2}), 1));
  EXPECT_EQ(heard.closed, std::nullopt);
  EXPECT_TRUE(session->take_up(body({1}), 1));
  EXPECT_EQ(heard.messages.size(), 2U);
  EXPECT_EQ(heard.closed, base::ErrorKind::kClosed);
}

TEST_F(RequestSessionTest, a_role_that_goes_without_a_word_ends_it) {
  carrier.reset();
  EXPECT_TRUE(session->over());
  EXPECT_EQ(ended, 1);
  EXPECT_FALSE(heard.closed);
}

}  // namespace
}  // namespace vistime::transport
