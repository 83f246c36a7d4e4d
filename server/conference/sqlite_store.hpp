// Rooms, people, bans and chat in one SQLite file (conference.db). Writes are handed to the store's thread and
// committed in groups; completions are posted to where the room lives.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/common/database.hpp"
#include "server/conference/room_store.hpp"

namespace vistime::server::conference {

class SqliteStore final : public RoomStore {
 public:
  // Runs a completion where that room lives; called from the store's thread.
  using Post = std::function<void(const std::string& room, std::function<void()>)>;

  static base::Result<std::unique_ptr<SqliteStore>> open(const std::filesystem::path& file, Post post);
  SqliteStore(std::unique_ptr<StoreThread> thread, Post post);

  void save_room(const RoomRecord& room) override;
  void save_participant(const std::string& room, const ParticipantRecord& participant) override;
  void remove_participant(const std::string& room, const std::string& participant) override;
  void add_ban(const std::string& room, const std::string& device) override;
  void close_room(const std::string& room) override;
  void append_chat(const std::string& room, ChatRecord message, std::uint64_t keep, Appended done) override;
  void read_chat(const std::string& room, ChatQuery query, PageRead done) override;

  // Nothing when the room was never seen. On the executor of the caller.
  Task<base::Result<std::optional<StoredRoom>>> load(std::string room);
  // As close_room(), and waits until it is on disk.
  Task<base::Result<void>> close_room_durably(std::string room);
  // Everything asked for so far is on disk.
  Task<base::Result<void>> flush();
  // At the start: rooms that somebody is in. Blocks.
  base::Result<std::vector<StoredRoom>> load_inhabited();

 private:
  void write(std::string what, StoreThread::Work work);

  Post post_;
  std::unique_ptr<StoreThread> thread_;
};

}  // namespace vistime::server::conference
