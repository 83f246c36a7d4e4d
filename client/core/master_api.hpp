// Master's HTTPS interface for those who have nothing else to do meanwhile: each call blocks until it is answered. See
// master_client.hpp for routes and errors; here also kInvalid "ca-file".
#pragma once

#include <string>

#include "client/core/master_client.hpp"

namespace vistime::client {

class MasterApi {
 public:
  // `ca_file`: trusted beside the system's store; may be empty.
  MasterApi(MasterSettings settings, std::string ca_file)
      : settings_(std::move(settings)), ca_file_(std::move(ca_file)) {}

  base::Result<CreatedRoom> create_room(const NewRoom& room);
  base::Result<RoomInfo> room_info(const std::string& room);
  base::Result<JoinGrant> join(const std::string& room, const JoinRequest& request);
  base::Result<void> close_room(const std::string& room, const std::string& host_key);

 private:
  // Runs what `call` makes of a client, to its end.
  template <typename T, typename Call>
  base::Result<T> run(Call call);

  const MasterSettings settings_;
  const std::string ca_file_;
};

}  // namespace vistime::client
