// GET /network and what belongs to it: the same as data, as plain lists and as rules.
#pragma once

#include <memory>

#include "server/common/router.hpp"
#include "server/edge/network_watch.hpp"

namespace vistime::server::edge {

// The watch lives as long as the routes do.
void register_network(Router& router, const std::shared_ptr<NetworkWatch>& watch);

// Which origins the page's check may ask beside its own: the same host's other TCP ports. `host`: of the Host header.
std::string check_origins(const site::NetworkContent& content, const std::string& host);

}  // namespace vistime::server::edge
