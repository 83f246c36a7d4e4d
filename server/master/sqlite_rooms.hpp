// Rooms in DATA/master.db.
#pragma once

#include <filesystem>
#include <memory>

#include "server/common/database.hpp"
#include "server/master/rooms.hpp"

namespace vistime::server::master {

class SqliteRooms final : public Rooms {
 public:
  static base::Result<std::unique_ptr<SqliteRooms>> open(const std::filesystem::path& file);
  explicit SqliteRooms(std::unique_ptr<StoreThread> store) : store_(std::move(store)) {}

  Task<base::Result<void>> create(Room room, std::uint64_t limit) override;
  Task<base::Result<Room>> find(std::string id) override;
  Task<base::Result<void>> set_used(std::string id, base::WallTime now) override;
  Task<base::Result<void>> set_closed(std::string id, base::WallTime now) override;
  Task<base::Result<std::vector<std::string>>> unused(base::WallTime before, std::uint32_t limit) override;
  Task<base::Result<void>> forget(std::string id) override;
  Task<base::Result<std::uint64_t>> forget_closed(base::WallTime before) override;

 private:
  const std::unique_ptr<StoreThread> store_;
};

}  // namespace vistime::server::master
