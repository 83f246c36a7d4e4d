// Any bytes that a server may answer with: read by every reader, and what was read keeps its promises.
#include <cstdlib>

#include "base/bytes.hpp"
#include "client/core/api_messages.hpp"
#include "client/core/meeting_link.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  if (size == 0) return 0;
  const auto body = base::as_text({data + 1, size - 1});
  const auto created = client::parse_created_room(body);
  if (created && !client::is_room_id(created->room)) std::abort();
  const auto info = client::parse_room_info(body);
  if (info && !client::is_room_id(info->room)) std::abort();
  const auto grant = client::parse_join_grant(body);
  if (grant && grant->link.find_first_of(" \r\n") != std::string::npos) std::abort();
  const auto error = client::problem_to_error(400U + data[0], body, body.substr(0, 8));
  if (error.message.empty() || error.code.empty()) std::abort();
  for (const char c : error.message) {
    if (static_cast<unsigned char>(c) < 0x20) std::abort();
  }
  (void)client::encode(client::JoinRequest{.name = std::string(body), .device = error.message});
  return 0;
}
