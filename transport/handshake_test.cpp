#include "transport/handshake.hpp"

#include <gtest/gtest.h>

#include "protocol/version.hpp"

namespace vistime::transport {
namespace {

vistime::v1::Hello our_hello() {
  vistime::v1::Hello hello;
  hello.set_protocol(protocol::kProtocol);
  hello.set_release(std::string(protocol::release()));
  hello.set_token("t");
  return hello;
}

TEST(Handshake, a_greeting_survives_the_round_trip) {
  const auto hello = decode_hello(encode_hello(our_hello()));
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->token(), "t");
  vistime::v1::HelloReply reply;
  reply.mutable_refusal()->set_code("banned");
  const auto read = decode_hello_reply(encode_hello_reply(reply));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->refusal().code(), "banned");
}

TEST(Handshake, anything_else_as_first_message_is_refused) {
  EXPECT_FALSE(decode_hello({}));
  EXPECT_FALSE(decode_hello(encode_hello_reply({})));
  auto two = encode_hello(our_hello());
  const auto one = two;
  two.insert(two.end(), one.begin(), one.end());
  EXPECT_FALSE(decode_hello(two));
}

TEST(Handshake, every_client_runs_the_same_release_and_is_told_what_to_do) {
  EXPECT_FALSE(refuse_version(our_hello()));
  auto older = our_hello();
  older.set_release("0.0.1");
  ASSERT_TRUE(refuse_version(older));
  EXPECT_EQ(refuse_version(older)->update_required().release(), protocol::release());
  auto newer = our_hello();
  newer.set_protocol(protocol::kProtocol + 1);
  EXPECT_EQ(refuse_version(newer)->server_older().release(), protocol::release());
}

}  // namespace
}  // namespace vistime::transport
