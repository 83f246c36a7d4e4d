// The folder that holds everything the server keeps: DATA/{lock,version,token.key,tls/,*.db}.
//
// Its mode is 0700. Two servers cannot share it; a folder that a newer release has written is left alone.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::server {

class DataFolder {
 public:
  // Makes the folder when it is absent. Codes: "data-unwritable", "disk-full", "data-taken", "data-newer".
  static base::Result<DataFolder> open(const std::filesystem::path& path);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();  // gives the lock back

  const std::filesystem::path& path() const { return path_; }
  // 32 bytes in token.key, made at the first call.
  base::Result<base::Bytes> token_seed() const;

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_ = -1;
};

// The seed that is there; kNotFound when none has been made yet. Needs no lock: it never changes.
base::Result<base::Bytes> existing_token_seed(const std::filesystem::path& folder);

// Whole or not at all, also when the power fails: a temporary file beside it, synced and renamed. Mode 0600.
base::Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view text);
// At most 1 MiB. kNotFound when there is none.
base::Result<std::string> read_small_file(const std::filesystem::path& path);

}  // namespace vistime::server
