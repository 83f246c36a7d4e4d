// read_toml() of settings.hpp, apart because toml++ takes long to compile.
#include <toml++/toml.h>

#include <map>

#include "server/common/settings.hpp"

namespace vistime::server {
namespace {

// "file:12: what", or without the line when it is unknown.
std::string at_line(const std::string& name, const toml::source_region& region, std::string_view what) {
  if (region.begin.line == 0) return fmt::format("{}: {}", name, what);
  return fmt::format("{}:{}: {}", name, region.begin.line, what);
}

// The value as the command line would spell it; nothing for tables, dates and the like.
std::optional<std::string> spelling_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* on = node.as_boolean()) return on->get() ? "true" : "false";
  const auto* list = node.as_array();
  if (list == nullptr) return std::nullopt;
  std::string joined;
  for (const auto& element : *list) {
    const auto* text = element.as_string();
    if (text == nullptr || text->get().find(',') != std::string::npos) return std::nullopt;
    joined += (joined.empty() ? "" : ",") + text->get();
  }
  return joined;
}

// A number in quotes, or a word without: TOML tells them apart, and so do we.
bool right_type(const Setting& setting, const toml::node& node) {
  switch (setting.kind) {
    case Setting::Kind::kPort:
    case Setting::Kind::kCount: return node.is_integer();
    case Setting::Kind::kSwitch: return node.is_boolean();
    case Setting::Kind::kList:
    case Setting::Kind::kChoices:
    case Setting::Kind::kAddresses:
    case Setting::Kind::kNetworks: return node.is_array() || node.is_string();
    default: return node.is_string();
  }
}

}  // namespace

FileErrors read_toml(Settings& settings, std::string_view text, const std::string& name) {
  FileErrors errors;
  toml::table table;
  try {
    table = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    errors.lines.push_back(at_line(name, error.source(), std::string(error.description())));
    return errors;
  }
  // In the order of the lines, as a reader mends them.
  std::multimap<std::uint32_t, std::string> found;
  for (const auto& [key, node] : table) {
    const Setting* setting = find_setting(key.str());
    const auto line = key.source().begin.line;
    if (setting == nullptr) {
      const std::string nearest = nearest_setting(key.str());
      const std::string hint =
          nearest.empty() ? "'vistimed --help' lists the settings" : "do you mean " + nearest + "?";
      found.emplace(line,
                    at_line(name, key.source(), fmt::format("there is no setting {}; {}", key.str(), hint)));
      continue;
    }
    const auto spelling = spelling_of(node);
    if (!spelling || !right_type(*setting, node)) {
      const auto what = fmt::format("{} = {}: {}", setting->name, spelling.value_or("…"), setting->remedy);
      found.emplace(line, at_line(name, key.source(), what));
      continue;
    }
    if (auto done = assign(settings, *setting, *spelling); !done) {
      found.emplace(line, at_line(name, key.source(), done.error().message));
    }
  }
  for (auto& [line, message] : found) errors.lines.push_back(std::move(message));
  return errors;
}

}  // namespace vistime::server
