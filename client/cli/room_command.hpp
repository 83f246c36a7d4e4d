// `vistime room create|list|close`.
#pragma once

#include "client/cli/arguments.hpp"
#include "client/core/meeting_link.hpp"
#include "client/core/profile.hpp"
#include "client/core/proxy_choice.hpp"

namespace vistime::cli {

// Each prints its result on stdout; answers the error otherwise.
base::Result<void> create_room(const Arguments& arguments, const RoomCreateArguments& create,
                               client::Profile& profile);
base::Result<void> list_rooms(const Arguments& arguments, client::Profile& profile);
base::Result<void> close_room(const Arguments& arguments, const RoomCloseArguments& close,
                              client::Profile& profile);

// A link as given, or that of a room created here when only its id was given. `as_host` fills in the host's key.
base::Result<client::MeetingLink> find_link(const std::string& text, bool as_host,
                                            const client::Profile& profile);

// The proxies that lead to `server`, by the arguments and the system's settings.
base::Result<std::vector<client::Proxy>> proxies_for(const Arguments& arguments,
                                                     const client::Server& server);

}  // namespace vistime::cli
