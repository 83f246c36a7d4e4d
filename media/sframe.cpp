#include "media/sframe.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

#include "media/hkdf.hpp"

namespace vistime::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;

// EVP counts bytes in int.
constexpr std::size_t kMaxFrameSize = std::numeric_limits<int>::max() / 2;

int as_int(std::size_t size) { return static_cast<int>(size); }

std::size_t bytes_needed(std::uint64_t value) {
  std::size_t size = 1;
  while (size < 8 && value >> (8 * size) != 0) ++size;
  return size;
}

// The four bits of the first byte that stand for `value`: itself below 8, else its length.
std::uint8_t config_nibble(std::uint64_t value) {
  return static_cast<std::uint8_t>(value < 8 ? value : 8 | (bytes_needed(value) - 1));
}

std::uint8_t* write_value(std::uint8_t* at, std::uint64_t value) {
  if (value < 8) return at;
  for (std::size_t left = bytes_needed(value); left > 0; --left) {
    *at++ = static_cast<std::uint8_t>(value >> (8 * (left - 1)));
  }
  return at;
}

struct EncodedHeader {
  std::array<std::uint8_t, kSframeMaxHeaderSize> bytes;
  std::size_t size;
  BytesView view() const { return {bytes.data(), size}; }
};

EncodedHeader encode(const SframeHeader& header) {
  EncodedHeader out{};
  out.bytes[0] = static_cast<std::uint8_t>(config_nibble(header.kid) << 4 | config_nibble(header.counter));
  const std::uint8_t* end = write_value(write_value(out.bytes.data() + 1, header.kid), header.counter);
  out.size = static_cast<std::size_t>(end - out.bytes.data());
  return out;
}

std::optional<std::uint64_t> read_value(base::ByteReader& reader, std::uint8_t nibble) {
  if (nibble < 8) return nibble;
  const auto bytes = reader.bytes((nibble & 7U) + 1U);
  if (!bytes) return std::nullopt;
  std::uint64_t value = 0;
  for (const std::uint8_t byte : *bytes) value = value << 8 | byte;
  return value;
}

// "SFrame 1.0 Secret key " | KID (8 bytes) | suite (2 bytes)
Bytes label(std::string_view text, std::uint64_t kid, SframeSuite suite) {
  Bytes out;
  base::ByteWriter writer(out);
  writer.bytes(base::as_bytes(text));
  writer.u64(kid);
  writer.u16(static_cast<std::uint16_t>(suite));
  return out;
}

CipherContext make_context(const SframeKey& key, bool encrypt) {
  CipherContext context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* cipher =
      key.suite() == SframeSuite::kAes128GcmSha256 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
  if (context == nullptr ||
      EVP_CipherInit_ex(context.get(), cipher, nullptr, key.key().data(), nullptr, encrypt ? 1 : 0) != 1) {
    throw std::bad_alloc();  // with a valid cipher and key OpenSSL fails for want of memory only
  }
  return context;
}

// Sets the nonce and authenticates header and metadata.
bool begin(evp_cipher_ctx_st* context, const SframeKey& key, std::uint64_t counter, BytesView header,
           BytesView metadata) {
  const auto nonce = key.nonce(counter);
  int ignored = 0;
  return EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, nonce.data(), -1) == 1 &&
         EVP_CipherUpdate(context, nullptr, &ignored, header.data(), as_int(header.size())) == 1 &&
         (metadata.empty() ||
          EVP_CipherUpdate(context, nullptr, &ignored, metadata.data(), as_int(metadata.size())) == 1);
}

bool crypt(evp_cipher_ctx_st* context, std::uint8_t* out, BytesView in) {
  int written = 0;
  return in.empty() || EVP_CipherUpdate(context, out, &written, in.data(), as_int(in.size())) == 1;
}

std::unexpected<base::Error> not_authentic() {
  return fail(ErrorKind::kInvalid,
              "a media frame could not be opened: it was altered or sealed with another key");
}

}  // namespace

void append_sframe_header(Bytes& out, const SframeHeader& header) {
  const EncodedHeader encoded = encode(header);
  out.insert(out.end(), encoded.bytes.begin(),
             encoded.bytes.begin() + static_cast<std::ptrdiff_t>(encoded.size));
}

base::Result<ParsedSframeHeader> parse_sframe_header(BytesView sealed) {
  base::ByteReader reader(sealed);
  const auto config = reader.u8();
  if (!config) return fail(ErrorKind::kInvalid, "a media frame is empty");
  const auto kid = read_value(reader, *config >> 4);
  const auto counter = kid ? read_value(reader, *config & 15) : std::nullopt;
  if (!counter) return fail(ErrorKind::kInvalid, "a media frame ends within its SFrame header");
  return ParsedSframeHeader{{*kid, *counter}, reader.position()};
}

SframeKey SframeKey::derive(SframeSuite suite, BytesView base_key, std::uint64_t kid) {
  const bool small = suite == SframeSuite::kAes128GcmSha256;
  const Hash hash = small ? Hash::kSha256 : Hash::kSha512;
  SframeKey out;
  out.suite_ = suite;
  out.kid_ = kid;
  out.key_size_ = small ? 16 : 32;
  Bytes secret = hkdf_extract(hash, {}, base_key);
  Bytes key = hkdf_expand(hash, secret, label("SFrame 1.0 Secret key ", kid, suite), out.key_size_);
  const Bytes salt =
      hkdf_expand(hash, secret, label("SFrame 1.0 Secret salt ", kid, suite), kSframeNonceSize);
  std::ranges::copy(key, out.key_.begin());
  std::ranges::copy(salt, out.salt_.begin());
  OPENSSL_cleanse(secret.data(), secret.size());
  OPENSSL_cleanse(key.data(), key.size());
  return out;
}

