// Feeds carrier messages to the assembler, re-encodes what came out and expects to read the same again.
#include <cstdlib>

#include "protocol/frame.hpp"
#include "protocol/object_header.hpp"

using namespace vistime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  protocol::Assembler assembler;
  base::Bytes again;
  std::size_t messages = 0;
  const auto sink = [&](protocol::FrameKind kind, protocol::Lane lane,
                        base::BytesView body) -> base::Result<void> {
    ++messages;
    if (body.size() <= protocol::kMaxFrameBody) protocol::encode({kind, lane, false, false, body}, again);
    if (kind == protocol::FrameKind::kObject) {
      if (auto header = protocol::decode_object_header(body)) {
        base::Bytes bytes;
        protocol::encode(*header, bytes);
        if (protocol::decode_object_header(bytes).value() != *header) std::abort();
        header->sequence += 1;
        bytes.clear();
        protocol::encode(*header, bytes);
        if (protocol::decode_object_header(bytes).value() != *header) std::abort();
      }
    }
    return {};
  };
  // The input is cut into carrier messages of changing size.
  base::BytesView rest(data, size);
  while (!rest.empty()) {
    const std::size_t part = std::min<std::size_t>(rest.size(), 1 + rest[0] * 8u);
    if (!assembler.receive(rest.first(part), sink)) assembler.reset();
    rest = rest.subspan(part);
  }
  if (again.size() <= protocol::kMaxCarrierMessage) {
    std::size_t read = 0;
    const auto result = protocol::Assembler().receive(again, [&](auto, auto, auto) -> base::Result<void> {
      ++read;
      return {};
    });
    if (!result) std::abort();
    if (read > messages) std::abort();
  }
  return 0;
}
