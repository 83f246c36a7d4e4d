#include "server/common/database.hpp"

#include <gtest/gtest.h>
#include <soci/soci.h>

#include <future>

#include "server/common/run_testing.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server {
namespace {

using base::ErrorKind;
using base::fail_as;
using base::Result;

constexpr Migration kSteps[] = {
    {1, "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"},
    {2,
     "ALTER TABLE notes ADD COLUMN seen INTEGER NOT NULL DEFAULT 0; CREATE INDEX notes_seen ON notes "
     "(seen);"},
};

auto add_note(std::string text) {
  return [text = std::move(text)](soci::session& sql) -> Result<int> {
    sql << "INSERT INTO notes (text) VALUES (:text)", soci::use(text);
    int id = 0;
    sql << "SELECT id FROM notes WHERE text = :text", soci::use(text), soci::into(id);
    return id;
  };
}

int count_notes(StoreThread& store) {
  auto counted = run_to_end(store.run([](soci::session& sql) -> Result<int> {
    int count = 0;
    sql << "SELECT COUNT(*) FROM notes", soci::into(count);
    return count;
  }));
  return counted ? *counted : -1;
}

TEST(Database, a_value_written_is_read_after_opening_again) {
  const TemporaryFolder folder;
  {
    auto store = StoreThread::open(folder.path() / "a b.db", kSteps);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(run_to_end((*store)->run(add_note("hello"))).value(), 1);
  }
  auto store = StoreThread::open(folder.path() / "a b.db", kSteps);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(count_notes(**store), 1);
}

TEST(Database, later_steps_are_applied_to_an_older_file) {
  const TemporaryFolder folder;
  ASSERT_TRUE(open_database(folder.path() / "db", std::span(kSteps, 1)));
  auto session = open_database(folder.path() / "db", kSteps);
  ASSERT_TRUE(session) << session.error().message;
  int seen = -1;
  **session << "INSERT INTO notes (text) VALUES ('x')";
  **session << "SELECT seen FROM notes", soci::into(seen);
  EXPECT_EQ(seen, 0);
}

TEST(Database, a_file_of_a_newer_release_is_left_alone) {
  const TemporaryFolder folder;
  ASSERT_TRUE(open_database(folder.path() / "db", kSteps));
  auto session = open_database(folder.path() / "db", std::span(kSteps, 1));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(session.error().code, "data-newer");
}

TEST(Database, a_step_that_fails_leaves_nothing_behind) {
  const TemporaryFolder folder;
  const Migration broken[] = {kSteps[0], {2, "CREATE TABLE half (id INTEGER); CREATE NONSENSE;"}};
  ASSERT_FALSE(open_database(folder.path() / "db", broken));
  auto session = open_database(folder.path() / "db", kSteps);
  ASSERT_TRUE(session) << session.error().message;
  int tables = -1;
  **session << "SELECT COUNT(*) FROM sqlite_master WHERE name = 'half'", soci::into(tables);
  EXPECT_EQ(tables, 0);
}

TEST(Database, a_file_that_is_no_database_is_an_error) {
  const TemporaryFolder folder;
  folder.write("db", std::string(4096, 'x'));
  auto session = open_database(folder.path() / "db", kSteps);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, "data-damaged");
}

TEST(StoreThread, a_work_that_fails_is_undone_alone) {
  const TemporaryFolder folder;
  auto store = StoreThread::open(folder.path() / "db", kSteps).value();
  std::promise<void> release;
  std::vector<std::future<Result<void>>> results;
  auto submit = [&](StoreThread::Work work) {
    auto promise = std::make_shared<std::promise<Result<void>>>();
    results.push_back(promise->get_future());
    store->submit(std::move(work), [promise](Result<void> done) { promise->set_value(std::move(done)); });
  };
  // Holds the thread until the others are queued, so that they share a transaction.
  submit([gate = release.get_future().share()](soci::session&) -> Result<void> {
    gate.wait();
    return {};
  });
  submit([](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO notes (text) VALUES ('first')";
    return {};
  });
  submit([](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO notes (text) VALUES ('second')";
    return fail_as(ErrorKind::kRefused, "changed-my-mind", "no");
  });
  submit([](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO notes (text) VALUES ('first')";
    return {};
  });
  release.set_value();
  EXPECT_TRUE(results[0].get());
  EXPECT_TRUE(results[1].get());
  EXPECT_EQ(results[2].get().error().code, "changed-my-mind");
  EXPECT_EQ(results[3].get().error().code, "constraint");
  EXPECT_EQ(count_notes(*store), 1);
}

TEST(StoreThread, work_beyond_the_limit_is_refused_as_overloaded) {
  const TemporaryFolder folder;
  std::promise<void> release;
  std::promise<void> started;
  auto store = StoreThread::open(folder.path() / "db", kSteps, {.max_queued = 1, .max_batch = 1}).value();
  store->submit(
      [&](soci::session&) -> Result<void> {
        started.set_value();
        release.get_future().wait();
        return {};
      },
      [](Result<void>) {});
  started.get_future().wait();
  auto nothing = [](soci::session&) -> Result<void> { return {}; };
  store->submit(nothing, [](Result<void>) {});
  std::string code;
  store->submit(nothing, [&](Result<void> done) {
    if (!done) code = done.error().code;
  });
  release.set_value();
  EXPECT_EQ(code, "store-busy");
}

TEST(StoreThread, what_is_queued_is_written_before_it_ends) {
  const TemporaryFolder folder;
  {
    auto store = StoreThread::open(folder.path() / "db", kSteps).value();
    for (int at = 0; at < 100; ++at) {
      auto write = [at](soci::session& sql) -> Result<void> {
        const std::string text = std::to_string(at);  // outlives the statement, which runs when the line ends
        sql << "INSERT INTO notes (text) VALUES (:text)", soci::use(text);
        return {};
      };
      store->submit(write, [](Result<void>) {});
    }
  }
  auto store = StoreThread::open(folder.path() / "db", kSteps).value();
  EXPECT_EQ(count_notes(*store), 100);
}

TEST(StoreThread, a_full_disk_is_told_as_such_and_the_store_goes_on) {
  const TemporaryFolder folder;
  auto store = StoreThread::open(folder.path() / "db", kSteps).value();
  auto limit = [](soci::session& sql) -> Result<void> {
    int pages = 0;
    sql << "PRAGMA page_count", soci::into(pages);
    int set = 0;
    sql << "PRAGMA max_page_count = " + std::to_string(pages), soci::into(set);
    return {};
  };
  ASSERT_TRUE(run_to_end(store->run(limit)));
  auto failed = run_to_end(store->run(add_note(std::string(100'000, 'x'))));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kOverloaded);
  EXPECT_EQ(failed.error().code, "disk-full");
  EXPECT_EQ(run_to_end(store->run(add_note("small"))).value(), 1);
}

}  // namespace
}  // namespace vistime::server
