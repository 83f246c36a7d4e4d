// The server's threads: one io_context each, run by one thread, so that whatever lives on a worker needs no lock. A
// room and all its connections live on one worker; other connections are spread.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "transport/stream.hpp"

namespace vistime::server {

class Workers {
 public:
  // `count` 0: one a core.
  explicit Workers(std::size_t count);
  ~Workers();  // stops and joins

  void start();
  // Lets nothing new run and returns when all threads are done.
  void stop();
  std::size_t size() const { return workers_.size(); }
  // Round robin, for what belongs nowhere.
  transport::Executor next();
  // Always the same for a name: where a room lives.
  transport::Executor of(std::string_view name) const;

 private:
  // With a way to drop what is pending while the context itself is still there.
  struct Context : boost::asio::io_context {
    Context() : io_context(1) {}
    void drop_pending() { shutdown(); }
  };
  struct Worker {
    // Single-threaded hint: no locking inside.
    Context context;
    boost::asio::executor_work_guard<transport::Executor> guard{context.get_executor()};
    std::thread thread;
  };
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::size_t> turn_ = 0;
};

}  // namespace vistime::server
