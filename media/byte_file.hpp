// Files as recordings and test material need them: a source of bytes that may be a file or memory, and an
// output that is never left with half a record in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::media {

// Where a parser reads from; one caller at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `out` as far as there is input: fewer bytes mean the end. kInternal when the device fails.
  virtual base::Result<std::size_t> read(std::span<std::uint8_t> out) = 0;
  // Back to the first byte. kUnsupported for what cannot seek, such as a pipe.
  virtual base::Result<void> rewind() = 0;
};

class MemorySource : public ByteSource {
 public:
  // `bytes` must outlive the source.
  explicit MemorySource(base::BytesView bytes) : bytes_(bytes) {}
  base::Result<std::size_t> read(std::span<std::uint8_t> out) override;
  base::Result<void> rewind() override;

 private:
  base::BytesView bytes_;
  std::size_t at_ = 0;
};

class FileSource : public ByteSource {
 public:
  // kNotFound with the system's reason when the file cannot be opened or is a folder.
  static base::Result<std::unique_ptr<FileSource>> open(const std::string& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  base::Result<std::size_t> read(std::span<std::uint8_t> out) override;
  base::Result<void> rewind() override;

 private:
  FileSource(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  std::FILE* file_;
};

// Opens for reading and answers the descriptor, which the caller closes; refuses folders. Errors as
// FileSource::open.
base::Result<int> open_to_read(const std::string& path);

// Written straight through: what append() accepted survives the death of this process. An append that fails
// is undone, so that the file keeps ending at a whole record and the caller may try again. A full disk, a
// spent quota and a file-size limit are kOverloaded with code "disk-full".
class OutputFile {
 public:
  // Makes the file, or empties it. kNotFound with the system's reason when that cannot be done.
  static base::Result<std::unique_ptr<OutputFile>> create(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  base::Result<void> append(base::BytesView bytes);
  // Replaces bytes that are already there.
  base::Result<void> overwrite(std::uint64_t offset, base::BytesView bytes);
  // Some file systems tell of a full disk only here. Afterwards everything is kClosed; closing again is
  // harmless.
  base::Result<void> close();

  std::uint64_t size_bytes() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  OutputFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  base::Result<void> write_at(std::uint64_t offset, base::BytesView bytes);
  std::string path_;
  int descriptor_;  // -1 once closed
  std::uint64_t size_ = 0;
};

}  // namespace vistime::media
