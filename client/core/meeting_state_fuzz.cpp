// Any messages that a server may send, in any order: the model stays consistent and within its bounds.
#include <cstdlib>
#include <set>

#include "client/core/meeting_state.hpp"
#include "protocol/room.pb.h"

namespace {

using namespace vistime;

void check(const client::MeetingState& state) {
  std::set<std::string> ids;
  for (const auto& participant : state.participants()) {
    if (!ids.insert(participant.id).second) std::abort();
    for (const auto& track : participant.tracks) {
      if (track.participant != participant.id) std::abort();
    }
    (void)client::to_string(participant.role);
  }
  std::uint64_t last = 0;
  for (const auto& entry : state.chat()) {
    if (entry.sequence <= last) std::abort();
    last = entry.sequence;
  }
  if (state.chat().size() > client::MeetingState::kMaxChat) std::abort();
}

}  // namespace

// The input: messages, each behind two bytes of its length.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  client::MeetingState state([](base::BytesView sealed) {
    return std::optional(client::ChatContent{.text = std::string(base::as_text(sealed))});
  });
  base::ByteReader reader({data, size});
  std::size_t events = 0;
  while (const auto length = reader.u16()) {
    const auto bytes = reader.bytes(std::min<std::size_t>(*length, reader.rest().size()));
    v1::ServerMessage message;
    if (!message.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) continue;
    state.apply(message, [&](const client::Event&) { ++events; });
    check(state);
  }
  return 0;
}
