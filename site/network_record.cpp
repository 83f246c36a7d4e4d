#include "site/network_record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace vistime::site {

using base::ErrorKind;
using base::fail;
using base::Result;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr std::array<std::string_view, kPortPurposes> kTokens = {"everything",
                                                                 "update-check-and-redirect",
                                                                 "alternative-route-master",
                                                                 "alternative-route-conference",
                                                                 "alternative-route-files",
                                                                 "faster-media"};

std::set<std::string> items_of(const NetworkContent& content) {
  std::set<std::string> items;
  for (const std::string& name : content.names) items.insert("name:" + name);
  for (const std::string& address : content.ipv4) items.insert("ipv4:" + address);
  for (const std::string& address : content.ipv6) items.insert("ipv6:" + address);
  for (const SitePort& port : content.ports) {
    if (port.offered) items.insert(fmt::format("port:{}/{}", port.port, port.transport()));
  }
  return items;
}

ordered_json to_value(const SitePort& port) {
  return {{"port", port.port},
          {"transport", port.transport()},
          {"purpose", token_of(port.purpose)},
          {"required", port.required},
          {"offered", port.offered}};
}

ordered_json to_value(const NetworkChange& change) {
  return {{"version", change.version},
          {"changed", rfc3339(change.changed)},
          {"added", change.added},
          {"removed", change.removed}};
}

// Throws what nlohmann throws, and std::out_of_range; record_from_json() converts.
base::WallTime time_at(const json& value) {
  const auto time = from_rfc3339(value.at("changed").get<std::string>());
  if (!time) throw std::out_of_range("changed is no RFC 3339 time");
  return *time;
}

SitePort port_from(const json& value) {
  const auto purpose = std::ranges::find(kTokens, value.at("purpose").get<std::string>());
  if (purpose == kTokens.end()) throw std::out_of_range("unknown purpose");
  const auto number = value.at("port").get<std::uint64_t>();
  if (number > 65'535) throw std::out_of_range("port is no port");
  return {static_cast<std::uint16_t>(number), value.at("transport").get<std::string>() == "udp",
          static_cast<PortPurpose>(purpose - kTokens.begin()), value.at("required").get<bool>(),
          value.at("offered").get<bool>()};
}

NetworkRecord record_from(const json& value) {
  NetworkRecord record;
  record.version = value.at("version").get<std::uint64_t>();
  record.changed = time_at(value);
  record.content.names = value.at("names").get<std::vector<std::string>>();
  record.content.ipv4 = value.at("addresses").at("ipv4").get<std::vector<std::string>>();
  record.content.ipv6 = value.at("addresses").at("ipv6").get<std::vector<std::string>>();
  for (const json& port : value.at("ports")) record.content.ports.push_back(port_from(port));
  for (const json& change : value.at("changes")) {
    record.changes.push_back({change.at("version").get<std::uint64_t>(), time_at(change),
                              change.at("added").get<std::vector<std::string>>(),
                              change.at("removed").get<std::vector<std::string>>()});
  }
  return record;
}

}  // namespace

std::string_view token_of(PortPurpose purpose) { return kTokens[static_cast<std::size_t>(purpose)]; }

std::vector<std::uint16_t> NetworkContent::open_tcp_ports() const {
  std::set<std::uint16_t> open;
  for (const SitePort& port : ports) {
    if (port.offered && !port.udp) open.insert(port.port);
  }
  return {open.begin(), open.end()};
}

NetworkRecord updated(NetworkRecord record, NetworkContent content, base::WallTime now) {
  if (record.version > 0 && record.content == content) return record;
  const auto before = record.version == 0 ? std::set<std::string>() : items_of(record.content);
  const auto after = items_of(content);
  NetworkChange change{record.version + 1, now, {}, {}};
  std::ranges::set_difference(after, before, std::back_inserter(change.added));
  std::ranges::set_difference(before, after, std::back_inserter(change.removed));
  record.version = change.version;
  record.changed = now;
  record.content = std::move(content);
  record.changes.push_back(std::move(change));
  if (record.changes.size() > kMaxChanges) {
    record.changes.erase(record.changes.begin(),
                         record.changes.end() - static_cast<std::ptrdiff_t>(kMaxChanges));
  }
  return record;
}

std::string to_json(const NetworkRecord& record, std::uint64_t since) {
  ordered_json ports = ordered_json::array(), changes = ordered_json::array();
  for (const SitePort& port : record.content.ports) ports.push_back(to_value(port));
  for (const NetworkChange& change : record.changes) {
    if (change.version > since) changes.push_back(to_value(change));
  }
  ordered_json out;
  out["version"] = record.version;
  out["changed"] = rfc3339(record.changed);
  out["names"] = record.content.names;
  out["addresses"] = {{"ipv4", record.content.ipv4}, {"ipv6", record.content.ipv6}};
  out["ports"] = std::move(ports);
  out["changes"] = std::move(changes);
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<NetworkRecord> record_from_json(std::string_view text) {
  try {
    return record_from(json::parse(text));
  } catch (const std::exception& error) {
    return fail(ErrorKind::kInvalid, "this is no record of a network: {}", error.what());
  }
}

std::string rfc3339(base::WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::optional<base::WallTime> from_rfc3339(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return base::WallTime(std::chrono::seconds(timegm(&parts)));
}

}  // namespace vistime::site
