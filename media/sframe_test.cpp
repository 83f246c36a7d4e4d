#include "media/sframe.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "media/hkdf.hpp"
#include "media/test_vectors.hpp"

namespace vistime::media {
namespace {

using base::Bytes;

constexpr auto kSuite = SframeSuite::kAes128GcmSha256;
const Bytes kBaseKey(32, 0x42);

Bytes text(std::string_view value) {
  const auto view = base::as_bytes(value);
  return {view.begin(), view.end()};
}

SframeSealer sealer_of(std::uint64_t kid, std::uint64_t first_counter = 0) {
  return SframeSealer(SframeKey::derive(kSuite, kBaseKey, kid), first_counter);
}

TEST(SframeHeader, encodes_and_reads_every_vector_of_the_rfc) {
  const auto vectors = read_vectors("sframe.json").at("header");
  ASSERT_EQ(vectors.size(), 289U);
  for (const auto& vector : vectors) {
    const SframeHeader header{number_field(vector, "kid"), number_field(vector, "ctr")};
    Bytes encoded;
    append_sframe_header(encoded, header);
    EXPECT_EQ(base::hex(encoded), vector.at("encoded").get<std::string>());
    encoded.push_back(0xEE);  // what follows is not the header's
    const auto parsed = parse_sframe_header(encoded);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->header, header);
    EXPECT_EQ(parsed->size, encoded.size() - 1);
  }
}

TEST(SframeHeader, is_refused_at_every_length_that_cuts_it_short) {
  Bytes encoded;
  append_sframe_header(encoded, {~std::uint64_t{0}, ~std::uint64_t{0}});
  ASSERT_EQ(encoded.size(), kSframeMaxHeaderSize);
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_FALSE(parse_sframe_header(base::BytesView(encoded).first(size))) << size;
  }
}

TEST(Sframe, derives_seals_and_opens_the_vectors_of_the_rfc) {
  const auto vectors = read_vectors("sframe.json").at("sframe");
  ASSERT_EQ(vectors.size(), 2U);
  for (const auto& vector : vectors) {
    const auto suite = static_cast<SframeSuite>(vector.at("cipher_suite").get<int>());
    const auto kid = number_field(vector, "kid");
    const auto counter = number_field(vector, "ctr");
    const Bytes base_key = hex_field(vector, "base_key");
    const Hash hash = suite == kSuite ? Hash::kSha256 : Hash::kSha512;
    EXPECT_EQ(hkdf_extract(hash, {}, base_key), hex_field(vector, "sframe_secret"));

    SframeKey key = SframeKey::derive(suite, base_key, kid);
    EXPECT_EQ(base::hex(key.key()), text_field(vector, "sframe_key"));
    EXPECT_EQ(base::hex(key.salt()), text_field(vector, "sframe_salt"));
    EXPECT_EQ(base::hex(key.nonce(counter)), text_field(vector, "nonce"));

    const Bytes metadata = hex_field(vector, "metadata");
    SframeSealer sealer(std::move(key), counter);
    const auto sealed = sealer.seal(hex_field(vector, "pt"), metadata);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(base::hex(*sealed), text_field(vector, "ct"));

    SframeOpener opener(suite, base_key);
    const auto opened = opener.open(hex_field(vector, "ct"), metadata);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->plaintext, hex_field(vector, "pt"));
    EXPECT_EQ(opened->header, (SframeHeader{kid, counter}));
  }
}

TEST(Sframe, a_change_of_any_bit_in_frame_or_metadata_is_noticed) {
  auto sealer = sealer_of(0x1234, 300);
  const Bytes metadata = text("metadata");
  const Bytes sealed = *sealer.seal(text("some frame"), metadata);
  SframeOpener opener(kSuite, kBaseKey);
  ASSERT_TRUE(opener.open(sealed, metadata));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes altered = sealed;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(opener.open(altered, metadata)) << "bit " << bit;
  }
  for (std::size_t bit = 0; bit < metadata.size() * 8; ++bit) {
    Bytes altered = metadata;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(opener.open(sealed, altered)) << "metadata bit " << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(opener.open(base::BytesView(sealed).first(size), metadata)) << "cut to " << size;
  }
  EXPECT_TRUE(opener.open(sealed, metadata)) << "failures leave the opener usable";
}

TEST(Sframe, another_base_key_opens_nothing) {
  auto sealer = sealer_of(1);
  SframeOpener opener(kSuite, Bytes(32, 0x43));
  const auto opened = opener.open(*sealer.seal(text("x"), {}), {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, base::ErrorKind::kInvalid);
}

TEST(Sframe, an_empty_frame_without_metadata_is_sealed_and_opened) {
  auto sealer = sealer_of(3);
  SframeOpener opener(kSuite, kBaseKey);
  const auto opened = opener.open(*sealer.seal({}, {}), {});
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->plaintext.empty());
}

TEST(SframeSealer, appends_to_a_message_whose_beginning_is_the_metadata) {
  auto sealer = sealer_of(7);
  Bytes message = text("object header");
  message.shrink_to_fit();
  const std::size_t start = message.size();
  ASSERT_TRUE(sealer.seal_into(message, text("frame"), message));
  SframeOpener opener(kSuite, kBaseKey);
  const auto opened =
      opener.open(base::BytesView(message).subspan(start), base::BytesView(message).first(start));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->plaintext, text("frame"));
}

TEST(SframeSealer, counts_up_from_zero_and_never_seals_two_frames_alike) {
  auto sealer = sealer_of(9);
  const Bytes first = *sealer.seal(text("same"), {});
  const Bytes second = *sealer.seal(text("same"), {});
  EXPECT_EQ(parse_sframe_header(first)->header.counter, 0U);
  EXPECT_EQ(parse_sframe_header(second)->header.counter, 1U);
  EXPECT_NE(Bytes(first.begin() + 2, first.end()), Bytes(second.begin() + 2, second.end()));
}

TEST(SframeSealer, refuses_once_the_last_counter_is_spent) {
  auto sealer = sealer_of(9, std::numeric_limits<std::uint64_t>::max() - 1);
  EXPECT_TRUE(sealer.seal(text("a"), {}));
  EXPECT_TRUE(sealer.seal(text("b"), {}));
  Bytes out = text("kept");
  EXPECT_FALSE(sealer.seal_into(out, text("c"), {}));
  EXPECT_EQ(out, text("kept"));
}

TEST(SframeOpener, keeps_a_bounded_number_of_keys_and_still_opens_every_sender) {
  SframeOpener opener(kSuite, kBaseKey, 2);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t kid = 0; kid < 5; ++kid) {
      auto sealer = sealer_of(kid);
      EXPECT_TRUE(opener.open(*sealer.seal(text("x"), {}), {}));
      EXPECT_LE(opener.cached_keys(), 2U);
    }
  }
}

TEST(SframeOpener, forged_key_ids_displace_no_key_in_use) {
  SframeOpener opener(kSuite, kBaseKey, 1);
  auto sealer = sealer_of(5);
  ASSERT_TRUE(opener.open(*sealer.seal(text("x"), {}), {}));
  Bytes forged = *sealer.seal(text("x"), {});
  for (std::uint8_t kid = 0; kid < 5; ++kid) {
    forged[0] = static_cast<std::uint8_t>(kid << 4 | 1);
    EXPECT_FALSE(opener.open(forged, {}));
    EXPECT_EQ(opener.cached_keys(), 1U);
  }
}

}  // namespace
}  // namespace vistime::media
