// SFrame (RFC 9605): authenticated encryption of whole media frames, end to end.
//
// A sealed frame is `header | ciphertext | tag (16 bytes)`; the header names the key (KID) and the counter:
//
//   byte 0: X KKK Y CCC    X=0: KID is KKK        X=1: KID follows in KKK+1 bytes, big-endian
//                          Y=0: counter is CCC    Y=1: counter follows (after the KID) in CCC+1 bytes
//
// The header and the caller's metadata are authenticated, the frame is also encrypted: whoever lacks the base
// key can neither read nor alter it. Replays are the caller's to refuse: open() tells KID and counter.
// No object here is shared between threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>

#include "base/bytes.hpp"
#include "base/result.hpp"

struct evp_cipher_ctx_st;

namespace vistime::media {

// The suites' numbers are those of RFC 9605, section 8.1. Vistime sends the first.
enum class SframeSuite : std::uint16_t { kAes128GcmSha256 = 4, kAes256GcmSha512 = 5 };

inline constexpr std::size_t kSframeMaxHeaderSize = 17;
inline constexpr std::size_t kSframeTagSize = 16;
inline constexpr std::size_t kSframeMaxOverhead = kSframeMaxHeaderSize + kSframeTagSize;
inline constexpr std::size_t kSframeNonceSize = 12;

struct SframeHeader {
  std::uint64_t kid = 0;
  std::uint64_t counter = 0;
  bool operator==(const SframeHeader&) const = default;
};

// Appends the shortest encoding.
void append_sframe_header(base::Bytes& out, const SframeHeader& header);

struct ParsedSframeHeader {
  SframeHeader header;
  std::size_t size = 0;  // bytes it took
};
// Also reads encodings longer than needed: their bytes are authenticated as they stand. Fails when cut short.
base::Result<ParsedSframeHeader> parse_sframe_header(base::BytesView sealed);

// Key and salt of one KID (RFC 9605, section 4.4.2); wiped when it goes.
class SframeKey {
 public:
  static SframeKey derive(SframeSuite suite, base::BytesView base_key, std::uint64_t kid);
  SframeKey(const SframeKey&) = delete;
  SframeKey(SframeKey&& other) noexcept;
  SframeKey& operator=(const SframeKey&) = delete;
  SframeKey& operator=(SframeKey&&) = delete;
  ~SframeKey();

  SframeSuite suite() const { return suite_; }
  std::uint64_t kid() const { return kid_; }
  base::BytesView key() const { return {key_.data(), key_size_}; }
  base::BytesView salt() const { return salt_; }
  // Salt XOR counter.
  std::array<std::uint8_t, kSframeNonceSize> nonce(std::uint64_t counter) const;

 private:
  SframeKey() = default;
  SframeSuite suite_ = SframeSuite::kAes128GcmSha256;
  std::uint64_t kid_ = 0;
  std::size_t key_size_ = 0;
  std::array<std::uint8_t, 32> key_{};
  std::array<std::uint8_t, kSframeNonceSize> salt_{};
};

struct FreeCipherContext {
  void operator()(evp_cipher_ctx_st* context) const;
};
// An AES-GCM context with its key schedule in place, used again for every frame.
using CipherContext = std::unique_ptr<evp_cipher_ctx_st, FreeCipherContext>;

// Seals one track's frames. The counter starts at `first_counter` and only grows, so that no nonce is ever used
// twice with a key: one KID must therefore have one sealer in the whole room (see KeyId in room_key.hpp).
class SframeSealer {
 public:
  explicit SframeSealer(SframeKey key, std::uint64_t first_counter = 0);
  SframeSealer(SframeSealer&&) = default;

  // Appends the sealed frame to `out`. `metadata` may lie within `out`, `plaintext` may not. Fails, leaving
  // `out` as it was, once all 2^64 counters are spent: take a new KID.
  base::Result<void> seal_into(base::Bytes& out, base::BytesView plaintext, base::BytesView metadata);
  base::Result<base::Bytes> seal(base::BytesView plaintext, base::BytesView metadata);

  std::uint64_t kid() const { return key_.kid(); }
  std::uint64_t next_counter() const { return counter_; }

 private:
  SframeKey key_;
  CipherContext context_;
  std::uint64_t counter_;
  bool exhausted_ = false;
};

struct OpenedFrame {
  SframeHeader header;
  base::Bytes plaintext;
};

// Opens frames of every KID of one base key. The keys in use are kept ready, at most `max_keys` of them, least
// recently used first to go; a KID enters only after a frame of it was authentic, so that forged KIDs displace
// nothing.
class SframeOpener {
 public:
  static constexpr std::size_t kDefaultMaxKeys = 256;  // four tracks each of 64 senders

  SframeOpener(SframeSuite suite, base::BytesView base_key, std::size_t max_keys = kDefaultMaxKeys);
  SframeOpener(const SframeOpener&) = delete;
  SframeOpener& operator=(const SframeOpener&) = delete;
  ~SframeOpener();

  // Fails with kInvalid when header, ciphertext, tag or metadata are not what a holder of the base key sealed.
  base::Result<OpenedFrame> open(base::BytesView sealed, base::BytesView metadata);
  std::size_t cached_keys() const { return entries_.size(); }

 private:
  struct Entry {
    SframeKey key;
    CipherContext context;
  };
  Entry make_entry(std::uint64_t kid) const;

  SframeSuite suite_;
  base::Bytes base_key_;
  std::size_t max_keys_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::uint64_t, std::list<Entry>::iterator> by_kid_;
};

}  // namespace vistime::media
