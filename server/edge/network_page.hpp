// GET /network as HTML: what IT must open, written to be read, printed and copied from.
#pragma once

#include <string>

#include "server/edge/page_shell.hpp"
#include "site/network_record.hpp"

namespace vistime::server::edge {

std::string network_page(const PageView& view, const site::NetworkRecord& record);

}  // namespace vistime::server::edge
