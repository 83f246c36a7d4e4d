// What the pages for people have in common: the frame with its navigation and languages, the style and the scripts,
// which come under names that tell their content, and the policy that lets nothing else in.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/common/router.hpp"
#include "server/edge/pages.hpp"
#include "server/edge/web_files.hpp"

namespace vistime::server::edge {

std::string escape_html(std::string_view text);

struct PageView {
  Language language = Language::kEnglish;
  bool chosen = false;  // by ?lang=: links keep it
  std::string path;     // of this page, for the language switch: "/network"
  std::string query;    // further parameters that the switch keeps, encoded: "q=proxy"

  // "?lang=de" when the reader chose it, so that the next page is in the same language.
  std::string suffix() const;
};

// The language by ?lang=, else by Accept-Language.
PageView view_of(const Request& request, const Target& target, std::string path);

struct PageContent {
  std::string title;
  std::string body;             // HTML of <main>
  std::string_view section;     // "network", "help": what the navigation marks
  bool checks_network = false;  // brings network_check.js in
};
std::string framed_page(const PageView& view, const PageContent& content);

// The answer with its policy. `connect`: origins beside this one that its scripts may ask, separated by spaces.
Response page_response(const Request& request, http::status status, std::string html,
                       std::string_view connect = {});

// GET /static/NAME: the style and the scripts, kept by browsers forever; and /static/inter.woff2, the web client's face
// where one is installed. Without it the pages are set in the system's own.
void register_static_files(Router& router, std::shared_ptr<const WebFiles> web_client = nullptr);

}  // namespace vistime::server::edge
