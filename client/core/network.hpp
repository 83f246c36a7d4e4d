// What a meeting needs of the outside. Every answer comes later, on the meeting's executor, never from within the
// call; tests answer by hand.
#pragma once

#include <functional>
#include <memory>
#include <string>

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
};

}  // namespace vistime::client
