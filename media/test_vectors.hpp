// For this folder's tests: the vectors that C++ and TypeScript read alike.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.hpp"

namespace vistime::media {

inline nlohmann::json read_vectors(const std::string& name) {
  std::ifstream file(std::string(VISTIME_SOURCE_DIR) + "/protocol/vectors/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  return nlohmann::json::parse(file);
}

inline std::string text_field(const nlohmann::json& vector, const char* field) {
  return vector.at(field).get<std::string>();
}

inline base::Bytes hex_field(const nlohmann::json& vector, const char* field) {
  const auto bytes = base::from_hex(vector.at(field).get<std::string>());
  EXPECT_TRUE(bytes.has_value()) << field;
  return bytes.value_or(base::Bytes{});
}

// 64-bit numbers are decimal strings in the vectors.
inline std::uint64_t number_field(const nlohmann::json& vector, const char* field) {
  return std::stoull(vector.at(field).get<std::string>());
}

}  // namespace vistime::media
