#include "server/edge/web_files.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/bytes.hpp"

namespace vistime::server::edge {

using base::ErrorKind;
using base::fail;
using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kMaxFileBytes = 16 << 20;
constexpr std::size_t kMaxFiles = 2000;

// Its own files and this host's links, nothing else; media come from the devices and the link.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view kPermissions =
    "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), fullscreen=(self), "
    "screen-wake-lock=(self), geolocation=(), payment=(), usb=()";

std::string_view type_of(const fs::path& file) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".webmanifest", "application/manifest+json"},
      {".txt", "text/plain; charset=utf-8"},
  }};
  const std::string extension = file.extension().string();
  for (const auto& [ending, type] : kTypes) {
    if (extension == ending) return type;
  }
  return "application/octet-stream";
}

Result<std::string> content_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error || size > kMaxFileBytes)
    return fail(ErrorKind::kInvalid, "{} cannot be read or is too large", file.string());
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return fail(ErrorKind::kInvalid, "{} cannot be read", file.string());
  return std::move(text).str();
}

std::string content_or_nothing(const fs::path& file) {
  return fs::is_regular_file(file) ? content_of(file).value_or("") : "";
}

std::string tag_of(std::string_view content) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  return "\"" + base::base64url(base::BytesView(hash.data(), hash.size())) + "\"";
}

// "gzip, br;q=0.9": whether the coding is named and not with q=0.
bool accepts(std::string_view header, std::string_view coding) {
  for (std::size_t at = 0; at < header.size();) {
    const std::size_t end = std::min(header.find(',', at), header.size());
    std::string_view part = header.substr(at, end - at);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    const std::string_view name = part.substr(0, part.find_first_of("; "));
    const bool refused = part.ends_with("q=0") || part.ends_with("q=0.0");
    if (name == coding) return !refused;
    at = end + 1;
  }
  return false;
}

}  // namespace

Result<std::shared_ptr<const WebFiles>> WebFiles::load(const fs::path& folder) {
  const auto read = [](const fs::path& file) -> Result<File> {
    auto plain = content_of(file);
    if (!plain) return std::unexpected(std::move(plain).error());
    File out{.type = type_of(file), .plain = std::move(*plain), .gzip = {}, .brotli = {}, .tag = {}};
    out.gzip = content_or_nothing(file.string() + ".gz");
    out.brotli = content_or_nothing(file.string() + ".br");
    out.tag = tag_of(out.plain);
    return out;
  };
  auto files = std::make_shared<WebFiles>();
  auto index = read(folder / "index.html");
  if (!index) {
    return fail(ErrorKind::kInvalid,
                "{} holds no web client (no index.html): build it with './dev build', or leave --web-dir out",
                folder.string());
  }
  files->index_ = std::move(*index);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder / "assets", error)) {
    const std::string ending = entry.path().extension().string();
    if (!entry.is_regular_file() || ending == ".br" || ending == ".gz") continue;
    if (files->assets_.size() == kMaxFiles)
      return fail(ErrorKind::kInvalid, "{} holds too many files for a web client", folder.string());
    auto file = read(entry.path());
    if (!file) return std::unexpected(std::move(file).error());
    files->assets_.emplace(entry.path().filename().string(), std::move(*file));
  }
  if (error) return fail(ErrorKind::kInvalid, "{}: {}", (folder / "assets").string(), error.message());
  return files;
}

Response WebFiles::page(const Request& request) const {
  Response response = answer(request, index_, "no-cache");
  response.set("Content-Security-Policy", kPolicy);
  response.set("Permissions-Policy", kPermissions);
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  return response;
}

Response WebFiles::asset(const Request& request, const std::string& name) const {
  const auto found = assets_.find(name);
  if (found == assets_.end())
    return problem(request, http::status::not_found, "not-found", "there is no such file");
  Response response = answer(request, found->second, "public, max-age=31536000, immutable");
  // Workers have a policy of their own: that of their script.
  response.set("Content-Security-Policy", kPolicy);
  return response;
}

std::string WebFiles::asset_beginning(std::string_view beginning) const {
  const auto found = assets_.lower_bound(beginning);
  return found != assets_.end() && found->first.starts_with(beginning) ? found->first : "";
}

Response WebFiles::answer(const Request& request, const File& file, std::string_view cache) const {
  const auto header = request[http::field::accept_encoding];
  const std::string_view accepted(header.data(), header.size());
  const bool brotli = !file.brotli.empty() && accepts(accepted, "br");
  const bool gzip = !brotli && !file.gzip.empty() && accepts(accepted, "gzip");
  const bool known = request[http::field::if_none_match] == file.tag;
  const auto status = known ? http::status::not_modified : http::status::ok;
  Response response = json_response(request, status,
                                    known    ? ""
                                    : brotli ? file.brotli
                                    : gzip   ? file.gzip
                                             : file.plain);
  response.set(http::field::content_type, file.type);
  response.set(http::field::cache_control, cache);
  response.set(http::field::etag, file.tag);
  response.set(http::field::vary, "Accept-Encoding");
  if (!known && brotli) response.set(http::field::content_encoding, "br");
  if (!known && gzip) response.set(http::field::content_encoding, "gzip");
  return response;
}

fs::path web_files_beside_program() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const fs::path folder = program.parent_path().parent_path() / "share" / "vistime" / "web";
  return fs::is_regular_file(folder / "index.html") ? folder : fs::path();
}

}  // namespace vistime::server::edge
