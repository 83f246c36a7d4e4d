// Any bytes as the first message; what decodes must encode to something that decodes to the same.
#include <cstdlib>

#include "transport/handshake.hpp"

using namespace vistime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (auto hello = transport::decode_hello({data, size})) {
    (void)transport::refuse_version(*hello);
    hello->mutable_resume()->set_received(7);
    const auto again = transport::decode_hello(transport::encode_hello(*hello));
    if (!again || again->SerializeAsString() != hello->SerializeAsString()) std::abort();
  }
  if (auto reply = transport::decode_hello_reply({data, size})) {
    const auto again = transport::decode_hello_reply(transport::encode_hello_reply(*reply));
    if (!again || again->SerializeAsString() != reply->SerializeAsString()) std::abort();
  }
  return 0;
}
