// A settings file of the fuzzer's choice: read or refused, and what is read can be printed and assigned again.
#include <cstdlib>

#include "server/common/settings.hpp"

using namespace vistime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  server::Settings settings;
  const auto errors = server::read_toml(settings, text, "fuzz.toml");
  for (const std::string& line : errors.lines) {
    if (!line.starts_with("fuzz.toml")) std::abort();
  }
  if (settings.https_port > 65'535 || settings.max_rooms == 0 || settings.roles.empty()) std::abort();
  std::ignore = server::contradictions(settings);
  for (const server::Setting& setting : server::setting_table()) {
    server::Settings other;
    std::ignore = server::assign(other, setting, text);
  }
  std::ignore = server::nearest_setting(text);
  return 0;
}
