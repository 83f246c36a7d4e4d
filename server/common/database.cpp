#include "server/common/database.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <vector>

namespace vistime::server {

using base::ErrorKind;
using base::fail;
using base::fail_as;
using base::Result;
// SOCI's header puts SQLite's functions there.
using namespace sqlite_api;  // NOLINT(google-build-using-namespace)

namespace {

sqlite3* handle_of(soci::session& sql) {
  return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
}

// SOCI tells the class of an error only; the connection still knows which one it was.
base::Error sqlite_error(int code, std::string_view message) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorKind::kOverloaded, "disk-full",
              "the server's disk is full: its administrator must make room on it"};
    case SQLITE_IOERR:
      return {
          ErrorKind::kOverloaded, "disk-full",
          fmt::format("the server's disk fails or is full ({}): its administrator must look at it", message)};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return {ErrorKind::kInternal, "data-unwritable",
              fmt::format("the database cannot be written ({}): look at its owner and mode", message)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::kOverloaded, "store-busy",
              "another process holds the database: end it, or try again"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorKind::kInternal, "data-damaged",
              fmt::format("the database is damaged ({}): restore it from a backup", message)};
    case SQLITE_CONSTRAINT: return {ErrorKind::kInvalid, "constraint", std::string(message)};
    default: return {ErrorKind::kInternal, "database", std::string(message)};
  }
}

// Only what SQLite itself is asked to run: PRAGMA, BEGIN, migrations; no user's data.
Result<void> execute(soci::session& sql, const char* text) {
  char* message = nullptr;
  const int code = sqlite3_exec(handle_of(sql), text, nullptr, nullptr, &message);
  if (code == SQLITE_OK) return {};
  const std::string words = message != nullptr ? message : sqlite3_errstr(code);
  sqlite3_free(message);
  return std::unexpected(sqlite_error(code, words));
}

Result<void> apply(soci::session& sql, const Migration& migration) {
  if (auto begun = execute(sql, "BEGIN IMMEDIATE"); !begun) return begun;
  const std::string note = fmt::format("INSERT INTO migrations (number) VALUES ({})", migration.number);
  for (const char* text : {migration.sql, note.c_str(), "COMMIT"}) {
    if (auto done = execute(sql, text); !done) {
      std::ignore = execute(sql, "ROLLBACK");
      return base::within(fmt::format("migration {}", migration.number), std::move(done).error());
    }
  }
  return {};
}

Result<void> migrate(soci::session& sql, std::span<const Migration> migrations) {
  if (auto made = execute(sql, "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)"); !made) {
    return made;
  }
  int seen = 0;
  auto counted = guarded([&]() -> Result<void> {
    sql << "SELECT COALESCE(MAX(number), 0) FROM migrations", soci::into(seen);
    return {};
  });
  if (!counted) return counted;
  const auto known = static_cast<int>(migrations.size());
  if (seen > known) {
    return fail_as(ErrorKind::kUnsupported, "data-newer",
                   "it was written by a newer release (step {}, this one knows {}): install that release",
                   seen, known);
  }
  for (const Migration& migration : migrations) {
    if (static_cast<int>(migration.number) <= seen) continue;
    if (auto done = apply(sql, migration); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> guarded(const std::function<Result<void>()>& work) {
  try {
    return work();
  } catch (const soci::sqlite3_soci_error& error) {
    return std::unexpected(sqlite_error(error.result(), error.what()));
  } catch (const std::exception& error) {
    return fail_as(ErrorKind::kInternal, "database", "{}", error.what());
  }
}

Result<std::unique_ptr<soci::session>> open_database(const std::filesystem::path& file,
                                                     std::span<const Migration> migrations) {
  std::unique_ptr<soci::session> session;
  // SOCI splits the connection string at blanks, unless they are quoted.
  auto opened = guarded([&]() -> Result<void> {
    session =
        std::make_unique<soci::session>(soci::sqlite3, fmt::format("dbname=\"{}\" timeout=5", file.string()));
    return {};
  });
  constexpr auto kPragmas =
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;";
  if (opened) opened = execute(*session, kPragmas);
  if (opened) opened = migrate(*session, migrations);
  if (!opened) return base::within(file.string(), std::move(opened).error());
  std::error_code ignored;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                               ignored);
  return session;
}

Result<std::unique_ptr<StoreThread>> StoreThread::open(const std::filesystem::path& file,
                                                       std::span<const Migration> migrations,
                                                       StoreLimits limits) {
  auto session = open_database(file, migrations);
  if (!session) return std::unexpected(std::move(session).error());
  return std::make_unique<StoreThread>(std::move(*session), limits);
}

StoreThread::StoreThread(std::unique_ptr<soci::session> session, StoreLimits limits)
    : session_(std::move(session)), limits_(limits), thread_([this] { loop(); }) {}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreThread::submit(Work work, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() < limits_.max_queued && !stopping_) {
      queue_.push_back({std::move(work), std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  done(fail_as(ErrorKind::kOverloaded, "store-busy", "too much waits to be written: try again in a moment"));
}

Task<Result<void>> StoreThread::submitted(Work work) {
  const transport::Executor executor = co_await asio::this_coro::executor;
  auto start = [this, &work](Completion<Result<void>> done) { submit(std::move(work), std::move(done)); };
  co_return co_await awaited<Result<void>>(executor, start);
}

std::size_t StoreThread::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void StoreThread::loop() {
  for (;;) {
    std::deque<Item> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (!queue_.empty() && batch.size() < limits_.max_batch) {
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    run_batch(std::move(batch));
  }
}

void StoreThread::run_batch(std::deque<Item> batch) {
  soci::session& sql = *session_;
  std::vector<Result<void>> results;
  results.reserve(batch.size());
  Result<void> transaction = execute(sql, "BEGIN IMMEDIATE");
  for (Item& item : batch) {
    if (!transaction) break;
    transaction = execute(sql, "SAVEPOINT work");
    if (!transaction) break;
    results.push_back(guarded([&] { return item.work(sql); }));
    // A full disk rolls the whole transaction back by itself; then there is no savepoint either.
    const bool alive = sqlite3_get_autocommit(handle_of(sql)) == 0;
    if (!alive) {
      transaction = results.back() ? fail(ErrorKind::kInternal, "the transaction was lost") : results.back();
    } else {
      if (!results.back()) transaction = execute(sql, "ROLLBACK TO work");
      if (transaction) transaction = execute(sql, "RELEASE work");
    }
  }
  if (transaction) transaction = execute(sql, "COMMIT");
  if (!transaction) std::ignore = execute(sql, "ROLLBACK");
  for (std::size_t at = 0; at < batch.size(); ++at) {
    const bool own_error = at < results.size() && !results[at];
    batch[at].done(own_error ? results[at] : transaction);
  }
}

}  // namespace vistime::server
