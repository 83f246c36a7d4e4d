// A network that answers by hand, and the server's end of its links, for tests.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "client/core/network.hpp"
#include "protocol/link.pb.h"
#include "protocol/room.pb.h"
#include "transport/handshake.hpp"
#include "transport/link.hpp"
#include "transport/memory_carrier.hpp"

namespace vistime::client {

inline constexpr const char* kTestRoom = "abcdefgh23";

// Keeps what was asked; the test takes it and answers.
class FakeNetwork final : public Network {
 public:
  void room_info(const std::string&, Done<RoomInfo> done) override { room_infos.push_back(std::move(done)); }
  void join(const std::string&, const JoinRequest& request, Done<JoinGrant> done) override {
    requests.push_back(request);
    joins.push_back(std::move(done));
  }
  void connect(const std::string&, Done<std::unique_ptr<transport::Carrier>> done) override {
    connects.push_back(std::move(done));
  }
  void connect_better(const std::string&, Done<std::unique_ptr<transport::Carrier>> done) override {
    better.push_back(std::move(done));
  }
  void was_cut(base::Duration age) override { cuts.push_back(age); }
  std::optional<base::Duration> longest_session() const override { return longest; }

  template <typename T>
  static void answer(std::deque<Done<T>>& asked, base::Result<T> result) {
    auto done = std::move(asked.front());
    asked.pop_front();
    done(std::move(result));
  }

  std::deque<Done<RoomInfo>> room_infos;
  std::deque<Done<JoinGrant>> joins;
  std::deque<Done<std::unique_ptr<transport::Carrier>>> connects;
  std::deque<Done<std::unique_ptr<transport::Carrier>>> better;
  std::vector<base::Duration> cuts;
  std::optional<base::Duration> longest;
  std::vector<JoinRequest> requests;
};

// The server's end: reads the Hello, answers it, then holds a link.
class FakeServer final : public transport::LinkEvents, private transport::CarrierEvents {
 public:
  FakeServer(const base::Clock& clock, FakeNetwork& network, std::string key_check)
      : clock_(clock), network_(network), key_check_(std::move(key_check)) {}

  // Answers whatever master was asked, with success.
  void answer_master() {
    while (!network_.room_infos.empty()) {
      FakeNetwork::answer<RoomInfo>(network_.room_infos,
                                    RoomInfo{.room = kTestRoom, .name = "Weekly", .key_check = key_check_});
    }
    while (!network_.joins.empty()) {
      FakeNetwork::answer<JoinGrant>(network_.joins,
                                     JoinGrant{.token = "token", .link = "/link/conference/x"});
    }
  }
  // Lets the client's connection come through and reads its Hello.
  void accept() {
    pipe = transport::MemoryPipe::make();
    carrier_ = pipe->end(1);
    carrier_->set_events(this);
    FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(network_.connects, pipe->end(0));
    pipe->pump();
  }
  void reply(const v1::HelloReply& reply) {
    carrier_->write(transport::encode_hello_reply(reply));
    pipe->pump();
  }
  void refuse(const char* code) {
    v1::HelloReply refusal;
    refusal.mutable_refusal()->set_code(code);
    reply(refusal);
  }
  void welcome(v1::Resumption resumption = v1::RESUMPTION_NEW) {
    v1::HelloReply reply;
    auto* welcome = reply.mutable_welcome();
    welcome->set_link_id(std::string(16, 'i'));
    welcome->set_link_key(std::string(32, 'k'));
    welcome->set_resumption(resumption);
    const bool resumed = resumption == v1::RESUMPTION_RESUMED;
    if (!resumed || !link) {
      received.clear();
      link = std::make_unique<transport::Link>(clock_, *this);
    }
    welcome->set_received(resumed ? link->received() : 0);
    carrier_->write(transport::encode_hello_reply(reply));
    while (!carrier_->writable()) pipe->step();
    link->attach(std::move(carrier_), resumed ? hello.resume().received() : 0);
    pipe->pump();
  }
  // All of the above.
  void let_in(v1::Resumption resumption = v1::RESUMPTION_NEW) {
    answer_master();
    accept();
    welcome(resumption);
  }
  void send(const v1::ServerMessage& message) {
    const std::string bytes = message.SerializeAsString();
    link->send_control(base::as_bytes(bytes));
    link->flush();
    pipe->pump();
  }
  void send_snapshot(std::uint64_t last_chat = 0, std::uint32_t number = 1) {
    v1::ServerMessage message;
    auto* snapshot = message.mutable_snapshot();
    snapshot->set_you("anna" + std::to_string(number));
    snapshot->set_last_chat(last_chat);
    auto* me = snapshot->add_participants();
    me->set_id(snapshot->you());
    me->set_number(number);
    send(message);
  }
  // The messages of one kind, oldest first.
  std::vector<v1::ClientMessage> of(v1::ClientMessage::BodyCase kind) const {
    std::vector<v1::ClientMessage> out;
    for (const auto& each : received) {
      if (each.body_case() == kind) out.push_back(each);
    }
    return out;
  }

  v1::Hello hello;
  std::shared_ptr<transport::MemoryPipe> pipe;
  std::unique_ptr<transport::Link> link;
  std::vector<v1::ClientMessage> received;
  std::vector<base::Bytes> objects;
  std::string closed;  // the code with which the client ended the link

 private:
  void on_message(base::BytesView message) override {
    if (auto read = transport::decode_hello(message)) hello = std::move(*read);
  }
  void on_writable() override {}
  void on_closed(const base::Error&) override {}
  void on_control(base::BytesView bytes) override {
    v1::ClientMessage message;
    if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      received.push_back(std::move(message));
  }
  void on_object(protocol::Lane, base::BytesView object) override {
    objects.emplace_back(object.begin(), object.end());
  }
  void on_detached(const base::Error&) override {}
  void on_ended(const base::Error& why) override { closed = why.code; }

  const base::Clock& clock_;
  FakeNetwork& network_;
  std::string key_check_;
  std::unique_ptr<transport::Carrier> carrier_;
};

}  // namespace vistime::client
