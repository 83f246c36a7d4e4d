// What whoever runs the server can choose: by flag, in the file /etc/vistime/vistimed.toml, or not at all. One table
// of settings makes the flags, checks the file and prints the help.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace vistime::server {

struct Settings {
  std::string data = "/var/lib/vistime";
  std::string bind = "::";
  std::uint64_t https_port = 443;
  std::uint64_t http_port = 80;
  std::uint64_t master_port = 12000;
  std::uint64_t conference_port = 12001;
  std::uint64_t file_port = 12002;
  std::uint64_t loopback_port = 0;
  std::vector<std::string> roles = {"edge", "master", "conference"};
  std::vector<std::string> host_names;
  std::vector<std::string> public_addresses;
  std::string web_dir;
  std::string help_dir;
  std::string tls_cert;
  std::string tls_key;
  std::string log_level = "info";
  std::string log_format = "text";
  std::vector<std::string> trusted_proxies;
  bool proxy_protocol = false;
  std::vector<std::string> metrics_allow = {"127.0.0.1", "::1"};
  std::uint64_t workers = 0;
  std::string master_at;
  std::string conference_at;
  std::string upstream_ca_file;
  std::string token_keys;

  std::uint64_t max_connections = 20'000;
  std::uint64_t max_connections_per_address = 1'000;
  std::uint64_t max_handshakes = 512;
  std::uint64_t max_body_bytes = 128 * 1024;
  std::uint64_t max_rooms = 10'000;
  std::uint64_t max_rooms_per_hour = 60;
  std::uint64_t max_participants = 500;
  std::uint64_t max_joins_per_minute = 120;
  std::uint64_t room_days = 90;
  std::uint64_t drain_seconds = 20;

  bool has_role(std::string_view role) const;
};

struct Setting {
  using Member = std::variant<std::string Settings::*, std::uint64_t Settings::*, bool Settings::*,
                              std::vector<std::string> Settings::*>;
  enum class Kind { kText, kPort, kCount, kSwitch, kList, kChoice, kChoices, kNetworks, kAddresses, kUrl };

  std::string_view name;  // "https-port": the flag without its dashes, and the key in the file
  Kind kind = Kind::kText;
  Member member;
  std::string_view help;
  // What is valid, as a sentence: "a port lies between 1 and 65535".
  std::string_view remedy;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::string_view choices = {};  // "text json"
};

std::span<const Setting> setting_table();
const Setting* find_setting(std::string_view name);
// As help prints it.
std::string default_of(const Setting& setting);
// The name in the table that `name` most resembles; empty when none does.
std::string nearest_setting(std::string_view name);

// Sets one from its spelling on the command line; lists are separated by commas.
base::Result<void> assign(Settings& settings, const Setting& setting, const std::string& text);

struct FileErrors {
  std::vector<std::string> lines;  // "vistimed.toml:12: https-port = 70000: a port lies between 1 and 65535"
};
// Sets what the text (TOML) names; `name` is the file's, for messages. All errors at once.
FileErrors read_toml(Settings& settings, std::string_view text, const std::string& name);

// What no single setting tells: a certificate without its key, a role without its upstream, two listeners on a port.
std::vector<std::string> contradictions(const Settings& settings);

}  // namespace vistime::server
