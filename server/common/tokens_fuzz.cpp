// Any text as a token and as a key set: neither may crash, and nothing unsigned may pass.
#include <cstdlib>

#include "server/common/tokens.hpp"

using namespace vistime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const base::Bytes seed(32, 7);
  static const server::TokenSigner signer(seed);
  static const auto verifier = server::TokenVerifier::from_key_set(signer.key_set()).value();
  const auto text = base::as_text({data, size});
  const base::WallTime now{std::chrono::seconds(1'700'000'000)};
  if (verifier.verify_room(text, now) || verifier.verify_control(text, now)) std::abort();
  (void)server::TokenVerifier::from_key_set(text);
  // What it says of a person may be anything at all and must come back as valid text.
  server::RoomGrant grant;
  grant.name = grant.room_name = std::string(text.substr(0, 200));
  grant.issued = now;
  grant.expires = now + std::chrono::seconds(60);
  if (!verifier.verify_room(signer.sign(grant), now) && size < 200) std::abort();
  return 0;
}
