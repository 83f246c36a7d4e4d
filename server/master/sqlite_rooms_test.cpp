#include "server/master/sqlite_rooms.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <set>

#include "server/master/master_testing.hpp"

namespace vistime::server::master {
namespace {

using std::chrono::days;

struct SqliteRoomsTest : testing::Test {
  base::Result<void> create(const std::string& id, base::WallTime used) {
    Room room = make_room(id, clock.wall());
    room.used = used;
    return run(rooms->create(room, 1000));
  }
  const TemporaryFolder folder;
  base::ManualClock clock;
  std::unique_ptr<Rooms> rooms = SqliteRooms::open(folder.path() / "master.db").value();
};

TEST(RoomId, they_are_ten_characters_of_base32_and_differ) {
  std::set<std::string> seen;
  for (int at = 0; at < 1000; ++at) {
    const auto id = make_room_id();
    EXPECT_TRUE(is_room_id(id)) << id;
    EXPECT_TRUE(seen.insert(id).second);
  }
  for (const char* text :
       {"", "aaaaaaaaa", "aaaaaaaaaaa", "aaaaaaaaa0", "aaaaaaaaa1", "aaaaaaaaa8", "Aaaaaaaaaa"}) {
    EXPECT_FALSE(is_room_id(text)) << text;
  }
}

TEST_F(SqliteRoomsTest, all_of_a_room_is_read_after_opening_again) {
  Room room = make_room("abcdefghij", clock.wall());
  room.name = "Größe '; DROP TABLE rooms; --";
  room.password_hash = "$argon2id$x";
  room.lobby = true;
  room.used = clock.wall() + days(1);
  ASSERT_TRUE(run(rooms->create(room, 10)));
  rooms.reset();
  rooms = SqliteRooms::open(folder.path() / "master.db").value();
  const auto read = run(rooms->find(room.id));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->id, room.id);
  EXPECT_EQ(read->name, room.name);
  EXPECT_EQ(read->password_hash, room.password_hash);
  EXPECT_TRUE(read->lobby);
  EXPECT_EQ(read->max_participants, 25U);
  EXPECT_EQ(read->key_check, room.key_check);
  EXPECT_EQ(read->host_key_hash, room.host_key_hash);
  EXPECT_EQ(read->created, room.created);
  EXPECT_EQ(read->used, room.used);
  EXPECT_FALSE(read->closed);
}

TEST_F(SqliteRoomsTest, an_unknown_room_is_not_found) {
  const auto missing = run(rooms->find("aaaaaaaaaa"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(missing.error().code, "room-unknown");
}

TEST_F(SqliteRoomsTest, an_id_is_taken_once) {
  ASSERT_TRUE(create("abcdefghij", clock.wall()));
  EXPECT_EQ(create("abcdefghij", clock.wall()).error().code, "constraint");
}

TEST_F(SqliteRoomsTest, closed_rooms_do_not_count_against_the_limit) {
  ASSERT_TRUE(run(rooms->create(make_room("aaaaaaaaaa", clock.wall()), 1)));
  EXPECT_EQ(run(rooms->create(make_room("bbbbbbbbbb", clock.wall()), 1)).error().code, "too-many-rooms");
  ASSERT_TRUE(run(rooms->set_closed("aaaaaaaaaa", clock.wall())));
  EXPECT_TRUE(run(rooms->create(make_room("bbbbbbbbbb", clock.wall()), 1)));
}

TEST_F(SqliteRoomsTest, the_first_closing_counts) {
  ASSERT_TRUE(create("abcdefghij", clock.wall()));
  ASSERT_TRUE(run(rooms->set_closed("abcdefghij", clock.wall())));
  ASSERT_TRUE(run(rooms->set_closed("abcdefghij", clock.wall() + days(5))));
  const auto room = run(rooms->find("abcdefghij")).value();
  EXPECT_TRUE(room.closed);
  EXPECT_EQ(room.closed_at, clock.wall());
}

TEST_F(SqliteRoomsTest, unused_rooms_are_listed_oldest_first_and_up_to_a_limit) {
  const auto now = clock.wall();
  ASSERT_TRUE(create("cccccccccc", now - days(1)));
  ASSERT_TRUE(create("aaaaaaaaaa", now - days(3)));
  ASSERT_TRUE(create("bbbbbbbbbb", now - days(2)));
  ASSERT_TRUE(create("dddddddddd", now));
  ASSERT_TRUE(run(rooms->set_closed("cccccccccc", now)));
  using Ids = std::vector<std::string>;
  EXPECT_EQ(run(rooms->unused(now, 10)).value(), (Ids{"aaaaaaaaaa", "bbbbbbbbbb"}));
  EXPECT_EQ(run(rooms->unused(now, 1)).value(), Ids{"aaaaaaaaaa"});
  ASSERT_TRUE(run(rooms->set_used("aaaaaaaaaa", now)));
  ASSERT_TRUE(run(rooms->forget("bbbbbbbbbb")));
  EXPECT_EQ(run(rooms->unused(now, 10)).value(), Ids{});
  EXPECT_FALSE(run(rooms->find("bbbbbbbbbb")));
}

TEST_F(SqliteRoomsTest, closed_rooms_are_forgotten_by_when_they_were_closed) {
  const auto now = clock.wall();
  for (const char* id : {"aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"}) ASSERT_TRUE(create(id, now - days(100)));
  ASSERT_TRUE(run(rooms->set_closed("aaaaaaaaaa", now - days(31))));
  ASSERT_TRUE(run(rooms->set_closed("bbbbbbbbbb", now - days(29))));
  EXPECT_EQ(run(rooms->forget_closed(now - days(30))).value(), 1U);
  EXPECT_FALSE(run(rooms->find("aaaaaaaaaa")));
  EXPECT_TRUE(run(rooms->find("bbbbbbbbbb")));
  EXPECT_TRUE(run(rooms->find("cccccccccc")));
}

// SQLite's own limit of pages fails as a full disk does.
TEST_F(SqliteRoomsTest, on_a_full_disk_a_room_is_refused_and_the_others_stay) {
  ASSERT_TRUE(create("abcdefghij", clock.wall()));
  rooms.reset();
  auto session =
      std::make_unique<soci::session>(soci::sqlite3, "dbname=" + (folder.path() / "master.db").string());
  int pages = 0;
  *session << "PRAGMA page_count", soci::into(pages);
  int limit = 0;
  *session << "PRAGMA max_page_count = " + std::to_string(pages), soci::into(limit);
  rooms = std::make_unique<SqliteRooms>(std::make_unique<StoreThread>(std::move(session), StoreLimits{}));
  base::Result<void> created;
  for (int at = 0; created && at < 1000; ++at) created = create(make_room_id(), clock.wall());
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().kind, base::ErrorKind::kOverloaded);
  EXPECT_EQ(created.error().code, "disk-full");
  EXPECT_TRUE(run(rooms->find("abcdefghij")));
}

TEST(SqliteRooms, a_folder_that_is_not_there_is_told) {
  const TemporaryFolder folder;
  const auto opened = SqliteRooms::open(folder.path() / "missing" / "master.db");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("missing"), std::string::npos);
}

}  // namespace
}  // namespace vistime::server::master
