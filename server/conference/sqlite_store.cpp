#include "server/conference/sqlite_store.hpp"

#include <soci/soci.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <future>
#include <utility>

namespace vistime::server::conference {
namespace {

using base::Result;

// Bytes are kept as base64url, so that a look into the file with any tool shows them whole.
constexpr std::array kMigrations{Migration{1, R"sql(
  CREATE TABLE rooms (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, lobby INTEGER NOT NULL, locked INTEGER NOT NULL,
    max_participants INTEGER NOT NULL, host TEXT NOT NULL, next_number INTEGER NOT NULL, closed INTEGER NOT NULL
  );
  CREATE TABLE participants (
    room TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, role INTEGER NOT NULL,
    device TEXT NOT NULL, link_id TEXT NOT NULL, link_key_hash TEXT NOT NULL, hand INTEGER NOT NULL,
    media_session INTEGER NOT NULL, waiting INTEGER NOT NULL, arrival INTEGER NOT NULL,
    PRIMARY KEY (room, id)
  );
  CREATE TABLE bans (room TEXT NOT NULL, device TEXT NOT NULL, PRIMARY KEY (room, device));
  CREATE TABLE chat (
    room TEXT NOT NULL, sequence INTEGER NOT NULL, id TEXT NOT NULL, sender TEXT NOT NULL, sender_name TEXT NOT NULL,
    sent_ms INTEGER NOT NULL, recipient TEXT NOT NULL, sealed TEXT NOT NULL,
    PRIMARY KEY (room, sequence), UNIQUE (room, id)
  );
)sql"}};

long long number(std::uint64_t value) { return static_cast<long long>(value); }
base::Bytes bytes(const std::string& text) { return base::from_base64url(text).value_or(base::Bytes{}); }

Result<void> write_room(soci::session& sql, const RoomRecord& room) {
  const int lobby = room.lobby, locked = room.locked, closed = room.closed;
  const long long max = room.max_participants, next = room.next_number;
  sql << "INSERT INTO rooms VALUES (:id, :name, :lobby, :locked, :max, :host, :next, :closed) "
         "ON CONFLICT (id) DO UPDATE SET name=excluded.name, lobby=excluded.lobby, locked=excluded.locked, "
         "max_participants=excluded.max_participants, host=excluded.host, next_number=excluded.next_number, "
         "closed=MAX(closed, excluded.closed)",
      soci::use(room.id), soci::use(room.name), soci::use(lobby), soci::use(locked), soci::use(max),
      soci::use(room.host), soci::use(next), soci::use(closed);
  return {};
}

Result<void> write_participant(soci::session& sql, const std::string& room, const ParticipantRecord& who) {
  const std::string link = base::base64url(who.link_id), hash = base::base64url(who.link_key_hash);
  const int role = who.role, waiting = who.waiting;
  const long long count = who.number, hand = number(who.hand), media = number(who.media_session),
                  arrival = number(who.order);
  sql << "INSERT OR REPLACE INTO participants VALUES (:room, :id, :number, :name, :role, :device, :link, "
         ":hash, :hand, "
         ":media, :waiting, :arrival)",
      soci::use(room), soci::use(who.id), soci::use(count), soci::use(who.name), soci::use(role),
      soci::use(who.device), soci::use(link), soci::use(hash), soci::use(hand), soci::use(media),
      soci::use(waiting), soci::use(arrival);
  return {};
}

Result<void> forget_room(soci::session& sql, const std::string& room) {
  sql << "INSERT INTO rooms VALUES (:id, '', 0, 0, 0, '', 1, 1) "
         "ON CONFLICT (id) DO UPDATE SET name='', host='', closed=1",
      soci::use(room);
  sql << "DELETE FROM participants WHERE room=:room", soci::use(room);
  sql << "DELETE FROM bans WHERE room=:room", soci::use(room);
  sql << "DELETE FROM chat WHERE room=:room", soci::use(room);
  return {};
}

Result<ChatAppended> insert_chat(soci::session& sql, const std::string& room, const ChatRecord& message,
                                 std::uint64_t keep) {
  const std::string id = base::base64url(message.id), sealed = base::base64url(message.sealed);
  long long sequence = 0;
  sql << "SELECT sequence FROM chat WHERE room=:room AND id=:id", soci::use(room), soci::use(id),
      soci::into(sequence);
  if (sql.got_data()) return ChatAppended{static_cast<std::uint64_t>(sequence), true};
  sql << "SELECT COALESCE(MAX(sequence), 0) + 1 FROM chat WHERE room=:room", soci::use(room),
      soci::into(sequence);
  const long long sent = message.sent_ms;
  sql << "INSERT INTO chat VALUES (:room, :sequence, :id, :sender, :name, :sent, :recipient, :sealed)",
      soci::use(room), soci::use(sequence), soci::use(id), soci::use(message.from),
      soci::use(message.from_name), soci::use(sent), soci::use(message.to), soci::use(sealed);
  const long long oldest = sequence - number(keep);
  if (oldest > 0) {
    sql << "DELETE FROM chat WHERE room=:room AND sequence<=:oldest", soci::use(room), soci::use(oldest);
  }
  return ChatAppended{static_cast<std::uint64_t>(sequence), false};
}

ChatPage select_chat(soci::session& sql, const std::string& room, const ChatQuery& query) {
  // A sequence beyond what SQLite counts to is after everything.
  const long long after = number(std::min<std::uint64_t>(query.after, INT64_MAX));
  const long long limit = number(query.max_messages + 1);
  long long sequence = 0, sent = 0;
  std::string id, sender, name, recipient, sealed;
  soci::statement statement =
      (sql.prepare << "SELECT sequence, id, sender, sender_name, sent_ms, recipient, sealed FROM chat "
                      "WHERE room=:room AND sequence>:after AND (recipient='' OR recipient=:reader OR "
                      "sender=:writer) "
                      "ORDER BY sequence LIMIT :limit",
       soci::use(room), soci::use(after), soci::use(query.reader), soci::use(query.reader), soci::use(limit),
       soci::into(sequence), soci::into(id), soci::into(sender), soci::into(name), soci::into(sent),
       soci::into(recipient), soci::into(sealed));
  statement.execute();
  ChatPage page;
  std::size_t size = 0;
  while (statement.fetch()) {
    base::Bytes opaque = bytes(sealed);
    size += opaque.size();
    if (page.messages.size() == query.max_messages || (size > query.max_bytes && !page.messages.empty())) {
      page.complete = false;
      break;
    }
    page.messages.push_back(
        {bytes(id), static_cast<std::uint64_t>(sequence), sender, name, sent, recipient, std::move(opaque)});
  }
  return page;
}

void select_people(soci::session& sql, StoredRoom& stored) {
  ParticipantRecord who;
  std::string link, hash;
  long long count = 0, hand = 0, media = 0, arrival = 0;
  int role = 0, waiting = 0;
  soci::statement statement =
      (sql.prepare
           << "SELECT id, number, name, role, device, link_id, link_key_hash, hand, media_session, waiting, "
              "arrival FROM participants WHERE room=:room ORDER BY arrival",
       soci::use(stored.room.id), soci::into(who.id), soci::into(count), soci::into(who.name),
       soci::into(role), soci::into(who.device), soci::into(link), soci::into(hash), soci::into(hand),
       soci::into(media), soci::into(waiting), soci::into(arrival));
  statement.execute();
  while (statement.fetch()) {
    who.number = static_cast<std::uint32_t>(count);
    who.role = static_cast<vistime::v1::Role>(role);
    who.link_id = bytes(link);
    who.link_key_hash = bytes(hash);
    who.hand = static_cast<std::uint64_t>(hand);
    who.media_session = static_cast<std::uint64_t>(media);
    who.waiting = waiting != 0;
    who.order = static_cast<std::uint64_t>(arrival);
    stored.participants.push_back(who);
  }
}

std::optional<StoredRoom> select_room(soci::session& sql, const std::string& id) {
  StoredRoom stored;
  RoomRecord& room = stored.room;
  int lobby = 0, locked = 0, closed = 0;
  long long max = 0, next = 0, last = 0;
  sql << "SELECT id, name, lobby, locked, max_participants, host, next_number, closed FROM rooms WHERE "
         "id=:id",
      soci::use(id), soci::into(room.id), soci::into(room.name), soci::into(lobby), soci::into(locked),
      soci::into(max), soci::into(room.host), soci::into(next), soci::into(closed);
  if (!sql.got_data()) return std::nullopt;
  room.lobby = lobby != 0;
  room.locked = locked != 0;
  room.closed = closed != 0;
  room.max_participants = static_cast<std::uint32_t>(max);
  room.next_number = static_cast<std::uint32_t>(next);
  select_people(sql, stored);
  const soci::rowset<std::string> bans =
      (sql.prepare << "SELECT device FROM bans WHERE room=:room", soci::use(id));
  for (const std::string& device : bans) stored.bans.push_back(device);
  sql << "SELECT COALESCE(MAX(sequence), 0) FROM chat WHERE room=:room", soci::use(id), soci::into(last);
  stored.last_chat = static_cast<std::uint64_t>(last);
  return stored;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::filesystem::path& file, Post post) {
  auto thread = StoreThread::open(file, kMigrations);
  if (!thread) return std::unexpected(std::move(thread).error());
  return std::make_unique<SqliteStore>(std::move(*thread), std::move(post));
}

SqliteStore::SqliteStore(std::unique_ptr<StoreThread> thread, Post post)
    : post_(std::move(post)), thread_(std::move(thread)) {}

// Nobody waits for it: what cannot be written is lost with a restart, and said in the log.
void SqliteStore::write(std::string what, StoreThread::Work work) {
  thread_->submit(std::move(work), [what = std::move(what)](Result<void> done) {
    if (!done) spdlog::error("conference: {} was not saved: {}", what, done.error().message);
  });
}

void SqliteStore::save_room(const RoomRecord& room) {
  write("room " + room.id, [room](soci::session& sql) { return write_room(sql, room); });
}

void SqliteStore::save_participant(const std::string& room, const ParticipantRecord& participant) {
  write("a participant of room " + room,
        [room, participant](soci::session& sql) { return write_participant(sql, room, participant); });
}

void SqliteStore::remove_participant(const std::string& room, const std::string& participant) {
  write("a departure from room " + room, [room, participant](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM participants WHERE room=:room AND id=:id", soci::use(room), soci::use(participant);
    return {};
  });
}

void SqliteStore::add_ban(const std::string& room, const std::string& device) {
  write("a ban from room " + room, [room, device](soci::session& sql) -> Result<void> {
    sql << "INSERT OR IGNORE INTO bans VALUES (:room, :device)", soci::use(room), soci::use(device);
    return {};
  });
}

void SqliteStore::close_room(const std::string& room) {
  write("the end of room " + room, [room](soci::session& sql) { return forget_room(sql, room); });
}

void SqliteStore::append_chat(const std::string& room, ChatRecord message, std::uint64_t keep,
                              Appended done) {
  auto appended = std::make_shared<ChatAppended>();
  auto work = [room, message = std::move(message), keep, appended](soci::session& sql) -> Result<void> {
    auto inserted = insert_chat(sql, room, message, keep);
    if (!inserted) return std::unexpected(std::move(inserted).error());
    *appended = *inserted;
    return {};
  };
  thread_->submit(std::move(work), [this, room, appended, done = std::move(done)](Result<void> written) {
    post_(room, [written = std::move(written), appended, done] {
      written ? done(*appended) : done(std::unexpected(written.error()));
    });
  });
}

void SqliteStore::read_chat(const std::string& room, ChatQuery query, PageRead done) {
  auto page = std::make_shared<ChatPage>();
  auto work = [room, query = std::move(query), page](soci::session& sql) -> Result<void> {
    *page = select_chat(sql, room, query);
    return {};
  };
  thread_->submit(std::move(work), [this, room, page, done = std::move(done)](Result<void> read) {
    post_(room, [read = std::move(read), page, done] {
      read ? done(std::move(*page)) : done(std::unexpected(read.error()));
    });
  });
}

// The work has a name in these, because g++ 12 destroys a temporary closure in a co_await twice.
Task<Result<std::optional<StoredRoom>>> SqliteStore::load(std::string room) {
  auto work = [room = std::move(room)](soci::session& sql) -> Result<std::optional<StoredRoom>> {
    return select_room(sql, room);
  };
  co_return co_await thread_->run(std::move(work));
}

Task<Result<void>> SqliteStore::close_room_durably(std::string room) {
  auto work = [room = std::move(room)](soci::session& sql) { return forget_room(sql, room); };
  co_return co_await thread_->run(std::move(work));
}

Task<Result<void>> SqliteStore::flush() {
  auto work = [](soci::session&) -> Result<void> { return {}; };
  co_return co_await thread_->run(std::move(work));
}

Result<std::vector<StoredRoom>> SqliteStore::load_inhabited() {
  std::vector<StoredRoom> rooms;
  std::promise<Result<void>> finished;
  auto work = [&rooms](soci::session& sql) -> Result<void> {
    std::vector<std::string> ids;
    const soci::rowset<std::string> found = (sql.prepare << "SELECT DISTINCT room FROM participants");
    for (const std::string& id : found) ids.push_back(id);
    for (const std::string& id : ids) {
      if (auto room = select_room(sql, id); room && !room->room.closed) rooms.push_back(std::move(*room));
    }
    return {};
  };
  thread_->submit(std::move(work), [&finished](Result<void> done) { finished.set_value(std::move(done)); });
  if (auto done = finished.get_future().get(); !done) return std::unexpected(std::move(done).error());
  return rooms;
}

}  // namespace vistime::server::conference
