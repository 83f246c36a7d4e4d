// Clients that break the rules, are slow or say nothing: they lose their own connection and nothing else.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fstream>

#include "material.hpp"
#include "programs.hpp"
#include "protocol/object_header.hpp"
#include "protocol/room.pb.h"
#include "protocol/version.hpp"
#include "server/common/tokens.hpp"
#include "transport/handshake.hpp"
#include "transport/link.hpp"
#include "transport/websocket.hpp"

namespace vistime::system_tests {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

// A client of our own making, below the level at which vistime behaves.
struct RawClient : transport::CarrierEvents {
  explicit RawClient(const Server& server)
      : tls(transport::make_client_tls(server.ca_file()).value()), port(server.port("https")) {}

  void connect(const std::string& path) {
    run<base::Result<std::unique_ptr<transport::Carrier>>>(
        transport::connect_websocket({"localhost", port, path}, tls, 10s), [&](auto result) {
          if (!result) throw std::runtime_error(result.error().message);
          carrier = std::move(*result);
        });
  }
  base::Result<base::Bytes> receive() {
    base::Result<base::Bytes> received = base::fail(base::ErrorKind::kInternal, "nothing");
    run<base::Result<base::Bytes>>(transport::receive_one(*carrier, 20s),
                                   [&](auto result) { received = std::move(result); });
    return received;
  }
  vistime::v1::HelloReply greet(const vistime::v1::Hello& hello) {
    carrier->write(transport::encode_hello(hello));
    const auto message = receive();
    if (!message) throw std::runtime_error(message.error().message);
    return transport::decode_hello_reply(*message).value();
  }
  // Writes, then waits until the server closes; false when it does not.
  bool is_closed_after(base::Bytes bytes) {
    context.restart();
    carrier->set_events(this);
    if (!bytes.empty()) carrier->write(std::move(bytes));
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!closed && std::chrono::steady_clock::now() < deadline) context.run_one_for(1s);
    return closed;
  }
  template <typename T, typename Awaitable, typename Done>
  void run(Awaitable awaitable, Done done) {
    bool finished = false;
    asio::co_spawn(context.get_executor(), std::move(awaitable), [&](std::exception_ptr error, T result) {
      finished = true;
      if (error) std::rethrow_exception(error);
      done(std::move(result));
    });
    context.restart();
    while (!finished && context.run_one() > 0) {
    }
  }
  void on_message(base::BytesView) override {}
  void on_writable() override {}
  void on_closed(const base::Error&) override { closed = true; }

  asio::io_context context;
  transport::TlsContext tls;
  std::string port;
  std::unique_ptr<transport::Carrier> carrier;
  bool closed = false;
};

vistime::v1::Hello hello(const std::string& token) {
  vistime::v1::Hello greeting;
  greeting.set_protocol(protocol::kProtocol);
  greeting.set_release(std::string(protocol::release()));
  greeting.set_token(token);
  return greeting;
}

struct Hostile : testing::Test {
  std::string token(const std::string& name) {
    Process curl({"/usr/bin/curl", "-sS", "--cacert", server.ca_file(), "-H",
                  "Content-Type: application/json", "-d",
                  json{{"name", name}, {"device", "0123456789abcdefghijkl"}}.dump(),
                  server.url() + "/api/v1/rooms/" + room.id + "/join"});
    return json::parse(curl.read_line().value())["token"];
  }
  std::string path() const { return "/link/conference/" + room.id; }
  // The meeting is as it was: somebody joins, chats and leaves.
  void expect_well() {
    Participant anna(server, room.link, "Anna");
    anna.joined();
    anna.tell({{"do", "chat"}, {"text", "all is well"}});
    anna.expect("chat", [](const json& event) { return event["text"] == "all is well"; });
    EXPECT_EQ(anna.leave(), 0);
  }
  Folder folder;
  Server server{folder / "data"};
  Room room = create_room(server);
};

TEST_F(Hostile, a_release_that_does_not_match_is_told_which_one_to_run) {
  RawClient client(server);
  client.connect(path());
  auto greeting = hello(token("Old"));
  greeting.set_release("0.0.1");
  const auto reply = client.greet(greeting);
  EXPECT_EQ(reply.update_required().release(), protocol::release());
}

TEST_F(Hostile, forged_and_foreign_tokens_are_refused) {
  for (const std::string& bad : {std::string(), std::string("rubbish"), token("A") + "x"}) {
    RawClient client(server);
    client.connect(path());
    EXPECT_EQ(client.greet(hello(bad)).refusal().code(), "token-invalid");
  }
  // A token for this room opens no other.
  const auto other = create_room(server);
  RawClient client(server);
  client.connect("/link/conference/" + other.id);
  EXPECT_EQ(client.greet(hello(token("A"))).refusal().code(), "token-invalid");
}

TEST_F(Hostile, an_expired_token_is_told_to_join_again) {
  std::string hex;
  std::ifstream(folder / "data/token.key") >> hex;
  const server::TokenSigner signer(base::from_hex(hex).value());
  const auto now = std::chrono::time_point_cast<base::WallTime::duration>(std::chrono::system_clock::now());
  server::RoomGrant grant{.room = room.id,
                          .participant = "0123456789abcdef",
                          .name = "Late",
                          .device = "device",
                          .room_name = "Meeting",
                          .max_participants = 500,
                          .issued = now - 120s,
                          .expires = now - 1s};
  RawClient late(server);
  late.connect(path());
  EXPECT_EQ(late.greet(hello(signer.sign(grant))).refusal().code(), "token-expired");
  grant.expires = now + 60s;
  RawClient in_time(server);
  in_time.connect(path());
  EXPECT_TRUE(in_time.greet(hello(signer.sign(grant))).has_welcome()) << "the same but for its time";
}

