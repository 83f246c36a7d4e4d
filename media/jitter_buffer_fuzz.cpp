// Any sequence of pushes and pops: bounded memory, played in order, never a packet twice.
#include <cstdlib>

#include "media/jitter_buffer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  media::JitterBuffer buffer;
  base::ByteReader reader(base::BytesView(data, size));
  base::TimePoint now{std::chrono::seconds(1)};
  std::uint32_t sequence = 0;
  std::int64_t capture = 0;
  std::uint64_t popped = 0;
  while (const auto what = reader.u8()) {
    if ((*what & 1) == 0) {
      const auto kind = buffer.pop(now).kind;
      if (kind == media::JitterOutput::Kind::kPacket) ++popped;
      now += media::JitterBuffer::kFrame;
    } else if ((*what & 2) == 0) {
      sequence += (*what >> 2 & 15) - 4U;
      capture += 20'000 * ((*what >> 2 & 15) - 4);
      buffer.push({sequence, capture, static_cast<std::uint8_t>(*what >> 1), {*what}}, now);
    } else {
      sequence = reader.u32().value_or(0);
      // Clocks within what a header can carry: 48 bits of microseconds.
      capture = static_cast<std::int64_t>(reader.u64().value_or(0) >> 16);
      now += std::chrono::milliseconds(reader.u8().value_or(0));
      buffer.push({sequence, capture, 0, {}}, now);
    }
    const auto& statistics = buffer.statistics();
    if (buffer.buffered() > 150 || popped > statistics.received) std::abort();
    if (buffer.speed() < 0.96 || buffer.speed() > 1.04) std::abort();
    if (buffer.target() > std::chrono::milliseconds(500)) std::abort();
  }
  return 0;
}
