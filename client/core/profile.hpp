// What the client remembers between runs, in the XDG folders: the device's id, the rooms created here with their
// secrets and host keys (mode 0600), and the name to join under. Files are replaced as a whole, never half written.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vistime::client {

struct OwnRoom {
  std::string room;
  std::string name;
  std::string server;  // https://HOST[:PORT]
  std::string secret;  // 22 characters
  std::string host_key;
  std::string created;
  bool operator==(const OwnRoom&) const = default;
};

struct ProfileFolders {
  std::filesystem::path state;   // $XDG_STATE_HOME/vistime, else ~/.local/state/vistime
  std::filesystem::path config;  // $XDG_CONFIG_HOME/vistime, else ~/.config/vistime

  // `variable` answers an environment variable, empty when unset. Fails when there is no home either.
  static base::Result<ProfileFolders> find(const std::function<std::string(const char*)>& variable);
};

class Profile {
 public:
  explicit Profile(ProfileFolders folders) : folders_(std::move(folders)) {}

  // This device's stable random id, 22 characters; drawn at the first call.
  base::Result<std::string> device();

  base::Result<std::vector<OwnRoom>> rooms() const;
  base::Result<void> add(const OwnRoom& room);
  base::Result<void> forget(std::string_view room);

  // What route_memory.hpp keeps.
  std::filesystem::path routes_file() const { return folders_.state / "routes.json"; }

  // The name to join under; empty when none is set. A damaged file is an error: it is the user's to mend.
  base::Result<std::string> name() const;

 private:
  base::Result<void> store(const std::vector<OwnRoom>& rooms);
  ProfileFolders folders_;
};

// Writes `text` beside `path`, then renames; mode 0600, folders 0700. The text is on the disk when this returns.
base::Result<void> replace_file(const std::filesystem::path& path, std::string_view text);

}  // namespace vistime::client
