#include "server/common/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace vistime::server {

using base::ErrorKind;
using base::fail;
using base::fail_as;
using base::Result;
namespace fs = std::filesystem;

namespace {

// Raised when an older release would misread the folder.
constexpr int kDataVersion = 1;
constexpr std::size_t kMaxSmallFile = 1 << 20;
constexpr std::size_t kSeedBytes = 32;

std::string words(int error) { return std::generic_category().message(error); }

std::unexpected<base::Error> cannot(std::string_view what, const fs::path& path, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return fail_as(ErrorKind::kOverloaded, "disk-full", "cannot {} {}: the disk is full: make room on it",
                   what, path.string());
  }
  return fail_as(ErrorKind::kInternal, "data-unwritable",
                 "cannot {} {} ({}): give the folder to the server's user, or choose another with --data",
                 what, path.string(), words(error));
}

class File {
 public:
  File(const fs::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

Result<void> write_all(const File& file, const fs::path& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot("write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return cannot("write", path, errno);
  return {};
}

Result<void> check_version(const fs::path& folder) {
  const fs::path path = folder / "version";
  auto text = read_small_file(path);
  if (!text && text.error().kind == ErrorKind::kNotFound) {
    return write_file_atomically(path, std::to_string(kDataVersion) + "\n");
  }
  if (!text) return std::unexpected(std::move(text).error());
  int version = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), version);
  if (error != std::errc{} || version < 1) {
    return fail_as(ErrorKind::kInternal, "data-damaged", "{} holds no number: restore it from a backup",
                   path.string());
  }
  if (version > kDataVersion) {
    return fail_as(
        ErrorKind::kUnsupported, "data-newer",
        "{} was written by a newer release (version {}, this one knows {}): install that release, or "
        "choose another folder with --data",
        folder.string(), version, kDataVersion);
  }
  return {};
}

}  // namespace

Result<void> write_file_atomically(const fs::path& path, std::string_view text) {
  const fs::path beside = path.string() + ".new";
  {
    const File file(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (file.get() < 0) return cannot("write", beside, errno);
    if (::fchmod(file.get(), 0600) != 0) return cannot("write", beside, errno);
    if (auto written = write_all(file, beside, text); !written) {
      ::unlink(beside.c_str());
      return written;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(beside.c_str());
    return cannot("write", path, error);
  }
  // The new name itself must reach the disk.
  const File folder(path.parent_path(), O_RDONLY | O_DIRECTORY);
  if (folder.get() >= 0) ::fsync(folder.get());
  return {};
}

Result<std::string> read_small_file(const fs::path& path) {
  const File file(path, O_RDONLY);
  if (file.get() < 0 && errno == ENOENT) return fail(ErrorKind::kNotFound, "there is no {}", path.string());
  if (file.get() < 0) return fail(ErrorKind::kInternal, "cannot read {}: {}", path.string(), words(errno));
  std::string text;
  for (;;) {
    char block[4096];
    const ssize_t count = ::read(file.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorKind::kInternal, "cannot read {}: {}", path.string(), words(errno));
    if (count == 0) return text;
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > kMaxSmallFile) return fail(ErrorKind::kInvalid, "{} is too large", path.string());
  }
}

Result<DataFolder> DataFolder::open(const fs::path& given) {
  std::error_code error;
  const fs::path path = fs::absolute(given, error);
  if (!fs::is_directory(path, error)) {
    fs::create_directories(path, error);
    if (error) return cannot("make the data folder", path, error.value());
    fs::permissions(path, fs::perms::owner_all, error);
    if (error) return cannot("protect", path, error.value());
  }
  File lock(path / "lock", O_RDWR | O_CREAT);
  if (lock.get() < 0) return cannot("write to the data folder", path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail_as(ErrorKind::kRefused, "data-taken",
                   "another vistimed uses {}: stop it, or choose another folder with --data", path.string());
  }
  if (auto checked = check_version(path); !checked) return std::unexpected(std::move(checked).error());
  return DataFolder(path, lock.release());
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<base::Bytes> DataFolder::token_seed() const {
  auto seed = existing_token_seed(path_);
  if (seed || seed.error().kind != ErrorKind::kNotFound) return seed;
  base::Bytes made = base::random_bytes(kSeedBytes);
  auto written = write_file_atomically(path_ / "token.key", base::hex(made) + "\n");
  if (!written) return std::unexpected(std::move(written).error());
  return made;
}

Result<base::Bytes> existing_token_seed(const fs::path& folder) {
  const fs::path path = folder / "token.key";
  auto text = read_small_file(path);
  if (!text) return std::unexpected(std::move(text).error());
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  auto seed = base::from_hex(*text);
  if (!seed || seed->size() != kSeedBytes) {
    return fail_as(
        ErrorKind::kInternal, "data-damaged",
        "{} is damaged: restore it, or delete it so that a new one is made (open meetings' tokens end)",
        path.string());
  }
  return *seed;
}

}  // namespace vistime::server
