// How many connections there may be: in all, from one address, and in their first moments.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/result.hpp"

namespace vistime::server {

struct ConnectionLimitSettings {
  std::size_t connections = 20'000;
  std::size_t per_address = 1'000;
  std::size_t handshakes = 512;
};

// Shared by all listeners and workers.
class ConnectionLimits : public std::enable_shared_from_this<ConnectionLimits> {
 public:
  // Counts a connection for as long as it exists.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();
    // From now on it counts for this address. Overloaded when the address has its share.
    base::Result<void> assign(const std::string& address);
    // TLS is up: it no longer counts as a handshake.
    void established();

   private:
    friend class ConnectionLimits;
    explicit Ticket(std::shared_ptr<ConnectionLimits> limits) : limits_(std::move(limits)) {}
    std::shared_ptr<ConnectionLimits> limits_;  // null when moved from
    std::string key_;
    bool handshaking_ = true;
  };

  explicit ConnectionLimits(ConnectionLimitSettings settings) : settings_(settings) {}
  // Overloaded: codes "connections", "handshakes".
  base::Result<Ticket> admit();
  std::size_t connections() const;
  std::size_t handshakes() const;

 private:
  struct Counts {
    std::size_t connections = 0;
    std::size_t handshakes = 0;
    std::unordered_map<std::string, std::size_t> per_address;
  };
  const ConnectionLimitSettings settings_;
  mutable std::mutex mutex_;  // guards counts_
  Counts counts_;
};

}  // namespace vistime::server
