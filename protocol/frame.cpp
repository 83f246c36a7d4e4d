#include "protocol/frame.hpp"

#include "protocol/object_header.hpp"

namespace vistime::protocol {
namespace {

constexpr std::uint8_t kMore = 0x80;
constexpr std::uint8_t kAbandoned = 0x40;
constexpr std::uint8_t kLastKind = static_cast<std::uint8_t>(FrameKind::kClose);

std::size_t limit_of(FrameKind kind) {
  return kind == FrameKind::kObject ? kMaxObjectBytes : kMaxControlBytes;
}

}  // namespace

void encode(const Frame& frame, base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(frame.kind) |
                                      static_cast<std::uint8_t>(frame.lane) << 4 |
                                      (frame.abandoned ? kAbandoned : 0) | (frame.more ? kMore : 0)));
  writer.varint(frame.body.size());
  writer.bytes(frame.body);
}

base::Result<Frame> take_frame(base::BytesView& in) {
  base::ByteReader reader(in);
  const auto head = reader.u8();
  const auto length = reader.varint();
  if (!head || !length || *length > kMaxCarrierMessage) {
    return base::fail(base::ErrorKind::kInvalid, "a frame's head is cut short or names an impossible length");
  }
  const auto body = reader.bytes(static_cast<std::size_t>(*length));
  if (!body) return base::fail(base::ErrorKind::kInvalid, "a frame of {} bytes is cut short", *length);
  const std::uint8_t kind = *head & 0x0f;
  if (kind > kLastKind) return base::fail(base::ErrorKind::kInvalid, "frames of kind {} are unknown", kind);
  Frame frame;
  frame.kind = static_cast<FrameKind>(kind);
  frame.lane = static_cast<Lane>(*head >> 4 & 0x03);
  frame.abandoned = (*head & kAbandoned) != 0;
  frame.more = (*head & kMore) != 0;
  frame.body = *body;
  if (frame.abandoned && (frame.more || !frame.body.empty())) {
    return base::fail(base::ErrorKind::kInvalid, "a frame that abandons its message has a body");
  }
  in = in.subspan(reader.position());
  return frame;
}

base::Result<void> Assembler::receive(base::BytesView message, const Sink& sink) {
  if (message.size() > kMaxCarrierMessage) {
    return base::fail(base::ErrorKind::kInvalid, "a carrier message of {} bytes exceeds {}", message.size(),
                      kMaxCarrierMessage);
  }
  while (!message.empty()) {
    const auto frame = take_frame(message);
    if (!frame) return std::unexpected(frame.error());
    if (auto done = receive_frame(*frame, sink); !done) return done;
  }
  return {};
}

base::Result<void> Assembler::receive_frame(const Frame& frame, const Sink& sink) {
  Partial& partial = partial_[static_cast<std::size_t>(frame.lane)];
  if (partial.active && partial.kind != frame.kind) {
    return base::fail(base::ErrorKind::kInvalid, "a message was interrupted by another of its lane");
  }
  if (frame.abandoned) {
    partial.active = false;
    partial.bytes.clear();
    return {};
  }
  if (!partial.active && !frame.more) return sink(frame.kind, frame.lane, frame.body);
  if (partial.bytes.size() + frame.body.size() > limit_of(frame.kind)) {
    return base::fail(base::ErrorKind::kInvalid, "a message exceeds {} bytes", limit_of(frame.kind));
  }
  partial.active = frame.more;
  partial.kind = frame.kind;
  partial.bytes.insert(partial.bytes.end(), frame.body.begin(), frame.body.end());
  if (frame.more) return {};
  // Taken out first, so that the sink may reset this assembler.
  const base::Bytes whole = std::exchange(partial.bytes, {});
  return sink(frame.kind, frame.lane, whole);
}

void Assembler::reset() { partial_ = {}; }

}  // namespace vistime::protocol
