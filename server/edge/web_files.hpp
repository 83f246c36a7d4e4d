// The web client as it was built: one page and its hashed assets, read once and kept in memory.
//
//   index.html         the page of every meeting; must be asked for again each time
//   assets/NAME-HASH   kept by browsers forever, since another content has another name
//   *.br, *.gz         beside a file: the same, compressed
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "server/common/router.hpp"

namespace vistime::server::edge {

class WebFiles {
 public:
  // Reads the whole folder; fails when it has no index.html or does not look like a web client.
  static base::Result<std::shared_ptr<const WebFiles>> load(const std::filesystem::path& folder);

  Response page(const Request& request) const;
  // 404 for a name that is not there.
  Response asset(const Request& request, const std::string& name) const;
  // The name of the asset that begins so ("inter-latin-wght-"), whatever its hash is; empty when there is none.
  std::string asset_beginning(std::string_view beginning) const;

 private:
  struct File {
    std::string_view type;
    std::string plain, gzip, brotli;  // the latter two empty when there is none
    std::string tag;                  // ETag of the plain content
  };
  Response answer(const Request& request, const File& file, std::string_view cache) const;

  File index_;
  std::map<std::string, File, std::less<>> assets_;
};

// Where a packaged or built vistimed finds its web client: beside the program. Empty when there is none.
std::filesystem::path web_files_beside_program();

}  // namespace vistime::server::edge