TEST_F(Hostile, malformed_and_oversized_messages_end_the_connection_and_nothing_else) {
  std::vector<base::Bytes> rubbish{
      base::Bytes(60'000, 0xff), {0x02, 0x01, 0x00}, {0x04, 0x03, 1, 2, 3}, {0x00, 0x00}};
  // A control message whose protobuf is none.
  rubbish.push_back({0x02, 0x06, 0, 0, 0, 1, 0xff, 0xff});
  for (const auto& bytes : rubbish) {
    RawClient client(server);
    client.connect(path());
    ASSERT_TRUE(client.greet(hello(token("Mallory"))).has_welcome());
    EXPECT_TRUE(client.is_closed_after(bytes)) << base::hex(base::BytesView(bytes).first(2));
  }
  expect_well();
}

TEST_F(Hostile, a_first_message_that_is_no_greeting_ends_the_connection) {
  RawClient client(server);
  client.connect(path());
  EXPECT_TRUE(client.is_closed_after({0x05, 0x08, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST_F(Hostile, a_resume_with_a_wrong_key_is_refused) {
  RawClient client(server);
  client.connect(path());
  const auto welcome = client.greet(hello(token("Anna"))).welcome();
  RawClient thief(server);
  thief.connect(path());
  auto greeting = hello("");
  greeting.mutable_resume()->set_link_id(welcome.link_id());
  greeting.mutable_resume()->set_link_key(std::string(32, 'x'));
  EXPECT_EQ(thief.greet(greeting).refusal().code(), "resume-unknown");
}

TEST_F(Hostile, a_subscriber_that_stops_reading_slows_nobody) {
  const auto sound = make_sound(6, 7);
  write_wav(folder / "voice.wav", sound);
  write_numbered_y4m(folder / "camera.y4m", 320, 180, 10, 60);
  // It subscribes to everything and then reads no more.
  RawClient sleeper(server);
  sleeper.connect(path());
  ASSERT_TRUE(sleeper.greet(hello(token("Sleeper"))).has_welcome());
  Participant recorder(server, room.link, "Berta", {"--record", (folder / "out").string()});
  recorder.joined();
  Participant anna(server, room.link, "Anna",
                   {"--send-audio", (folder / "voice.wav").string(), "--send-video",
                    (folder / "camera.y4m").string(), "--layers", "1", "--bitrate", "2000", "--until-sent"});
  anna.joined();
  const auto track = recorder.expect("track_published",
                                     [](const json& event) { return event["track"]["kind"] == "camera"; });
  vistime::v1::ClientMessage wish;
  wish.mutable_set_subscriptions()->set_microphones(true);
  auto* tile = wish.mutable_set_subscriptions()->add_tracks();
  tile->set_track(track["track"]["track"]);
  tile->set_max_spatial(2);
  base::Bytes body{0, 0, 0, 1}, message;
  const auto bytes = wish.SerializeAsString();
  body.insert(body.end(), bytes.begin(), bytes.end());
  protocol::encode({.kind = protocol::FrameKind::kControl, .body = body}, message);
  sleeper.carrier->write(message);
  sleeper.context.restart();
  sleeper.context.run_for(10ms);  // the write goes out; from here on nothing is read
  EXPECT_EQ(anna.wait(), 0) << anna.process().errors();
  EXPECT_EQ(recorder.leave(), 0) << recorder.process().errors();
  double best = 0;
  std::size_t pictures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
    if (entry.path().extension() == ".wav")
      best = std::max(best, compare(sound, read_wav(entry.path())).correlation);
    if (entry.path().extension() == ".ivf") pictures = read_numbered_ivf(entry.path()).size();
  }
  EXPECT_GE(best, 0.9);
  EXPECT_GE(pictures, 59u);
}

TEST_F(Hostile, requests_that_are_too_large_or_malformed_get_problem_documents) {
  const auto post = [&](const std::string& data_file, const std::string& type) {
    Process curl({"/usr/bin/curl", "-sS", "--cacert", server.ca_file(), "-H", "Content-Type: " + type,
                  "--data-binary", "@" + data_file, "-w", "\n%{http_code}\n",
                  server.url() + "/api/v1/rooms"});
    std::vector<std::string> lines;
    while (const auto line = curl.read_line()) lines.push_back(*line);
    return lines;
  };
  std::ofstream(folder / "large") << std::string(1 << 20, 'x');
  std::ofstream(folder / "broken") << "{\"name\": ";
  EXPECT_EQ(post((folder / "large").string(), "application/json").back(), "413");
  const auto broken = post((folder / "broken").string(), "application/json");
  EXPECT_EQ(broken.back(), "400");
  EXPECT_TRUE(json::parse(broken[0]).contains("code"));
  EXPECT_EQ(post((folder / "broken").string(), "text/plain").back(), "415");
  expect_well();
}

}  // namespace
}  // namespace vistime::system_tests
