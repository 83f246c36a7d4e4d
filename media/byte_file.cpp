#include "media/byte_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace vistime::media {

using base::ErrorKind;
using base::Result;

namespace {

std::string reason(int error) { return std::generic_category().message(error); }

std::unexpected<base::Error> write_error(const std::string& path, int error) {
  if (error == ENOSPC || error == EDQUOT)
    return base::fail_as(ErrorKind::kOverloaded, "disk-full", "cannot write {}: {}; free some space", path,
                         reason(error));
  if (error == EFBIG)
    return base::fail_as(ErrorKind::kOverloaded, "disk-full",
                         "cannot write {}: {}; raise the limit on file sizes", path, reason(error));
  return base::fail(ErrorKind::kInternal, "cannot write {}: {}", path, reason(error));
}

}  // namespace

Result<std::size_t> MemorySource::read(std::span<std::uint8_t> out) {
  const auto size = std::min(out.size(), bytes_.size() - at_);
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
  at_ += size;
  return size;
}

Result<void> MemorySource::rewind() {
  at_ = 0;
  return {};
}

Result<int> open_to_read(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return base::fail(ErrorKind::kNotFound, "cannot open {}: {}", path, reason(errno));
  struct stat status{};
  const int error = ::fstat(descriptor, &status) != 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
  if (error != 0) {
    ::close(descriptor);
    return base::fail(ErrorKind::kNotFound, "cannot open {}: {}", path, reason(error));
  }
  return descriptor;
}

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  const auto descriptor = open_to_read(path);
  if (!descriptor) return std::unexpected(descriptor.error());
  std::FILE* file = ::fdopen(*descriptor, "rb");
  if (file == nullptr) {
    const int error = errno;
    ::close(*descriptor);
    return base::fail(ErrorKind::kNotFound, "cannot open {}: {}", path, reason(error));
  }
  return std::unique_ptr<FileSource>(new FileSource(path, file));
}

FileSource::~FileSource() { static_cast<void>(std::fclose(file_)); }

Result<std::size_t> FileSource::read(std::span<std::uint8_t> out) {
  if (out.empty()) return 0;
  const auto size = std::fread(out.data(), 1, out.size(), file_);
  if (size < out.size() && std::ferror(file_) != 0)
    return base::fail(ErrorKind::kInternal, "cannot read {}: {}", path_, reason(errno));
  return size;
}

Result<void> FileSource::rewind() {
  if (std::fseek(file_, 0, SEEK_SET) != 0)
    return base::fail(ErrorKind::kUnsupported, "cannot start {} again: {}; give a regular file", path_,
                      reason(errno));
  return {};
}

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const int error = errno;
    if (error == ENOSPC || error == EDQUOT) return write_error(path, error);
    return base::fail(ErrorKind::kNotFound, "cannot create {}: {}", path, reason(error));
  }
  return std::unique_ptr<OutputFile>(new OutputFile(path, descriptor));
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> OutputFile::write_at(std::uint64_t offset, base::BytesView bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_error(path_, errno);
    if (written == 0) return write_error(path_, ENOSPC);
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> OutputFile::append(base::BytesView bytes) {
  if (descriptor_ < 0) return base::fail(ErrorKind::kClosed, "{} is closed", path_);
  auto written = write_at(size_, bytes);
  if (written) {
    size_ += bytes.size();
  } else {
    // Where even that fails (a device), the next append overwrites the remains all the same.
    static_cast<void>(::ftruncate(descriptor_, static_cast<off_t>(size_)) == 0);
  }
  return written;
}

Result<void> OutputFile::overwrite(std::uint64_t offset, base::BytesView bytes) {
  if (descriptor_ < 0) return base::fail(ErrorKind::kClosed, "{} is closed", path_);
  if (offset > size_ || bytes.size() > size_ - offset)
    return base::fail(ErrorKind::kInvalid, "{} ends before byte {}", path_, offset + bytes.size());
  return write_at(offset, bytes);
}

Result<void> OutputFile::close() {
  if (descriptor_ < 0) return {};
  const int closed = ::close(descriptor_);
  const int error = errno;
  descriptor_ = -1;
  // After EINTR, Linux has closed the descriptor.
  if (closed != 0 && error != EINTR) return write_error(path_, error);
  return {};
}

}  // namespace vistime::media
