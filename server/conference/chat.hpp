// The room's chat: sealed messages, numbered by the store, safe on disk before anybody hears of them. A message sent
// again, which happens when a connection broke before the answer, is answered again and not doubled. On the room's
// executor; what the store completes after the room's end is dropped.
#pragma once

#include <memory>

#include "server/conference/request.hpp"
#include "server/conference/room_core.hpp"

namespace vistime::server::conference {

class Chat {
 public:
  explicit Chat(RoomCore& core) : core_(core), alive_(std::make_shared<Chat*>(this)) {}

  Outcome send(Participant& from, std::uint32_t request, const vistime::v1::SendChat& message);
  // Answers with ChatHistory, then with the Answer.
  Outcome history(Participant& from, std::uint32_t request, const vistime::v1::GetChat& query);

 private:
  void appended(std::uint32_t request, const std::string& sender, ChatRecord message,
                base::Result<ChatAppended> done);
  void page_read(std::uint32_t request, const std::string& reader, base::Result<ChatPage> page);
  void answer(const std::string& participant, std::uint32_t request, const base::Error* error);

  RoomCore& core_;
  std::size_t pending_ = 0;
  std::shared_ptr<Chat*> alive_;  // gone with the room; completions hold it weakly
};

// Answers a request, unless it is 0; `error` null means that it was done.
void send_answer(RoomCore& core, Participant& to, std::uint32_t request, const base::Error* error);

}  // namespace vistime::server::conference