SframeKey::SframeKey(SframeKey&& other) noexcept
    : suite_(other.suite_),
      kid_(other.kid_),
      key_size_(other.key_size_),
      key_(other.key_),
      salt_(other.salt_) {
  OPENSSL_cleanse(other.key_.data(), other.key_.size());
}

SframeKey::~SframeKey() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::array<std::uint8_t, kSframeNonceSize> SframeKey::nonce(std::uint64_t counter) const {
  auto nonce = salt_;
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[kSframeNonceSize - 1 - i] ^= static_cast<std::uint8_t>(counter >> (8 * i));
  }
  return nonce;
}

void FreeCipherContext::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

SframeSealer::SframeSealer(SframeKey key, std::uint64_t first_counter)
    : key_(std::move(key)), context_(make_context(key_, true)), counter_(first_counter) {}

base::Result<void> SframeSealer::seal_into(Bytes& out, BytesView plaintext, BytesView metadata) {
  if (exhausted_) {
    return fail(ErrorKind::kRefused, "all counters of this media key are spent: join again for a new key");
  }
  if (plaintext.size() > kMaxFrameSize || metadata.size() > kMaxFrameSize) {
    return fail(ErrorKind::kInvalid, "a media frame of {} bytes is too large to be sealed", plaintext.size());
  }
  const std::uint64_t counter = counter_;
  // Spent whatever happens below: better a counter lost than one used twice.
  if (counter == std::numeric_limits<std::uint64_t>::max())
    exhausted_ = true;
  else
    ++counter_;

  const EncodedHeader header = encode({key_.kid(), counter});
  // Metadata first: it may lie in `out`, which moves as it grows.
  if (!begin(context_.get(), key_, counter, header.view(), metadata)) {
    return fail(ErrorKind::kInternal, "OpenSSL refused to begin an AES-GCM message");
  }
  const std::size_t start = out.size();
  out.resize(start + header.size + plaintext.size() + kSframeTagSize);
  std::uint8_t* at = out.data() + start;
  at = std::copy_n(header.bytes.data(), header.size, at);
  std::uint8_t* tag = at + plaintext.size();
  int ignored = 0;
  if (!crypt(context_.get(), at, plaintext) || EVP_EncryptFinal_ex(context_.get(), tag, &ignored) != 1 ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_GET_TAG, as_int(kSframeTagSize), tag) != 1) {
    out.resize(start);
    return fail(ErrorKind::kInternal, "OpenSSL failed to seal a media frame");
  }
  return {};
}

base::Result<Bytes> SframeSealer::seal(BytesView plaintext, BytesView metadata) {
  Bytes out;
  out.reserve(plaintext.size() + kSframeMaxOverhead);
  if (auto sealed = seal_into(out, plaintext, metadata); !sealed)
    return std::unexpected(std::move(sealed).error());
  return out;
}

SframeOpener::SframeOpener(SframeSuite suite, BytesView base_key, std::size_t max_keys)
    : suite_(suite),
      base_key_(base_key.begin(), base_key.end()),
      max_keys_(std::max<std::size_t>(max_keys, 1)) {}

SframeOpener::~SframeOpener() { OPENSSL_cleanse(base_key_.data(), base_key_.size()); }

SframeOpener::Entry SframeOpener::make_entry(std::uint64_t kid) const {
  SframeKey key = SframeKey::derive(suite_, base_key_, kid);
  CipherContext context = make_context(key, false);
  return Entry{std::move(key), std::move(context)};
}

base::Result<OpenedFrame> SframeOpener::open(BytesView sealed, BytesView metadata) {
  const auto parsed = parse_sframe_header(sealed);
  if (!parsed) return std::unexpected(parsed.error());
  if (sealed.size() < parsed->size + kSframeTagSize || sealed.size() > kMaxFrameSize ||
      metadata.size() > kMaxFrameSize) {
    return fail(ErrorKind::kInvalid, "a sealed media frame of {} bytes is cut short or too large",
                sealed.size());
  }
  const BytesView ciphertext = sealed.subspan(parsed->size, sealed.size() - parsed->size - kSframeTagSize);
  // OpenSSL wants the tag writable.
  std::array<std::uint8_t, kSframeTagSize> tag{};
  std::ranges::copy(sealed.last(kSframeTagSize), tag.begin());

  // All that may throw comes before the entry leaves the list.
  OpenedFrame opened{parsed->header, Bytes(ciphertext.size())};
  std::list<Entry> fresh;
  const auto known = by_kid_.find(parsed->header.kid);
  if (known == by_kid_.end())
    fresh.push_back(make_entry(parsed->header.kid));
  else
    fresh.splice(fresh.begin(), entries_, known->second);  // back below, as the most recently used
  const Entry& entry = fresh.front();
  const bool is_new = known == by_kid_.end();

  std::uint8_t unused = 0;  // OpenSSL's final step writes nothing in GCM, but wants an address
  int ignored = 0;
  evp_cipher_ctx_st* context = entry.context.get();
  const bool authentic =
      begin(context, entry.key, opened.header.counter, sealed.first(parsed->size), metadata) &&
      crypt(context, opened.plaintext.data(), ciphertext) &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, as_int(kSframeTagSize), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context, &unused, &ignored) == 1;
  if (!authentic && is_new) return not_authentic();

  entries_.splice(entries_.begin(), fresh);
  if (is_new) {
    by_kid_.emplace(opened.header.kid, entries_.begin());
    if (entries_.size() > max_keys_) {
      by_kid_.erase(entries_.back().key.kid());
      entries_.pop_back();
    }
  }
  if (!authentic) return not_authentic();
  return opened;
}

}  // namespace vistime::media
