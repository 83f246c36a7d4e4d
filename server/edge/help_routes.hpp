// GET /help, the index with its search; GET /help/NNNN, an article.
#pragma once

#include <memory>
#include <string>

#include "server/common/router.hpp"
#include "server/edge/help_library.hpp"
#include "server/edge/page_shell.hpp"

namespace vistime::server::edge {

// Without a library the index says that none is installed.
void register_help(Router& router, std::shared_ptr<const HelpLibrary> library = nullptr);

// Links of this site's own pages keep a language that the reader chose.
std::string with_language(const PageView& view, std::string_view html);

}  // namespace vistime::server::edge
