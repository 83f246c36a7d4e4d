// HKDF (RFC 5869) over SHA-256 and SHA-512: from one secret, as many independent keys as there are labels.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"

namespace vistime::media {

enum class Hash { kSha256, kSha512 };

// The two steps of RFC 5869, sections 2.2 and 2.3. `size` is at most 255 times the hash's length.
base::Bytes hkdf_extract(Hash hash, base::BytesView salt, base::BytesView secret);
base::Bytes hkdf_expand(Hash hash, base::BytesView pseudo_random_key, base::BytesView info, std::size_t size);

// Both steps, with an empty salt.
base::Bytes hkdf(Hash hash, base::BytesView secret, base::BytesView info, std::size_t size);

}  // namespace vistime::media
