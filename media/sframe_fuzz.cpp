// Header round trips; what was not sealed never opens; what was sealed always does.
#include <cstdlib>

#include "media/sframe.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  const base::BytesView input(data, size);
  const base::Bytes base_key(32, 7);
  media::SframeOpener opener(media::SframeSuite::kAes128GcmSha256, base_key, 2);
  if (opener.open(input, input.first(size / 2))) std::abort();

  const auto parsed = media::parse_sframe_header(input);
  if (!parsed) return 0;
  base::Bytes encoded;
  media::append_sframe_header(encoded, parsed->header);
  const auto again = media::parse_sframe_header(encoded);
  if (!again || again->header != parsed->header || again->size != encoded.size() ||
      again->size > parsed->size) {
    std::abort();
  }
  const base::BytesView plaintext = input.subspan(parsed->size);
  media::SframeSealer sealer(
      media::SframeKey::derive(media::SframeSuite::kAes128GcmSha256, base_key, parsed->header.kid),
      parsed->header.counter);
  auto sealed = sealer.seal(plaintext, input);
  if (!sealed) std::abort();
  const auto opened = opener.open(*sealed, input);
  if (!opened || opened->header != parsed->header || !std::ranges::equal(opened->plaintext, plaintext))
    std::abort();
  (*sealed)[parsed->header.counter % sealed->size()] ^= 1;
  if (opener.open(*sealed, input)) std::abort();
  return 0;
}
