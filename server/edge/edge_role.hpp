// The edge: the public face. Its pages, its redirect from port 80, and the way to roles on other hosts. Roles of this
// process put their routes on the same router themselves.
#pragma once

#include <memory>

#include "server/common/http_client.hpp"
#include "server/common/router.hpp"
#include "server/edge/web_files.hpp"

namespace vistime::server::edge {

// GET / and GET /m/ROOM; with a web client, that is the page of every meeting, and GET /assets/NAME are its files.
void register_pages(Router& router, std::shared_ptr<const WebFiles> web_client = nullptr);
// The master's API, when it is elsewhere.
void relay_master(Router& router, std::shared_ptr<const HttpClient> upstream);
// Links, when the conference role is elsewhere.
void relay_conference(Router& router, std::shared_ptr<const HttpClient> upstream);

// What port 80 answers to every path: 308 to the same address over HTTPS; 400 when Host could not stand in one.
Response redirect(const Request& request, std::uint16_t https_port);
// Registers it for paths up to eight segments deep.
void register_redirect(Router& router, std::uint16_t https_port);

}  // namespace vistime::server::edge
