// Bytes in network order, read with bounds checks and written without surprises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vistime::base {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

BytesView as_bytes(std::string_view text);
std::string_view as_text(BytesView bytes);

// Appends big-endian integers and byte strings to a buffer that it does not own.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}
  void u8(std::uint8_t value) { out_.push_back(value); }
  void u16(std::uint16_t value) { integer(value, 2); }
  void u32(std::uint32_t value) { integer(value, 4); }
  void u64(std::uint64_t value) { integer(value, 8); }
  void bytes(BytesView value) { out_.insert(out_.end(), value.begin(), value.end()); }
  // Unsigned LEB128: seven bits a byte, lowest first, as protobuf writes it.
  void varint(std::uint64_t value);

 private:
  void integer(std::uint64_t value, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
      out_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  Bytes& out_;
};

// Reads the same; every getter answers nothing, and the reader stays failed, once the input is too short.
class ByteReader {
 public:
  explicit ByteReader(BytesView in) : in_(in) {}
  std::optional<std::uint8_t> u8();
  std::optional<std::uint16_t> u16();
  std::optional<std::uint32_t> u32();
  std::optional<std::uint64_t> u64();
  std::optional<std::uint64_t> varint();
  std::optional<BytesView> bytes(std::size_t size);
  BytesView rest() const { return in_.subspan(at_); }
  std::size_t position() const { return at_; }
  bool empty() const { return at_ == in_.size(); }

 private:
  std::optional<std::uint64_t> integer(std::size_t size);
  BytesView in_;
  std::size_t at_ = 0;
};

// RFC 4648 section 5 (URL-safe alphabet), without padding.
std::string base64url(BytesView bytes);
std::optional<Bytes> from_base64url(std::string_view text);
std::string hex(BytesView bytes);
std::optional<Bytes> from_hex(std::string_view text);

// From the system's generator (libsodium).
Bytes random_bytes(std::size_t size);
std::uint64_t random_u64();
// As many random bytes, spelled in base64url.
std::string random_id(std::size_t bytes);

// Compares in a time that depends on the lengths only.
bool equal_in_constant_time(BytesView a, BytesView b);

}  // namespace vistime::base
