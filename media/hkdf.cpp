#include "media/hkdf.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace vistime::media {
namespace {

base::Bytes hmac(Hash hash, base::BytesView key, base::BytesView data) {
  const EVP_MD* digest = hash == Hash::kSha256 ? EVP_sha256() : EVP_sha512();
  base::Bytes out(static_cast<std::size_t>(EVP_MD_get_size(digest)));
  // A null key is "keep the last one" to OpenSSL, so an empty one still needs an address.
  static constexpr std::uint8_t kEmpty = 0;
  const std::uint8_t* address = key.empty() ? &kEmpty : key.data();
  HMAC(digest, address, static_cast<int>(key.size()), data.data(), data.size(), out.data(), nullptr);
  return out;
}

}  // namespace

base::Bytes hkdf_extract(Hash hash, base::BytesView salt, base::BytesView secret) {
  return hmac(hash, salt, secret);
}

base::Bytes hkdf_expand(Hash hash, base::BytesView pseudo_random_key, base::BytesView info,
                        std::size_t size) {
  base::Bytes out;
  base::Bytes block;
  for (std::uint8_t number = 1; out.size() < size; ++number) {
    block.insert(block.end(), info.begin(), info.end());
    block.push_back(number);
    base::Bytes next = hmac(hash, pseudo_random_key, block);
    OPENSSL_cleanse(block.data(), block.size());
    block = std::move(next);
    const std::size_t take = std::min(block.size(), size - out.size());
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(take));
  }
  OPENSSL_cleanse(block.data(), block.size());
  return out;
}

base::Bytes hkdf(Hash hash, base::BytesView secret, base::BytesView info, std::size_t size) {
  base::Bytes key = hkdf_extract(hash, {}, secret);
  base::Bytes out = hkdf_expand(hash, key, info, size);
  OPENSSL_cleanse(key.data(), key.size());
  return out;
}

}  // namespace vistime::media
