// For tests: a folder of its own that vanishes with the test, and a limit on file sizes that stands for a
// full disk.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/bytes.hpp"

namespace vistime::media {

class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "vistime-media-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot make " << pattern;
    path_ = pattern;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::string& path, base::BytesView bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << base::as_text(bytes);
  ASSERT_TRUE(out.flush().good()) << path;
}

inline base::Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return base::Bytes(std::istreambuf_iterator<char>(in), {});
}

// No file of this process grows past `size_bytes` while this lives: writes fail with EFBIG instead of a
// signal.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t size_bytes) : former_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &former_), 0);
    const rlimit wanted{size_bytes, former_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &wanted), 0);
  }
  ~FileSizeLimit() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &former_), 0);
    EXPECT_NE(std::signal(SIGXFSZ, former_handler_), SIG_ERR);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*former_handler_)(int);
  rlimit former_{};
};

}  // namespace vistime::media
