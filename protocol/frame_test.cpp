#include "protocol/frame.hpp"

#include <gtest/gtest.h>

#include "protocol/object_header.hpp"
#include "protocol/vectors_for_test.hpp"

namespace vistime::protocol {
namespace {

struct Received {
  FrameKind kind;
  Lane lane;
  base::Bytes body;
};

Assembler::Sink into(std::vector<Received>& received) {
  return [&received](FrameKind kind, Lane lane, base::BytesView body) -> base::Result<void> {
    received.push_back({kind, lane, base::Bytes(body.begin(), body.end())});
    return {};
  };
}

TEST(Frame, the_golden_carrier_messages_hold_what_they_should) {
  const auto vectors = read_vectors("frames.json");
  ASSERT_FALSE(vectors["carrier_messages"].empty());
  for (const auto& vector : vectors["carrier_messages"]) {
    std::vector<Received> received;
    const auto result = Assembler().receive(unhex(vector["bytes"]), into(received));
    ASSERT_TRUE(result) << vector["name"] << ": " << result.error().message;
    ASSERT_EQ(received.size(), vector["messages"].size()) << vector["name"];
    for (std::size_t i = 0; i < received.size(); ++i) {
      EXPECT_EQ(static_cast<int>(received[i].kind), vector["messages"][i]["kind"]);
      EXPECT_EQ(static_cast<int>(received[i].lane), vector["messages"][i]["lane"]);
      EXPECT_EQ(base::hex(received[i].body), vector["messages"][i]["body"].get<std::string>());
    }
  }
}

TEST(Frame, what_the_vectors_refuse_is_refused) {
  const auto vectors = read_vectors("frames.json");
  ASSERT_FALSE(vectors["refused"].empty());
  for (const auto& vector : vectors["refused"]) {
    std::vector<Received> received;
    EXPECT_FALSE(Assembler().receive(unhex(vector["bytes"]), into(received))) << vector["why"];
  }
}

TEST(Frame, encoding_what_was_taken_gives_the_same_bytes) {
  for (const auto& vector : read_vectors("frames.json")["carrier_messages"]) {
    const auto bytes = unhex(vector["bytes"]);
    base::BytesView in = bytes;
    base::Bytes again;
    while (!in.empty()) {
      const auto frame = take_frame(in);
      ASSERT_TRUE(frame);
      encode(*frame, again);
    }
    EXPECT_EQ(base::hex(again), vector["bytes"].get<std::string>());
  }
}

TEST(Frame, a_message_that_grows_past_its_limit_is_refused) {
  const base::Bytes body(kMaxFrameBody);
  base::Bytes part;
  encode({.kind = FrameKind::kObject, .lane = Lane::kVideo, .more = true, .body = body}, part);
  Assembler assembler;
  std::vector<Received> received;
  std::size_t sent = 0;
  auto result = assembler.receive(part, into(received));
  while (result && sent < 2 * kMaxObjectBytes) {
    result = assembler.receive(part, into(received));
    sent += body.size();
  }
  EXPECT_FALSE(result);
  EXPECT_LE(sent, kMaxObjectBytes);
}

TEST(Frame, a_sinks_refusal_ends_the_message) {
  base::Bytes message;
  encode({.kind = FrameKind::kAck, .body = {}}, message);
  encode({.kind = FrameKind::kAck, .body = {}}, message);
  int calls = 0;
  const auto result =
      Assembler().receive(message, [&](FrameKind, Lane, base::BytesView) -> base::Result<void> {
        ++calls;
        return base::fail(base::ErrorKind::kRefused, "enough");
      });
  EXPECT_FALSE(result);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace vistime::protocol
