// One thread with an executor: where encoding or decoding happens, so that the network's thread never waits for it.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "transport/timer.hpp"

namespace vistime::client {

class MediaThread {
 public:
  MediaThread() : thread_([this] { context_.run(); }) {}
  MediaThread(const MediaThread&) = delete;
  MediaThread& operator=(const MediaThread&) = delete;
  // What was posted before still runs; timers do not.
  ~MediaThread() { join(); }

  transport::Executor executor() { return context_.get_executor(); }
  template <typename Work>
  void post(Work work) {
    boost::asio::post(context_, std::move(work));
  }
  void join() {
    if (!thread_.joinable()) return;
    boost::asio::post(context_, [this] { guard_.reset(); });
    thread_.join();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<transport::Executor> guard_{context_.get_executor()};
  std::thread thread_;
};

}  // namespace vistime::client
