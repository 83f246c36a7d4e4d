// Master's HTTPS interface, called. Blocking: run it on a thread of its own. Certificates are always verified, against
// the system's store and the given file; redirects are not followed; an answer is at most 1 MiB.
//
// Errors: those of problem_to_error(), and kUnreachable "unreachable", kRefused "tls-not-trusted" (with who issued the
// certificate and what to do), kClosed "cancelled".
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/result.hpp"
#include "client/core/api_messages.hpp"
#include "client/core/meeting_link.hpp"

namespace vistime::client {

struct MasterSettings {
  Server server = {};
  std::string ca_file = {};  // empty: the system's store alone
  std::chrono::milliseconds connect_limit{10'000};
  std::chrono::milliseconds limit{20'000};
};

class MasterApi {
 public:
  explicit MasterApi(MasterSettings settings) : settings_(std::move(settings)) {}

  base::Result<CreatedRoom> create_room(const NewRoom& room);
  base::Result<RoomInfo> room_info(const std::string& room);
  base::Result<JoinGrant> join(const std::string& room, const JoinRequest& request);
  base::Result<void> close_room(const std::string& room, const std::string& host_key);

  // From any thread: calls under way and later ones end soon with "cancelled".
  void cancel() { cancelled_ = true; }

 private:
  struct Call;
  base::Result<std::string> perform(const Call& call);

  MasterSettings settings_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace vistime::client
