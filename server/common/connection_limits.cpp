#include "server/common/connection_limits.hpp"

#include <utility>

#include "server/common/networks.hpp"

namespace vistime::server {

using base::ErrorKind;
using base::fail_as;
using base::Result;

Result<ConnectionLimits::Ticket> ConnectionLimits::admit() {
  const std::lock_guard lock(mutex_);
  if (counts_.connections >= settings_.connections) {
    return fail_as(ErrorKind::kOverloaded, "connections",
                   "there are {} connections: max-connections is reached", counts_.connections);
  }
  if (counts_.handshakes >= settings_.handshakes) {
    return fail_as(ErrorKind::kOverloaded, "handshakes", "there are {} handshakes: max-handshakes is reached",
                   counts_.handshakes);
  }
  ++counts_.connections;
  ++counts_.handshakes;
  return Ticket(shared_from_this());
}

std::size_t ConnectionLimits::connections() const {
  const std::lock_guard lock(mutex_);
  return counts_.connections;
}

std::size_t ConnectionLimits::handshakes() const {
  const std::lock_guard lock(mutex_);
  return counts_.handshakes;
}

ConnectionLimits::Ticket::Ticket(Ticket&& other) noexcept
    : limits_(std::exchange(other.limits_, nullptr)),
      key_(std::move(other.key_)),
      handshaking_(other.handshaking_) {}

ConnectionLimits::Ticket::~Ticket() {
  if (!limits_) return;
  const std::lock_guard lock(limits_->mutex_);
  Counts& counts = limits_->counts_;
  --counts.connections;
  if (handshaking_) --counts.handshakes;
  const auto found = counts.per_address.find(key_);
  if (found != counts.per_address.end() && --found->second == 0) counts.per_address.erase(found);
}

Result<void> ConnectionLimits::Ticket::assign(const std::string& address) {
  const std::string key = limit_key(address);
  const std::lock_guard lock(limits_->mutex_);
  auto& counts = limits_->counts_.per_address;
  if (const auto found = counts.find(key);
      found != counts.end() && found->second >= limits_->settings_.per_address) {
    return fail_as(ErrorKind::kOverloaded, "per-address",
                   "{} has {} connections: max-connections-per-address is reached", key, found->second);
  }
  ++counts[key];
  if (const auto before = counts.find(key_); before != counts.end() && --before->second == 0)
    counts.erase(before);
  key_ = key;
  return {};
}

void ConnectionLimits::Ticket::established() {
  if (!handshaking_) return;
  handshaking_ = false;
  const std::lock_guard lock(limits_->mutex_);
  --limits_->counts_.handshakes;
}

}  // namespace vistime::server
