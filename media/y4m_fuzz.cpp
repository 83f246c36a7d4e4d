// Any bytes as a Y4M file, read once and in a loop: whole frames of the announced size, the same in every
// round, headers that survive a round trip.
#include <cstdlib>

#include "media/y4m_file.hpp"

namespace {

using namespace vistime;

std::unique_ptr<media::Y4mReader> reader_of(base::BytesView bytes, bool loop) {
  auto reader = media::Y4mReader::from(std::make_unique<media::MemorySource>(bytes), "fuzz", {.loop = loop});
  return reader ? std::move(*reader) : nullptr;
}

void check_header(std::string_view line) {
  auto format = media::parse_y4m_header("fuzz", line);
  if (!format) return;
  if (media::parse_y4m_header("again", media::y4m_header(*format)).value() != *format) std::abort();
  if (format->frame_time(1'000'000) < format->frame_time(999'999)) std::abort();
  format->width = 1;
  if (media::parse_y4m_header("changed", media::y4m_header(*format)).value() != *format) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::BytesView bytes(data, size);
  const auto text = base::as_text(bytes);
  const auto line = text.substr(0, text.find('\n'));
  check_header(line);
  // Sizes far beyond the input only cost time in allocation; the parser of the header saw them above.
  const auto format = media::parse_y4m_header("fuzz", line);
  if (format && format->width * format->height > 1 << 16) return 0;

  const auto once = reader_of(bytes, false);
  if (!once) return 0;
  const auto loop = reader_of(bytes, true);
  if (!loop) std::abort();
  media::I420Frame first;
  media::I420Frame frame;
  media::I420Frame looped;
  bool damaged = false;
  for (;;) {
    const auto more = once->read(frame);
    damaged = !more;
    if (!more || !*more) break;
    if (!frame.valid() || !loop->read(looped).value() || frame != looped) std::abort();
    if (once->frames_read() == 1) first = frame;
  }
  if (once->frames_read() == 0 || once->frames_read() * first.size_bytes() > size) std::abort();
  // The loop begins again where the other ended, unless both fail on the same damage.
  const auto again = loop->read(looped);
  if (damaged ? again.has_value() : (!again || !*again || looped != first)) std::abort();
  return 0;
}
