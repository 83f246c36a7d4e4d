#include "base/bytes.hpp"

#include <sodium.h>

namespace vistime::base {

BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void ByteWriter::varint(std::uint64_t value) {
  while (value >= 0x80) {
    out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out_.push_back(static_cast<std::uint8_t>(value));
}

std::optional<std::uint64_t> ByteReader::integer(std::size_t size) {
  const auto part = bytes(size);
  if (!part) return std::nullopt;
  std::uint64_t value = 0;
  for (const auto byte : *part) value = value << 8 | byte;
  return value;
}

std::optional<std::uint8_t> ByteReader::u8() {
  const auto value = integer(1);
  return value ? std::optional(static_cast<std::uint8_t>(*value)) : std::nullopt;
}

std::optional<std::uint16_t> ByteReader::u16() {
  const auto value = integer(2);
  return value ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
}

std::optional<std::uint32_t> ByteReader::u32() {
  const auto value = integer(4);
  return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
}

std::optional<std::uint64_t> ByteReader::u64() { return integer(8); }

std::optional<std::uint64_t> ByteReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = u8();
    if (!byte) return std::nullopt;
    if (shift == 63 && *byte > 1) break;  // more than 64 bits
    value |= static_cast<std::uint64_t>(*byte & 0x7f) << shift;
    if ((*byte & 0x80) == 0) return value;
  }
  at_ = in_.size();
  return std::nullopt;
}

std::optional<BytesView> ByteReader::bytes(std::size_t size) {
  if (size > in_.size() - at_) {
    at_ = in_.size();
    return std::nullopt;
  }
  const auto part = in_.subspan(at_, size);
  at_ += size;
  return part;
}

std::string base64url(BytesView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // sodium counts the terminating zero
  return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

std::string hex(BytesView bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.empty()) return Bytes();  // libsodium wants a buffer even for nothing
  Bytes bytes(text.size() / 2);
  std::size_t size = 0;
  const char* end = nullptr;
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end) != 0 ||
      size != bytes.size()) {
    return std::nullopt;
  }
  return bytes;
}

Bytes random_bytes(std::size_t size) {
  Bytes bytes(size);
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::uint64_t random_u64() {
  std::uint64_t value = 0;
  randombytes_buf(&value, sizeof value);
  return value;
}

std::string random_id(std::size_t bytes) { return base64url(random_bytes(bytes)); }

bool equal_in_constant_time(BytesView a, BytesView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace vistime::base
