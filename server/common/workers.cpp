#include "server/common/workers.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>

namespace vistime::server {

Workers::Workers(std::size_t count) {
  if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < count; ++i) workers_.push_back(std::make_unique<Worker>());
}

Workers::~Workers() {
  stop();
  // Tasks that are pending on one worker may hold sockets of another: all tasks go before the first context does. Twice,
  // for tasks that end pass word to tasks elsewhere.
  for (int round = 0; round < 2; ++round) {
    for (const auto& worker : workers_) worker->context.drop_pending();
  }
}

void Workers::start() {
  for (const auto& worker : workers_) {
    worker->thread = std::thread([&context = worker->context] {
      // A stray exception closes the task that threw it, not the server.
      while (true) {
        try {
          context.run();
          return;
        } catch (const std::exception& stray) {
          spdlog::error("stray exception in a task: {}", stray.what());
        }
      }
    });
  }
}

void Workers::stop() {
  for (const auto& worker : workers_) {
    worker->guard.reset();
    worker->context.stop();
  }
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

transport::Executor Workers::next() {
  return workers_[turn_.fetch_add(1, std::memory_order_relaxed) % workers_.size()]->context.get_executor();
}

transport::Executor Workers::of(std::string_view name) const {
  return workers_[std::hash<std::string_view>{}(name) % workers_.size()]->context.get_executor();
}

}  // namespace vistime::server
