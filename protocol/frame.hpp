// Frames: how everything on a link is wrapped. One carrier message (a WebSocket binary message) holds one or more:
//
//    u8      head     bits 0-3 kind, bits 4-5 lane, bit 6 abandoned, bit 7 more
//    varint  length   of the body, unsigned LEB128
//    bytes   body
//
// A message too large for one frame is cut into several of the same kind and lane, all but the last with `more`
// set; parts of different lanes interleave, parts of one lane do not. `abandoned` (with an empty body) takes back the
// parts sent so far: the sender dropped the rest because it would have come too late.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::protocol {

enum class FrameKind : std::uint8_t {
  kHello = 0,       // client, first: protobuf Hello
  kHelloReply = 1,  // server, first: protobuf HelloReply
  kControl = 2,     // u32 number, then protobuf ClientMessage or ServerMessage; numbered from 1, acknowledged
  kAck = 3,         // u32: every control message up to this number has arrived
  kObject = 4,      // a media object; see object_header.hpp
  kPing = 5,        // u64: the sender's clock, microseconds
  kPong = 6,        // u64: the ping's value, sent back
  kFeedback = 7,    // u64: how many bytes of objects have arrived on this connection
  kClose = 8,       // protobuf Close
};

// In the order in which they are sent.
enum class Lane : std::uint8_t { kControl = 0, kAudio = 1, kVideo = 2, kBulk = 3 };
inline constexpr std::size_t kLanes = 4;

// One TLS record holds it whole, and a higher lane never waits for more than this.
inline constexpr std::size_t kMaxFrameBody = 15 * 1024;
inline constexpr std::size_t kMaxCarrierMessage = 64 * 1024;
inline constexpr std::size_t kMaxControlBytes = 256 * 1024;
// 1 byte of head and 5 of length at most.
inline constexpr std::size_t kMaxFrameHead = 6;

struct Frame {
  FrameKind kind = FrameKind::kControl;
  Lane lane = Lane::kControl;
  bool more = false;
  bool abandoned = false;
  base::BytesView body;
};

void encode(const Frame& frame, base::Bytes& out);

// Takes the first frame off `in`; the frame's body points into it.
base::Result<Frame> take_frame(base::BytesView& in);

// Puts messages together from frames, bounded by what each kind may measure.
class Assembler {
 public:
  // The bytes are valid during the call only.
  using Sink = std::function<base::Result<void>(FrameKind, Lane, base::BytesView)>;

  // Reads a whole carrier message. Invalid on any violation; the link should then be closed.
  base::Result<void> receive(base::BytesView message, const Sink& sink);

  // A new connection starts with nothing half received.
  void reset();

 private:
  struct Partial {
    FrameKind kind = FrameKind::kControl;
    bool active = false;
    base::Bytes bytes;
  };
  base::Result<void> receive_frame(const Frame& frame, const Sink& sink);

  std::array<Partial, kLanes> partial_;
};

}  // namespace vistime::protocol
