// Any bytes as an IVF file: frames within their limit, headers that survive a round trip.
#include <cstdlib>

#include "media/ivf_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  const base::BytesView bytes(data, size);
  const auto reader = media::IvfReader::from(std::make_unique<media::MemorySource>(bytes), "fuzz");
  if (!reader) return 0;
  auto header = (*reader)->header();
  if (media::parse_ivf_header("again", media::ivf_header(header)).value() != header) std::abort();
  header.width ^= 1;
  ++header.frames;
  if (media::parse_ivf_header("changed", media::ivf_header(header)).value() != header) std::abort();

  media::IvfFrame frame;
  std::size_t total = media::kIvfHeaderBytes;
  for (auto more = (*reader)->read(frame); more && *more; more = (*reader)->read(frame))
    total += media::kIvfFrameHeaderBytes + frame.data.size();
  if (total > size) std::abort();
  // Only a cut, or a size beyond belief, leaves bytes behind.
  if (!(*reader)->truncated() && total != size && size - total < media::kIvfFrameHeaderBytes) std::abort();
  return 0;
}
