#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace vistime::base {
namespace {

TEST(Bytes, integers_are_big_endian_and_survive_the_round_trip) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(0x01);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.u64(0x08090a0b0c0d0e0f);
  EXPECT_EQ(hex(out), "0102030405060708090a0b0c0d0e0f");
  ByteReader reader(out);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607u);
  EXPECT_EQ(reader.u64(), 0x08090a0b0c0d0e0fu);
  EXPECT_TRUE(reader.empty());
}

TEST(Bytes, varints_of_every_length_survive_the_round_trip) {
  for (int bits = 0; bits <= 64; ++bits) {
    const std::uint64_t value = bits == 64 ? std::numeric_limits<std::uint64_t>::max() : (1ull << bits) - 1;
    Bytes out;
    ByteWriter(out).varint(value);
    ByteReader reader(out);
    EXPECT_EQ(reader.varint(), value);
    EXPECT_TRUE(reader.empty());
  }
}

TEST(Bytes, a_varint_of_more_than_64_bits_is_refused) {
  const Bytes too_long(11, 0x80);
  EXPECT_EQ(ByteReader(too_long).varint(), std::nullopt);
  const Bytes too_large{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
  EXPECT_EQ(ByteReader(too_large).varint(), std::nullopt);
}

TEST(Bytes, a_reader_stays_failed_once_the_input_was_too_short) {
  const Bytes two{1, 2};
  ByteReader reader(two);
  EXPECT_EQ(reader.u32(), std::nullopt);
  EXPECT_EQ(reader.u8(), std::nullopt);
}

TEST(Bytes, base64url_has_no_padding_and_refuses_other_alphabets) {
  EXPECT_EQ(base64url(Bytes{0xfb, 0xff}), "-_8");
  EXPECT_EQ(from_base64url("-_8"), (Bytes{0xfb, 0xff}));
  EXPECT_EQ(from_base64url("+/8"), std::nullopt);
  EXPECT_EQ(from_base64url("-_8="), std::nullopt);
  EXPECT_EQ(from_base64url(""), Bytes{});
}

TEST(Bytes, hex_of_odd_length_or_with_other_letters_is_refused) {
  EXPECT_EQ(from_hex("00ff"), (Bytes{0, 255}));
  EXPECT_EQ(from_hex(""), Bytes());
  EXPECT_EQ(from_hex("00f"), std::nullopt);
  EXPECT_EQ(from_hex("zz"), std::nullopt);
}

TEST(Bytes, comparison_in_constant_time_compares) {
  EXPECT_TRUE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1}));
}

}  // namespace
}  // namespace vistime::base
