#include "transport/handshake.hpp"

#include "protocol/version.hpp"

namespace vistime::transport {
namespace {

template <typename Message>
base::Bytes encode_as(protocol::FrameKind kind, const Message& message) {
  const std::string body = message.SerializeAsString();
  base::Bytes out;
  protocol::encode({.kind = kind, .lane = protocol::Lane::kControl, .body = base::as_bytes(body)}, out);
  return out;
}

template <typename Message>
base::Result<Message> decode_as(protocol::FrameKind kind, base::BytesView carrier_message) {
  auto frame = protocol::take_frame(carrier_message);
  if (!frame) return std::unexpected(frame.error());
  if (frame->kind != kind || frame->more || frame->abandoned || !carrier_message.empty()) {
    return base::fail(base::ErrorKind::kInvalid, "the first message is not the greeting");
  }
  Message message;
  if (!message.ParseFromArray(frame->body.data(), static_cast<int>(frame->body.size()))) {
    return base::fail(base::ErrorKind::kInvalid, "the greeting cannot be read");
  }
  return message;
}

}  // namespace

base::Bytes encode_hello(const vistime::v1::Hello& hello) {
  return encode_as(protocol::FrameKind::kHello, hello);
}

base::Bytes encode_hello_reply(const vistime::v1::HelloReply& reply) {
  return encode_as(protocol::FrameKind::kHelloReply, reply);
}

base::Result<vistime::v1::Hello> decode_hello(base::BytesView carrier_message) {
  return decode_as<vistime::v1::Hello>(protocol::FrameKind::kHello, carrier_message);
}

base::Result<vistime::v1::HelloReply> decode_hello_reply(base::BytesView carrier_message) {
  return decode_as<vistime::v1::HelloReply>(protocol::FrameKind::kHelloReply, carrier_message);
}

std::optional<vistime::v1::HelloReply> refuse_version(const vistime::v1::Hello& hello) {
  if (hello.protocol() == protocol::kProtocol && hello.release() == protocol::release()) return std::nullopt;
  vistime::v1::HelloReply reply;
  if (hello.protocol() > protocol::kProtocol) {
    reply.mutable_server_older()->set_release(std::string(protocol::release()));
  } else {
    reply.mutable_update_required()->set_release(std::string(protocol::release()));
  }
  return reply;
}

}  // namespace vistime::transport
