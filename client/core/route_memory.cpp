#include "client/core/route_memory.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "client/core/profile.hpp"

namespace vistime::client {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFile = 256 * 1024;
constexpr std::size_t kMaxNetworks = 64;
constexpr std::size_t kMaxServers = 32;  // in one network, with their channels
constexpr std::size_t kMaxSessions = 8;
constexpr std::int64_t kSessionDays = 7;
// A connection that was cut earlier broke; that is no limit.
constexpr std::int64_t kShortestLimit = 15;
// Two ages are the same when they differ by no more than a twentieth, or by what noticing a cut takes.
constexpr std::int64_t kNoticing = 3;

std::string key_of(const Place& place) { return place.channel + " " + place.server; }

std::string text_of(const json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
}
std::int64_t number_of(const json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_number_integer() ? field->get<std::int64_t>() : 0;
}
// The members of an object, nothing of anything else.
json members_of(const json& object, const char* name) {
  const auto field = object.is_object() ? object.find(name) : object.end();
  return field != object.end() && field->is_object() ? *field : json::object();
}

}  // namespace

RouteMemory::RouteMemory(const base::Clock& clock, std::filesystem::path file)
    : clock_(clock), file_(std::move(file)) {
  load();
}

std::int64_t RouteMemory::today() const {
  return std::chrono::floor<std::chrono::days>(clock_.wall().time_since_epoch()).count();
}

void RouteMemory::load() {
  if (file_.empty()) return;
  std::ifstream in(file_, std::ios::binary);
  std::string text(kMaxFile, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  const json document = json::parse(text, nullptr, false);
  const json networks = members_of(document, "networks");
  for (const auto& [print, network] : networks.items()) {
    if (!network.is_object() || networks_.size() >= kMaxNetworks) continue;
    Network& to = networks_[print];
    to.day = number_of(network, "day");
    const json servers = members_of(network, "servers");
    for (const auto& [key, known] : servers.items()) {
      if (!known.is_object() || to.known.size() >= kMaxServers) continue;
      Known& entry = to.known[key];
      entry.winner = {text_of(known, "route"), text_of(known, "proxy")};
      const json sessions_of = known.value("sessions", json::array());
      for (const json& each : sessions_of) {
        if (!each.is_object() || entry.sessions.size() >= kMaxSessions) continue;
        Sessions& sessions = entry.sessions[{text_of(each, "route"), text_of(each, "proxy")}];
        sessions.day = number_of(each, "day");
        for (const char* name : {"earlier_s", "latest_s"}) {
          if (const auto age = number_of(each, name); age > 0) sessions.ages.push_back(age);
        }
      }
    }
  }
}

void RouteMemory::store() {
  if (file_.empty()) return;
  json networks = json::object();
  for (const auto& [print, network] : networks_) {
    json servers = json::object();
    for (const auto& [key, known] : network.known) {
      json sessions = json::array();
      for (const auto& [way, each] : known.sessions) {
        sessions.push_back({{"route", way.route},
                            {"proxy", way.proxy},
                            {"day", each.day},
                            {"earlier_s", each.ages.size() > 1 ? each.ages[0] : 0},
                            {"latest_s", each.ages.empty() ? 0 : each.ages.back()}});
      }
      servers[key] = {{"route", known.winner.route}, {"proxy", known.winner.proxy}, {"sessions", sessions}};
    }
    networks[print] = {{"day", network.day}, {"servers", servers}};
  }
  const json document = {{"version", 1}, {"networks", networks}};
  // It is only a memory: without it everything works, a little later.
  (void)replace_file(file_, document.dump(1, ' ', false, json::error_handler_t::replace));
}

RouteMemory::Known& RouteMemory::known(const Place& place) {
  if (!networks_.contains(place.network) && networks_.size() >= kMaxNetworks) {
    networks_.erase(
        std::ranges::min_element(networks_, {}, [](const auto& each) { return each.second.day; }));
  }
  Network& network = networks_[place.network];
  network.day = today();
  const std::string key = key_of(place);
  if (!network.known.contains(key) && network.known.size() >= kMaxServers)
    network.known.erase(network.known.begin());
  return network.known[key];
}

const RouteMemory::Known* RouteMemory::find(const Place& place) const {
  const auto network = networks_.find(place.network);
  if (network == networks_.end()) return nullptr;
  const auto known = network->second.known.find(key_of(place));
  return known == network->second.known.end() ? nullptr : &known->second;
}

std::optional<Way> RouteMemory::winner(const Place& place) const {
  const Known* known = find(place);
  if (known == nullptr || known->winner.route.empty()) return std::nullopt;
  return known->winner;
}

void RouteMemory::won(const Place& place, const Way& way) {
  const auto network = networks_.find(place.network);
  if (winner(place) == way && network->second.day == today()) return;
  known(place).winner = way;
  store();
}

void RouteMemory::was_cut(const Place& place, const Way& way, base::Duration age) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(age).count();
  if (seconds < kShortestLimit) return;
  auto& sessions = known(place).sessions;
  if (!sessions.contains(way) && sessions.size() >= kMaxSessions) sessions.erase(sessions.begin());
  Sessions& of_way = sessions[way];
  of_way.day = today();
  of_way.ages.push_back(seconds);
  if (of_way.ages.size() > 2) of_way.ages.erase(of_way.ages.begin());
  store();
}

std::optional<base::Duration> RouteMemory::longest_session(const Place& place, const Way& way) const {
  const Known* known = find(place);
  if (known == nullptr) return std::nullopt;
  const auto sessions = known->sessions.find(way);
  if (sessions == known->sessions.end() || sessions->second.ages.size() < 2) return std::nullopt;
  if (today() - sessions->second.day >= kSessionDays) return std::nullopt;
  const auto [shorter, longer] = std::minmax(sessions->second.ages[0], sessions->second.ages[1]);
  if (longer - shorter > std::max(kNoticing, longer / 20)) return std::nullopt;
  return std::chrono::seconds(shorter);
}

}  // namespace vistime::client
