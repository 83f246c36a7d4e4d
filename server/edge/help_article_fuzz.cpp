// An article of any bytes: it is refused, or becomes HTML without a script and with every heading's anchor.
#include <cstdint>
#include <cstdlib>

#include "server/edge/help_article.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime::server::edge;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto article = parse_article("1001-firewall.md", text);
  if (!article) return 0;
  if (article->html.find("<script") != std::string::npos) std::abort();
  for (const HelpHeading& heading : article->headings) {
    if (article->html.find("id=\"" + heading.anchor + "\"") == std::string::npos) std::abort();
  }
  return 0;
}
