// Reads the golden vectors that the C++ and the TypeScript side share.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "base/bytes.hpp"

namespace vistime::protocol {

inline nlohmann::json read_vectors(const std::string& name) {
  std::ifstream file(std::string(VISTIME_SOURCE_DIR "/protocol/vectors/") + name);
  return nlohmann::json::parse(file);
}

inline base::Bytes unhex(const nlohmann::json& text) {
  auto bytes = base::from_hex(text.get<std::string>());
  if (!bytes) throw std::runtime_error("not hex: " + text.get<std::string>());
  return *bytes;
}

}  // namespace vistime::protocol
