// SQLite through SOCI: one file, one thread that owns it, and a queue of work in front of it.
//
// All work that waits when the thread comes round runs in one transaction, and completes when that transaction is on
// the disk: a hundred small writes cost one sync (group commit). A work that fails is undone alone.
#pragma once

#include <soci/session.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <type_traits>

#include "base/result.hpp"
#include "server/common/awaited.hpp"

namespace vistime::server {

// Steps are numbered from 1 without gaps and never change once released. `sql` may hold several statements.
struct Migration {
  std::uint32_t number = 0;
  const char* sql = "";
};

// Write-ahead log, synchronous=FULL, foreign keys, 5 s of patience with other processes; then the steps that the
// file has not seen yet. kUnsupported ("data-newer") when the file has seen steps that this program does not know.
base::Result<std::unique_ptr<soci::session>> open_database(const std::filesystem::path& file,
                                                           std::span<const Migration> migrations);

struct StoreLimits {
  std::size_t max_queued = 4096;  // further work is refused as overloaded
  std::size_t max_batch = 256;    // so that the first of many need not wait for all
};

class StoreThread {
 public:
  // Gets the session on the store's thread. An error undoes what it wrote.
  using Work = std::move_only_function<base::Result<void>(soci::session&)>;
  // Called on the store's thread, after the commit: post from there to where you belong.
  using Done = Completion<base::Result<void>>;

  static base::Result<std::unique_ptr<StoreThread>> open(const std::filesystem::path& file,
                                                         std::span<const Migration> migrations,
                                                         StoreLimits limits = {});
  StoreThread(std::unique_ptr<soci::session> session, StoreLimits limits);
  // Finishes what is queued. Executors whose coroutines wait here must outlive the store.
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // From any thread. `done` is called exactly once; at once, on the caller's thread, when the queue is full
  // (kOverloaded, "store-busy"). A full disk is kOverloaded, "disk-full". Exceptions of `work` become errors.
  void submit(Work work, Done done);

  // auto work = [=](soci::session& sql) -> Result<T> { … }; co_await store.run(std::move(work)): the same as a
  // coroutine, whose executor it goes on with. `work` must own what it captures. Name it first: g++ 12 destroys a
  // closure twice that is made within a co_await expression (GCC bug 99576).
  template <typename F>
  Task<std::invoke_result_t<F&, soci::session&>> run(F work) {
    using Outcome = std::invoke_result_t<F&, soci::session&>;
    auto outcome = std::make_shared<std::optional<Outcome>>();
    Work step = [outcome, work = std::move(work)](soci::session& sql) mutable -> base::Result<void> {
      outcome->emplace(work(sql));
      if (!outcome->value()) return std::unexpected(outcome->value().error());
      return {};
    };
    base::Result<void> done = co_await submitted(std::move(step));
    if (!done) co_return std::unexpected(std::move(done).error());
    co_return std::move(outcome->value());
  }

  std::size_t queued() const;

 private:
  struct Item {
    Work work;
    Done done;
  };
  Task<base::Result<void>> submitted(Work work);
  void loop();
  void run_batch(std::deque<Item> batch);

  const std::unique_ptr<soci::session> session_;  // touched on the thread only
  const StoreLimits limits_;
  mutable std::mutex mutex_;  // guards queue_ and stopping_
  std::condition_variable wake_;
  std::deque<Item> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

// Runs `work` and turns what SOCI throws into an error; for those who use a session directly.
base::Result<void> guarded(const std::function<base::Result<void>()>& work);

}  // namespace vistime::server
