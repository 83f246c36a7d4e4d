#include "server/conference/chat.hpp"

#include <algorithm>
#include <utility>

namespace vistime::server::conference {
namespace {

using vistime::v1::ServerMessage;

void fill(vistime::v1::ChatMessage& out, const ChatRecord& message) {
  out.set_id(message.id.data(), message.id.size());
  out.set_sequence(message.sequence);
  out.set_from(message.from);
  out.set_from_name(message.from_name);
  out.set_sent_ms(message.sent_ms);
  out.set_to(message.to);
  out.set_sealed(message.sealed.data(), message.sealed.size());
}

base::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

void send_answer(RoomCore& core, Participant& to, std::uint32_t request, const base::Error* error) {
  if (request == 0) return;
  ServerMessage message;
  message.mutable_answer()->set_request(request);
  if (error != nullptr) {
    // An error of no code of its own still has to be told from success.
    message.mutable_answer()->set_code(error->code.empty() ? std::string(to_string(error->kind))
                                                           : error->code);
    message.mutable_answer()->set_message(error->message);
  }
  core.send(to, message);
}

Outcome Chat::send(Participant& from, std::uint32_t request, const vistime::v1::SendChat& message) {
  if (message.id().size() != kChatIdBytes) return invalid("a chat message's id is 16 bytes");
  if (message.sealed().empty()) return invalid("the chat message is empty");
  if (message.sealed().size() > core_.limits.chat_bytes)
    return over_limit("the chat message is too long: shorten it");
  if (!message.to().empty()) {
    if (message.to() == from.record.id) return invalid("a private message goes to somebody else");
    if (core_.roster.find_admitted(message.to()) == nullptr) return not_found("the person");
  }
  if (!from.chat.take(1, core_.clock.now())) return too_many("chat messages come too fast: wait a moment");
  if (pending_ >= core_.limits.chat_pending)
    return too_many("the server is busy writing: try again in a moment");
  ChatRecord record{.id = bytes_of(message.id()),
                    .from = from.record.id,
                    .from_name = from.record.name,
                    .sent_ms = core_.clock.wall().time_since_epoch().count(),
                    .to = message.to(),
                    .sealed = bytes_of(message.sealed())};
  ++pending_;
  auto done = [weak = std::weak_ptr(alive_), request, record](base::Result<ChatAppended> result) {
    if (const auto alive = weak.lock()) (*alive)->appended(request, record.from, record, std::move(result));
  };
  core_.store.append_chat(core_.record.id, std::move(record), core_.limits.chat_messages, std::move(done));
  return Reply::kLater;
}

void Chat::appended(std::uint32_t request, const std::string& sender, ChatRecord message,
                    base::Result<ChatAppended> done) {
  --pending_;
  if (!done) return answer(sender, request, &done.error());
  if (!done->duplicate) {
    message.sequence = done->sequence;
    core_.last_chat = std::max(core_.last_chat, message.sequence);
    ++core_.counters.chat_messages;
    ServerMessage news;
    fill(*news.mutable_chat(), message);
    if (message.to.empty()) {
      core_.to_all(news);
    } else {
      for (const std::string& reader : {message.from, message.to}) {
        if (Participant* to = core_.roster.find_admitted(reader)) core_.send(*to, news);
      }
    }
  }
  answer(sender, request, nullptr);
}

Outcome Chat::history(Participant& from, std::uint32_t request, const vistime::v1::GetChat& query) {
  if (pending_ >= core_.limits.chat_pending) return too_many("the server is busy: try again in a moment");
  ++pending_;
  auto done = [weak = std::weak_ptr(alive_), request, reader = from.record.id](base::Result<ChatPage> page) {
    if (const auto alive = weak.lock()) (*alive)->page_read(request, reader, std::move(page));
  };
  core_.store.read_chat(core_.record.id,
                        {.after = query.after(),
                         .reader = from.record.id,
                         .max_messages = core_.limits.chat_page_messages,
                         .max_bytes = core_.limits.chat_page_bytes},
                        std::move(done));
  return Reply::kLater;
}

void Chat::page_read(std::uint32_t request, const std::string& reader, base::Result<ChatPage> page) {
  --pending_;
  Participant* to = core_.roster.find_admitted(reader);
  if (to == nullptr) return;
  if (!page) return send_answer(core_, *to, request, &page.error());
  ServerMessage message;
  auto& history = *message.mutable_chat_history();
  for (const ChatRecord& record : page->messages) fill(*history.add_messages(), record);
  history.set_complete(page->complete);
  core_.send(*to, message);
  send_answer(core_, *to, request, nullptr);
}

void Chat::answer(const std::string& participant, std::uint32_t request, const base::Error* error) {
  if (Participant* to = core_.roster.find(participant)) send_answer(core_, *to, request, error);
}

}  // namespace vistime::server::conference
