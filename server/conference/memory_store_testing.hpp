// A RoomStore in memory for tests. Completions wait until complete() is called, as a disk would take its time.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/conference/room_store.hpp"

namespace vistime::server::conference {

class MemoryStore final : public RoomStore {
 public:
  void save_room(const RoomRecord& room) override { rooms_[room.id].room = room; }
  void save_participant(const std::string& room, const ParticipantRecord& participant) override {
    rooms_[room].participants[participant.id] = participant;
  }
  void remove_participant(const std::string& room, const std::string& participant) override {
    rooms_[room].participants.erase(participant);
  }
  void add_ban(const std::string& room, const std::string& device) override {
    rooms_[room].bans.insert(device);
  }
  void close_room(const std::string& room) override {
    RoomRecord record = rooms_[room].room;
    record.closed = true;
    rooms_[room] = {};
    rooms_[room].room = record;
  }
  void append_chat(const std::string& room, ChatRecord message, std::uint64_t keep, Appended done) override {
    waiting_.push_back([this, room, message = std::move(message), keep, done = std::move(done)] {
      if (broken) return done(base::fail_as(base::ErrorKind::kOverloaded, "disk-full", "the disk is full"));
      done(append(rooms_[room], message, keep));
    });
  }
  void read_chat(const std::string& room, ChatQuery query, PageRead done) override {
    waiting_.push_back(
        [this, room, query = std::move(query), done = std::move(done)] { done(read(rooms_[room], query)); });
  }

  // Finishes what was asked so far, and what that leads to.
  void complete() {
    while (!waiting_.empty()) {
      const auto next = std::move(waiting_.front());
      waiting_.pop_front();
      next();
    }
  }
  StoredRoom load(const std::string& id) const {
    const Stored& stored = rooms_.at(id);
    StoredRoom room{
        .room = stored.room, .participants = {}, .bans = {stored.bans.begin(), stored.bans.end()}};
    for (const auto& [key, participant] : stored.participants) room.participants.push_back(participant);
    std::ranges::sort(room.participants, {}, &ParticipantRecord::order);
    if (!stored.chat.empty()) room.last_chat = stored.chat.back().sequence;
    return room;
  }
  const std::vector<ChatRecord>& chat(const std::string& room) { return rooms_[room].chat; }

  bool broken = false;  // writes fail as on a full disk

 private:
  struct Stored {
    RoomRecord room;
    std::map<std::string, ParticipantRecord> participants;
    std::set<std::string> bans;
    std::vector<ChatRecord> chat;
  };

  static ChatAppended append(Stored& room, ChatRecord message, std::uint64_t keep) {
    const auto known = std::ranges::find(room.chat, message.id, &ChatRecord::id);
    if (known != room.chat.end()) return {.sequence = known->sequence, .duplicate = true};
    message.sequence = room.chat.empty() ? 1 : room.chat.back().sequence + 1;
    room.chat.push_back(message);
    if (room.chat.size() > keep) room.chat.erase(room.chat.begin());
    return {.sequence = message.sequence};
  }
  static ChatPage read(const Stored& room, const ChatQuery& query) {
    ChatPage page;
    std::size_t bytes = 0;
    for (const ChatRecord& message : room.chat) {
      const bool visible = message.to.empty() || message.to == query.reader || message.from == query.reader;
      if (message.sequence <= query.after || !visible) continue;
      bytes += message.sealed.size();
      if (page.messages.size() == query.max_messages || (bytes > query.max_bytes && !page.messages.empty())) {
        page.complete = false;
        break;
      }
      page.messages.push_back(message);
    }
    return page;
  }

  std::map<std::string, Stored> rooms_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace vistime::server::conference
