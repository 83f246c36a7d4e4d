#include "media/hkdf.hpp"

#include <gtest/gtest.h>

namespace vistime::media {
namespace {

base::Bytes repeated(std::uint8_t value, std::size_t size) { return base::Bytes(size, value); }

TEST(Hkdf, gives_the_first_example_of_rfc_5869) {
  const auto salt = *base::from_hex("000102030405060708090a0b0c");
  const auto info = *base::from_hex("f0f1f2f3f4f5f6f7f8f9");
  const auto key = hkdf_extract(Hash::kSha256, salt, repeated(0x0b, 22));
  EXPECT_EQ(base::hex(key), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(base::hex(hkdf_expand(Hash::kSha256, key, info, 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Hkdf, gives_the_third_example_of_rfc_5869_without_salt_and_info) {
  EXPECT_EQ(base::hex(hkdf(Hash::kSha256, repeated(0x0b, 22), {}, 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, a_longer_output_begins_with_the_shorter_one) {
  const auto longer = hkdf(Hash::kSha512, repeated(1, 16), {}, 200);
  const auto shorter = hkdf(Hash::kSha512, repeated(1, 16), {}, 33);
  ASSERT_EQ(longer.size(), 200U);
  EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

}  // namespace
}  // namespace vistime::media
