#include "server/common/request_links.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/common/http_testing.hpp"

namespace vistime::server {
namespace {

// A role that says everything back, and "bye" once it hears "end".
class Echo final : public transport::CarrierEvents {
 public:
  explicit Echo(std::unique_ptr<transport::Carrier> carrier) : carrier_(std::move(carrier)) {
    carrier_->set_events(this);
  }

 private:
  void on_message(base::BytesView bytes) override {
    if (base::as_text(bytes) == "end") {
      carrier_->close({'b', 'y', 'e'});
    } else {
      carrier_->write(bytes);
    }
  }
  void on_writable() override {}
  void on_closed(const base::Error&) override {}

  std::unique_ptr<transport::Carrier> carrier_;
};

class RequestLinksTest : public testing::Test {
 protected:
  RequestLinksTest() {
    links_ = std::make_shared<RequestLinks>(
        [this](const std::string& name) {
          names_.push_back(name);
          return listener_->workers.of(name);
        },
        [this](std::unique_ptr<transport::Carrier> carrier, std::string) {
          echoes_.push_back(std::make_unique<Echo>(std::move(carrier)));
        });
    links_->register_routes(router_, "/link/*");
    listener_ = std::make_unique<TestListener>(router_, TestListener::Options{});
  }
  ~RequestLinksTest() override {
    listener_->workers.stop();
    echoes_.clear();
    links_->shut();
  }

  // The whole answer to one request on a connection of its own.
  std::string ask(const std::string& method, const std::string& target, const base::Bytes& body = {}) {
    RawClient client(listener_->port());
    client.send(method + " /link/room" + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                (session_.empty() ? "" : "Authorization: Bearer " + session_ + "\r\n") + "Content-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + std::string(body.begin(), body.end()));
    return client.rest();
  }
  void open() {
    const std::string answer = ask("POST", "/requests");
    ASSERT_NE(answer.find(" 201 "), std::string::npos) << answer;
    session_ =
        nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n") + 4))["session"].get<std::string>();
  }
  static base::Bytes record(std::uint32_t number, const std::string& text) {
    base::Bytes out;
    transport::append_record(out, {number, base::as_bytes(text)});
    return out;
  }
  // The messages in an answer's body, chunked or not; padding left out.
  static std::vector<std::string> messages(const std::string& answer) {
    const auto head = answer.find("\r\n\r\n");
    std::string body = head == std::string::npos ? "" : answer.substr(head + 4);
    if (answer.find("chunked") < head) {
      std::string whole;
      for (std::size_t at = 0; at < body.size();) {
        const auto line = body.find("\r\n", at);
        const std::size_t size = std::stoul(body.substr(at, line - at), nullptr, 16);
        whole += body.substr(line + 2, size);
        at = line + 2 + size + 2;
        if (size == 0) break;
      }
      body = whole;
    }
    std::vector<std::string> out;
    transport::RecordReader reader;
    EXPECT_TRUE(reader.feed(base::as_bytes(body), [&](const transport::Record& each) {
      if (each.number != transport::kPaddingRecord && each.number != transport::kGoodbyeRecord)
        out.emplace_back(base::as_text(each.payload));
    }));
    return out;
  }

  Router router_;
  std::vector<std::string> names_;
  std::shared_ptr<RequestLinks> links_;
  std::unique_ptr<TestListener> listener_;
  std::vector<std::unique_ptr<Echo>> echoes_;  // on the one room's worker
  std::string session_;
};

using Messages = std::vector<std::string>;

TEST_F(RequestLinksTest, what_goes_up_is_heard_and_what_is_said_comes_down) {
  open();
  EXPECT_EQ(names_, Messages{"room"});
  EXPECT_NE(ask("POST", "/requests/up?received=1", record(1, "hello")).find(" 204 "), std::string::npos);
  EXPECT_EQ(messages(ask("GET", "/requests/poll?from=1")), Messages{"hello"});
}

TEST_F(RequestLinksTest, an_answer_that_was_lost_comes_again_until_it_is_acknowledged) {
  open();
  ask("POST", "/requests/up?received=1", record(1, "hello"));
  EXPECT_EQ(messages(ask("GET", "/requests/poll?from=1")), Messages{"hello"});
  EXPECT_EQ(messages(ask("GET", "/requests/poll?from=1&again=1")), Messages{"hello"});
  ask("POST", "/requests/up?received=2", record(2, "more"));
  EXPECT_EQ(messages(ask("GET", "/requests/poll?from=2&again=1")), Messages{"more"});
}

TEST_F(RequestLinksTest, an_answer_streams_until_the_role_says_goodbye) {
  open();
  ask("POST", "/requests/up?received=1", record(1, "hello"));
  ask("POST", "/requests/up?received=1", record(2, "end"));
  EXPECT_EQ(messages(ask("GET", "/requests/down?from=1")), (Messages{"hello", "bye"}));
  EXPECT_NE(ask("GET", "/requests/poll?from=3").find(" 410 "), std::string::npos);
}

TEST_F(RequestLinksTest, nobody_gets_in_without_the_session) {
  open();
  for (const char* wrong : {"", "guess"}) {
    session_ = wrong;
    for (const auto& [method, target] :
         {std::pair("GET", "/requests/poll?from=1"), std::pair("DELETE", "/requests"),
          std::pair("GET", "/requests/down?from=1"), std::pair("POST", "/requests/up")}) {
      EXPECT_NE(ask(method, target).find(" 410 "), std::string::npos) << method << target;
    }
  }
}

TEST_F(RequestLinksTest, a_body_that_is_no_record_is_a_mistake) {
  open();
  EXPECT_NE(ask("POST", "/requests/up", {1, 2, 3}).find(" 400 "), std::string::npos);
}

TEST_F(RequestLinksTest, after_the_clients_goodbye_the_session_is_unknown) {
  open();
  EXPECT_NE(ask("DELETE", "/requests").find(" 204 "), std::string::npos);
  // The end happens on the room's worker.
  std::string answer;
  for (int i = 0; i < 100 && answer.find(" 410 ") == std::string::npos; ++i)
    answer = ask("POST", "/requests/up");
  EXPECT_NE(answer.find(" 410 "), std::string::npos);
}

}  // namespace
}  // namespace vistime::server
