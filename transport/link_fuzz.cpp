// A link that hears anything at all: it must neither crash nor grow, and must still speak to an honest peer afterwards
// when it was not ended.
#include <cstdlib>

#include "transport/link.hpp"
#include "transport/memory_carrier.hpp"

using namespace vistime;

namespace {

struct Ignore : transport::LinkEvents {
  void on_control(base::BytesView) override { ++messages; }
  void on_object(protocol::Lane, base::BytesView object) override {
    if (object.size() < 24) std::abort();
  }
  void on_detached(const base::Error&) override {}
  void on_ended(const base::Error&) override { ended = true; }
  std::size_t messages = 0;
  bool ended = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ManualClock clock;
  Ignore events;
  transport::Link link(clock, events);
  auto pipe = transport::MemoryPipe::make();
  link.attach(pipe->end(0), 0);
  auto rogue = pipe->end(1);
  base::BytesView rest(data, size);
  while (rest.size() > 1) {
    const std::size_t part = std::min<std::size_t>(rest.size() - 1, rest[0]);
    rogue->write(base::Bytes(rest.begin() + 1, rest.begin() + 1 + static_cast<std::ptrdiff_t>(part)));
    pipe->pump();
    clock.advance(std::chrono::milliseconds(rest[0]));
    link.tick();
    rest = rest.subspan(1 + part);
  }
  if (!events.ended) {
    const std::size_t before = events.messages;
    pipe = transport::MemoryPipe::make();
    transport::Link honest(clock, events);
    link.attach_fresh(pipe->end(0));
    honest.attach_fresh(pipe->end(1));
    honest.send_control(base::as_bytes("hello"));
    honest.flush();
    pipe->pump();
    if (events.messages != before + 1) std::abort();
  }
  return 0;
}
