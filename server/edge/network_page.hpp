// GET /network as HTML: what IT must open, written to be read, printed and copied from.
#pragma once

#include <string>

#include "server/edge/network_record.hpp"
#include "server/edge/page_shell.hpp"

namespace vistime::server::edge {

std::string network_page(const PageView& view, const NetworkRecord& record);

}  // namespace vistime::server::edge
