#include "client/core/profile.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

#include "base/bytes.hpp"

namespace vistime::client {
namespace {

using base::ErrorKind;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kDeviceBytes = 16;
constexpr std::size_t kDeviceLength = 22;
constexpr std::uintmax_t kMaxFile = 1 << 20;

std::string words_of(int number) { return std::generic_category().message(number); }

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// One process at a time changes the profile.
base::Result<std::unique_ptr<File>> lock(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return base::fail(ErrorKind::kInternal, "{} cannot be made: {}", folder.string(), error.message());
  ::chmod(folder.c_str(), S_IRWXU);
  auto file = std::make_unique<File>(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC,
                                            S_IRUSR | S_IWUSR));  // NOLINT: C's own variadic
  if (file->get() < 0 || ::flock(file->get(), LOCK_EX) != 0) {
    return base::fail(ErrorKind::kInternal, "{} cannot be locked: {}", folder.string(), words_of(errno));
  }
  return file;
}

// Nothing when there is no such file.
base::Result<std::optional<std::string>> read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory) return std::optional<std::string>();
  if (error) return base::fail(ErrorKind::kInternal, "{} cannot be read: {}", path.string(), error.message());
  if (size > kMaxFile) return base::fail(ErrorKind::kInvalid, "{} is far too large", path.string());
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return base::fail(ErrorKind::kInternal, "{} cannot be read", path.string());
  return std::optional<std::string>(text.str());
}

std::string text_of(const json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
}

}  // namespace

base::Result<ProfileFolders> ProfileFolders::find(const std::function<std::string(const char*)>& variable) {
  const std::string home = variable("HOME");
  const auto folder = [&](const char* name, const char* otherwise) -> fs::path {
    // The XDG specification: relative paths are ignored.
    const fs::path given = variable(name);
    if (given.is_absolute()) return given / "vistime";
    return home.empty() ? fs::path() : fs::path(home) / otherwise / "vistime";
  };
  ProfileFolders folders{folder("XDG_STATE_HOME", ".local/state"), folder("XDG_CONFIG_HOME", ".config")};
  if (folders.state.empty() || folders.config.empty()) {
    return base::fail(ErrorKind::kInvalid,
                      "there is no home folder: set HOME, or XDG_STATE_HOME and XDG_CONFIG_HOME");
  }
  return folders;
}

base::Result<void> replace_file(const fs::path& path, std::string_view text) {
  const fs::path temporary = path.string() + "." + base::random_id(6);
  const auto broken = [&](int number) {
    ::unlink(temporary.c_str());
    return base::fail(ErrorKind::kInternal, "{} cannot be written: {}", path.string(), words_of(number));
  };
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return broken(error.value());
  const File file(::open(temporary.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,  // NOLINT: C's own variadic
                         S_IRUSR | S_IWUSR));
  if (file.get() < 0) return broken(errno);
  while (!text.empty()) {
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return broken(errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) return broken(errno);
  return {};
}

base::Result<std::string> Profile::device() {
  const fs::path path = folders_.state / "device";
  const auto held = lock(folders_.state);
  if (!held) return std::unexpected(held.error());
  auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  const std::string id = text->value_or("").substr(0, kDeviceLength);
  const auto bytes = base::from_base64url(id);
  if (bytes && bytes->size() == kDeviceBytes) return id;
  std::string fresh = base::random_id(kDeviceBytes);
  if (auto done = replace_file(path, fresh + "\n"); !done) return std::unexpected(done.error());
  return fresh;
}

base::Result<std::vector<OwnRoom>> Profile::rooms() const {
  const fs::path path = folders_.state / "rooms.json";
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  std::vector<OwnRoom> rooms;
  if (!text->has_value()) return rooms;
  const json document = json::parse(**text, nullptr, false);
  if (!document.is_array()) {
    return base::fail(ErrorKind::kInvalid, "{} is damaged: mend it or move it away", path.string());
  }
  for (const json& each : document) {
    if (!each.is_object()) continue;
    rooms.push_back({text_of(each, "room"), text_of(each, "name"), text_of(each, "server"),
                     text_of(each, "secret"), text_of(each, "host_key"), text_of(each, "created")});
  }
  return rooms;
}

base::Result<void> Profile::store(const std::vector<OwnRoom>& rooms) {
  json document = json::array();
  for (const OwnRoom& room : rooms) {
    document.push_back({{"room", room.room},
                        {"name", room.name},
                        {"server", room.server},
                        {"secret", room.secret},
                        {"host_key", room.host_key},
                        {"created", room.created}});
  }
  return replace_file(folders_.state / "rooms.json",
                      document.dump(1, ' ', false, json::error_handler_t::replace));
}

base::Result<void> Profile::add(const OwnRoom& room) {
  const auto held = lock(folders_.state);
  if (!held) return std::unexpected(held.error());
  auto all = rooms();
  if (!all) return std::unexpected(all.error());
  std::erase_if(*all,
                [&](const OwnRoom& each) { return each.room == room.room && each.server == room.server; });
  all->push_back(room);
  return store(*all);
}

base::Result<void> Profile::forget(std::string_view room) {
  const auto held = lock(folders_.state);
  if (!held) return std::unexpected(held.error());
  auto all = rooms();
  if (!all) return std::unexpected(all.error());
  if (std::erase_if(*all, [&](const OwnRoom& each) { return each.room == room; }) == 0) return {};
  return store(*all);
}

base::Result<std::string> Profile::name() const {
  const fs::path path = folders_.config / "config.json";
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  if (!text->has_value()) return std::string();
  const json document = json::parse(**text, nullptr, false);
  if (!document.is_object())
    return base::fail(ErrorKind::kInvalid, "{} is no JSON object: mend it", path.string());
  return text_of(document, "name");
}

}  // namespace vistime::client
