#include "protocol/object_header.hpp"

#include <gtest/gtest.h>

#include "protocol/vectors_for_test.hpp"

namespace vistime::protocol {
namespace {

TEST(ObjectHeader, the_golden_headers_encode_and_decode) {
  const auto vectors = read_vectors("object_headers.json");
  ASSERT_FALSE(vectors["headers"].empty());
  for (const auto& vector : vectors["headers"]) {
    ObjectHeader header;
    header.track = vector["track"];
    header.sequence = vector["sequence"];
    header.capture_us = vector["capture_us"];
    header.keyframe = vector["keyframe"];
    header.discardable = vector["discardable"];
    header.voice = vector["voice"];
    header.spatial = vector["spatial"];
    header.temporal = vector["temporal"];
    header.audio_level = vector["audio_level"];
    header.depends_on = vector["depends_on"];
    base::Bytes encoded;
    encode(header, encoded);
    EXPECT_EQ(base::hex(encoded), vector["bytes"].get<std::string>());
    const auto decoded = decode_object_header(unhex(vector["bytes"]));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, header);
  }
}

TEST(ObjectHeader, what_the_vectors_refuse_is_refused) {
  const auto vectors = read_vectors("object_headers.json");
  ASSERT_FALSE(vectors["refused"].empty());
  for (const auto& vector : vectors["refused"]) {
    EXPECT_FALSE(decode_object_header(unhex(vector["bytes"]))) << vector["why"];
  }
}

TEST(ObjectHeader, a_track_names_its_participant) {
  EXPECT_EQ(track_id(7, 3), 0x703u);
  EXPECT_EQ(participant_number(track_id(7, 255)), 7u);
}

TEST(ObjectHeader, the_associated_data_leaves_out_the_track_and_holds_the_rest) {
  base::Bytes object;
  encode({.track = 1, .sequence = 2}, object);
  object.push_back(0xaa);
  const auto data = associated_data(object);
  EXPECT_EQ(data.size(), kObjectHeaderBytes - 4);
  EXPECT_EQ(data[3], 2);
}

}  // namespace
}  // namespace vistime::protocol
