#include "server/conference/sqlite_store.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>

#include "testing/temporary_folder_testing.hpp"

namespace vistime::server::conference {
namespace {

struct SqliteStoreTest : testing::Test {
  void open() {
    store.reset();
    auto opened = SqliteStore::open(folder.path() / "conference.db",
                                    [](const std::string&, const std::function<void()>& work) { work(); });
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
  }
  void SetUp() override { open(); }

  std::optional<StoredRoom> load(const std::string& id) {
    boost::asio::io_context context;
    std::optional<StoredRoom> found;
    auto task = [](SqliteStore& from, std::string room, std::optional<StoredRoom>& into) -> Task<void> {
      auto loaded = co_await from.load(std::move(room));
      EXPECT_TRUE(loaded);
      if (loaded) into = std::move(*loaded);
    };
    boost::asio::co_spawn(context.get_executor(), task(*store, id, found), boost::asio::detached);
    context.run();
    return found;
  }
  base::Result<ChatAppended> append(const std::string& id, const std::string& to = {},
                                    std::uint64_t keep = 100) {
    std::promise<base::Result<ChatAppended>> done;
    store->append_chat("r",
                       {.id = base::Bytes(16, static_cast<std::uint8_t>(id[0])),
                        .from = "anna",
                        .from_name = "Anna 'O\"",
                        .sent_ms = 1'700'000'000'123,
                        .to = to,
                        .sealed = {0, 255, 7}},
                       keep, [&](base::Result<ChatAppended> result) { done.set_value(std::move(result)); });
    return done.get_future().get();
  }
  ChatPage read(ChatQuery query) {
    std::promise<base::Result<ChatPage>> done;
    store->read_chat("r", std::move(query),
                     [&](base::Result<ChatPage> page) { done.set_value(std::move(page)); });
    return done.get_future().get().value();
  }

  TemporaryFolder folder;
  std::unique_ptr<SqliteStore> store;
};

TEST_F(SqliteStoreTest, a_room_is_read_as_it_was_written) {
  store->save_room({.id = "r",
                    .name = "Tü",
                    .lobby = true,
                    .locked = true,
                    .max_participants = 9,
                    .host = "anna",
                    .next_number = 5});
  ParticipantRecord anna{.id = "anna",
                         .number = 3,
                         .name = "Anna",
                         .role = vistime::v1::ROLE_HOST,
                         .device = "d",
                         .link_id = {1, 2, 0},
                         .link_key_hash = {9, 8},
                         .hand = 4,
                         .media_session = (1ULL << 48) - 1,
                         .waiting = false,
                         .order = 2};
  store->save_participant("r", anna);
  store->save_participant("r", {.id = "ben",
                                .name = "B",
                                .device = "",
                                .link_id = {},
                                .link_key_hash = {},
                                .waiting = true,
                                .order = 1});
  store->add_ban("r", "bad");
  store->add_ban("r", "bad");
  open();
  const auto room = load("r");
  ASSERT_TRUE(room);
  EXPECT_EQ(room->room.name, "Tü");
  EXPECT_TRUE(room->room.lobby && room->room.locked);
  EXPECT_EQ(room->room.next_number, 5U);
  EXPECT_EQ(room->bans, std::vector<std::string>{"bad"});
  ASSERT_EQ(room->participants.size(), 2U);
  EXPECT_TRUE(room->participants[0].waiting);
  EXPECT_EQ(room->participants[1].link_id, anna.link_id);
  EXPECT_EQ(room->participants[1].media_session, anna.media_session);
  EXPECT_EQ(room->participants[1].role, vistime::v1::ROLE_HOST);
  EXPECT_EQ(room->participants[1].hand, 4U);
  EXPECT_FALSE(load("other"));
}

TEST_F(SqliteStoreTest, only_rooms_that_somebody_is_in_are_loaded_at_the_start) {
  store->save_room({.id = "empty", .name = "", .host = ""});
  store->save_room({.id = "r", .name = "", .host = ""});
  store->save_participant("r", {.id = "anna", .name = "", .device = "", .link_id = {}, .link_key_hash = {}});
  auto rooms = store->load_inhabited();
  ASSERT_TRUE(rooms);
  ASSERT_EQ(rooms->size(), 1U);
  EXPECT_EQ(rooms->front().room.id, "r");
  store->remove_participant("r", "anna");
  EXPECT_TRUE(store->load_inhabited()->empty());
}

TEST_F(SqliteStoreTest, chat_is_numbered_once_a_message) {
  EXPECT_EQ(append("a")->sequence, 1U);
  EXPECT_EQ(append("b")->sequence, 2U);
  const auto again = append("a");
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->sequence, 1U);
  open();
  EXPECT_EQ(append("c")->sequence, 3U);
  const auto page = read({});
  ASSERT_EQ(page.messages.size(), 3U);
  EXPECT_EQ(page.messages[0].sealed, (base::Bytes{0, 255, 7}));
  EXPECT_EQ(page.messages[0].from_name, "Anna 'O\"");
  EXPECT_EQ(page.messages[0].sent_ms, 1'700'000'000'123);
  EXPECT_EQ(page.messages[0].id, base::Bytes(16, 'a'));
}

TEST_F(SqliteStoreTest, the_oldest_chat_goes_and_the_numbers_go_on) {
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_TRUE(append(id, {}, 2));
  const auto page = read({});
  ASSERT_EQ(page.messages.size(), 2U);
  EXPECT_EQ(page.messages[0].sequence, 3U);
}

TEST_F(SqliteStoreTest, pages_are_bounded_and_private_messages_stay_private) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(append(id));
  ASSERT_TRUE(append("p", "ben"));
  auto page = read({.after = 0, .reader = "carl", .max_messages = 2});
  EXPECT_EQ(page.messages.size(), 2U);
  EXPECT_FALSE(page.complete);
  page = read({.after = 2, .reader = "carl"});
  EXPECT_EQ(page.messages.size(), 1U);
  EXPECT_TRUE(page.complete);
  EXPECT_EQ(read({.after = 2, .reader = "ben"}).messages.size(), 2U);
  EXPECT_EQ(read({.after = 2, .reader = "anna"}).messages.size(), 2U);
  page = read({.after = 0, .reader = "carl", .max_messages = 100, .max_bytes = 4});
  EXPECT_EQ(page.messages.size(), 1U);
  EXPECT_FALSE(page.complete);
  EXPECT_TRUE(read({.after = UINT64_MAX, .reader = "carl"}).messages.empty());
}

TEST_F(SqliteStoreTest, a_closed_room_is_forgotten_but_for_being_closed) {
  store->save_room({.id = "r", .name = "secret", .host = ""});
  store->save_participant("r", {.id = "anna", .name = "", .device = "", .link_id = {}, .link_key_hash = {}});
  ASSERT_TRUE(append("a"));
  store->close_room("r");
  store->close_room("never-seen");
  store->save_room({.id = "r", .name = "", .host = ""});  // a late write does not open it again
  const auto room = load("r");
  ASSERT_TRUE(room);
  EXPECT_TRUE(room->room.closed);
  EXPECT_EQ(room->room.name, "");
  EXPECT_TRUE(room->participants.empty());
  EXPECT_TRUE(read({}).messages.empty());
  EXPECT_TRUE(load("never-seen")->room.closed);
}

}  // namespace
}  // namespace vistime::server::conference
