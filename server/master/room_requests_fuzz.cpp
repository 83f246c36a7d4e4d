// Bodies from strangers; what is accepted is within its limits, and its name passes the check again unchanged.
#include <cstdlib>

#include "server/master/room_requests.hpp"

using namespace vistime::server::master;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  if (auto room = parse_create(body, 100)) {
    if (room->max_participants > 100 || room->password.size() > 256 || room->key_check.size() != 32)
      std::abort();
    if (checked_name(room->name, kMaxRoomName).value() != room->name) std::abort();
  }
  if (auto join = parse_join(body)) {
    if (join->device.size() < 16 || join->device.size() > 64) std::abort();
    if (checked_name(join->name).value() != join->name) std::abort();
  }
  if (auto name = checked_name(body); name && name->size() > 256) std::abort();
  return 0;
}
