// What a meeting needs of the outside. Every answer comes later, on the meeting's executor, never from within the
// call; tests answer by hand.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "client/core/api_messages.hpp"
#include "transport/carrier.hpp"

namespace vistime::client {

class Network {
 public:
  template <typename T>
  using Done = std::function<void(base::Result<T>)>;

  virtual ~Network() = default;
  virtual void room_info(const std::string& room, Done<RoomInfo> done) = 0;
  virtual void join(const std::string& room, const JoinRequest& request, Done<JoinGrant> done) = 0;
  // `path`: "/link/conference/ROOM".
  virtual void connect(const std::string& path, Done<std::unique_ptr<transport::Carrier>> done) = 0;
  // By a better way than the last connection's, if one carries now. kNotFound "no-better-way": it was the best.
  virtual void connect_better(const std::string& path, Done<std::unique_ptr<transport::Carrier>> done) = 0;

  // The last connection was cut after so long. Some networks end all after the same time: how long, where it is known.
  virtual void was_cut(base::Duration age) = 0;
  virtual std::optional<base::Duration> longest_session() const = 0;
};

}  // namespace vistime::client
