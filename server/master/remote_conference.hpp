// The conference role on another host, asked over HTTPS with a control token.
#pragma once

#include "base/clock.hpp"
#include "server/common/conference_control.hpp"
#include "server/common/http_client.hpp"
#include "server/common/tokens.hpp"

namespace vistime::server::master {

class RemoteConference final : public ConferenceControl {
 public:
  // Signer and clock outlive it.
  RemoteConference(HttpClient client, const TokenSigner& signer, const base::Clock& clock)
      : client_(std::move(client)), signer_(signer), clock_(clock) {}
  Task<base::Result<void>> close_room(std::string room) override;
  Task<base::Result<RoomStatus>> room_status(std::string room) override;

 private:
  Task<base::Result<Response>> ask(http::verb method, std::string room, std::string action);
  const HttpClient client_;
  const TokenSigner& signer_;
  const base::Clock& clock_;
};

// The body of GET /conference/control/status.
base::Result<RoomStatus> parse_room_status(std::string_view body);

}  // namespace vistime::server::master
