#include "server/master/sqlite_rooms.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"

namespace vistime::server::master {

using base::ErrorKind;
using base::fail_as;
using base::Result;

namespace {

constexpr std::string_view kIdAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kIdLength = 10;

constexpr std::array kMigrations = {
    Migration{1, R"(
      CREATE TABLE rooms (
        id               TEXT    NOT NULL PRIMARY KEY,
        name             TEXT    NOT NULL,
        password_hash    TEXT    NOT NULL,
        lobby            INTEGER NOT NULL,
        max_participants INTEGER NOT NULL,
        key_check        TEXT    NOT NULL,
        host_key_hash    TEXT    NOT NULL,
        created_ms       INTEGER NOT NULL,
        used_ms          INTEGER NOT NULL,
        closed           INTEGER NOT NULL DEFAULT 0
      );
      CREATE INDEX rooms_used ON rooms (used_ms);
      CREATE INDEX rooms_open ON rooms (closed) WHERE closed = 0;
    )"},
    Migration{2, R"(
      ALTER TABLE rooms ADD COLUMN closed_ms INTEGER NOT NULL DEFAULT 0;
      UPDATE rooms SET closed_ms = used_ms WHERE closed = 1;
      CREATE INDEX rooms_closed ON rooms (closed_ms) WHERE closed = 1;
    )"},
};

long long to_ms(base::WallTime time) { return time.time_since_epoch().count(); }
base::WallTime from_ms(long long milliseconds) {
  return base::WallTime(std::chrono::milliseconds(milliseconds));
}

Result<void> insert(soci::session& sql, const Room& room, std::uint64_t limit) {
  long long open = 0;
  sql << "SELECT COUNT(*) FROM rooms WHERE closed = 0", soci::into(open);
  if (static_cast<std::uint64_t>(open) >= limit) {
    return fail_as(ErrorKind::kOverloaded, "too-many-rooms",
                   "this server holds as many rooms as it may: close one, or raise max-rooms");
  }
  const int lobby = room.lobby ? 1 : 0;
  const auto most = static_cast<long long>(room.max_participants);
  const long long created = to_ms(room.created), used = to_ms(room.used);
  sql << "INSERT INTO rooms (id, name, password_hash, lobby, max_participants, key_check, host_key_hash, "
         "created_ms, "
         "used_ms) VALUES (:id, :name, :password, :lobby, :most, :check, :host, :created, :used)",
      soci::use(room.id), soci::use(room.name), soci::use(room.password_hash), soci::use(lobby),
      soci::use(most), soci::use(room.key_check), soci::use(room.host_key_hash), soci::use(created),
      soci::use(used);
  return {};
}

Result<Room> select(soci::session& sql, const std::string& id) {
  Room room;
  int lobby = 0, closed = 0;
  long long most = 0, created = 0, used = 0, closed_at = 0;
  sql << "SELECT name, password_hash, lobby, max_participants, key_check, host_key_hash, created_ms, "
         "used_ms, closed, "
         "closed_ms FROM rooms WHERE id = :id",
      soci::use(id), soci::into(room.name), soci::into(room.password_hash), soci::into(lobby),
      soci::into(most), soci::into(room.key_check), soci::into(room.host_key_hash), soci::into(created),
      soci::into(used), soci::into(closed), soci::into(closed_at);
  if (!sql.got_data()) {
    return fail_as(ErrorKind::kNotFound, "room-unknown",
                   "there is no such room: check the link, or ask for a new one");
  }
  room.id = id;
  room.lobby = lobby != 0;
  room.max_participants = static_cast<std::uint32_t>(most);
  room.created = from_ms(created);
  room.used = from_ms(used);
  room.closed = closed != 0;
  room.closed_at = from_ms(closed_at);
  return room;
}

}  // namespace

std::string make_room_id() {
  std::string id;
  for (const std::uint8_t byte : base::random_bytes(kIdLength))
    id.push_back(kIdAlphabet[byte % kIdAlphabet.size()]);
  return id;
}

bool is_room_id(std::string_view text) {
  return text.size() == kIdLength && std::all_of(text.begin(), text.end(), [](char character) {
           return kIdAlphabet.find(character) != std::string_view::npos;
         });
}

Result<std::unique_ptr<SqliteRooms>> SqliteRooms::open(const std::filesystem::path& file) {
  auto store = StoreThread::open(file, kMigrations);
  if (!store) return std::unexpected(std::move(store).error());
  return std::make_unique<SqliteRooms>(std::move(*store));
}

Task<Result<void>> SqliteRooms::create(Room room, std::uint64_t limit) {
  auto work = [room = std::move(room), limit](soci::session& sql) { return insert(sql, room, limit); };
  co_return co_await store_->run(std::move(work));
}

Task<Result<Room>> SqliteRooms::find(std::string id) {
  auto work = [id = std::move(id)](soci::session& sql) { return select(sql, id); };
  co_return co_await store_->run(std::move(work));
}

Task<Result<void>> SqliteRooms::set_used(std::string id, base::WallTime now) {
  auto work = [id = std::move(id), used = to_ms(now)](soci::session& sql) -> Result<void> {
    sql << "UPDATE rooms SET used_ms = :used WHERE id = :id", soci::use(used), soci::use(id);
    return {};
  };
  co_return co_await store_->run(std::move(work));
}

Task<Result<void>> SqliteRooms::set_closed(std::string id, base::WallTime now) {
  auto work = [id = std::move(id), at = to_ms(now)](soci::session& sql) -> Result<void> {
    sql << "UPDATE rooms SET closed = 1, closed_ms = :at WHERE id = :id AND closed = 0", soci::use(at),
        soci::use(id);
    return {};
  };
  co_return co_await store_->run(std::move(work));
}

Task<Result<std::vector<std::string>>> SqliteRooms::unused(base::WallTime before, std::uint32_t limit) {
  auto work = [at = to_ms(before),
               most = static_cast<long long>(limit)](soci::session& sql) -> Result<std::vector<std::string>> {
    std::vector<std::string> ids;
    const soci::rowset<std::string> rows =
        (sql.prepare
             << "SELECT id FROM rooms WHERE closed = 0 AND used_ms < :before ORDER BY used_ms LIMIT :most",
         soci::use(at), soci::use(most));
    for (const std::string& id : rows) ids.push_back(id);
    return ids;
  };
  co_return co_await store_->run(std::move(work));
}

Task<Result<void>> SqliteRooms::forget(std::string id) {
  auto work = [id = std::move(id)](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM rooms WHERE id = :id", soci::use(id);
    return {};
  };
  co_return co_await store_->run(std::move(work));
}

Task<Result<std::uint64_t>> SqliteRooms::forget_closed(base::WallTime before) {
  auto work = [at = to_ms(before)](soci::session& sql) -> Result<std::uint64_t> {
    soci::statement statement =
        (sql.prepare << "DELETE FROM rooms WHERE closed = 1 AND closed_ms < :before", soci::use(at));
    statement.execute(true);
    return static_cast<std::uint64_t>(statement.get_affected_rows());
  };
  co_return co_await store_->run(std::move(work));
}

}  // namespace vistime::server::master
