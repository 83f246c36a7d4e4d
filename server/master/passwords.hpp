// Argon2id, on threads of its own: one hash takes 64 MiB and a good part of a second's tenth.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "server/common/awaited.hpp"

namespace vistime::server::master {

class Passwords {
 public:
  struct Limits {
    std::size_t threads = 2;   // so many times 64 MiB
    std::size_t waiting = 64;  // with those under way; more are refused as overloaded
  };
  Passwords() : Passwords(Limits{}) {}
  explicit Passwords(Limits limits) : limits_(limits), pool_(limits.threads) {}
  ~Passwords();
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  Task<base::Result<std::string>> hash(std::string password);
  Task<base::Result<bool>> matches(std::string hash, std::string password);

 private:
  Task<base::Result<std::string>> away(std::function<base::Result<std::string>()> work);
  const Limits limits_;
  std::atomic<std::size_t> waiting_ = 0;
  boost::asio::thread_pool pool_;
};

}  // namespace vistime::server::master
