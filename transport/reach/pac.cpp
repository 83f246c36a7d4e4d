#include "transport/reach/pac.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>

#include "transport/reach/quiet_pipes.hpp"

namespace vistime::transport::reach {
namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxScript = 1 << 20;
constexpr std::size_t kMaxAnswer = 8 * 1024;
constexpr long kFetchMs = 5'000;
// The child's own limit is 5 s of work; this one also ends a script that waits for a name server.
constexpr auto kRunTime = std::chrono::milliseconds(5'500);

template <typename... Args>
std::unexpected<base::Error> bad(const std::string& source, fmt::format_string<Args...> why, Args&&... args) {
  return base::fail_as(ErrorKind::kInvalid, "bad-pac", "the proxy configuration {}: {}", source,
                       fmt::format(why, std::forward<Args>(args)...));
}

// A descriptor that is closed in any case.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

std::size_t append(char* data, std::size_t, std::size_t size, void* user) {
  auto& script = *static_cast<std::string*>(user);
  if (script.size() + size > kMaxScript) return 0;
  script.append(data, size);
  return size;
}

base::Result<std::string> fetch(const std::string& source) {
  const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), &curl_easy_cleanup);
  if (!handle) return base::fail(ErrorKind::kInternal, "libcurl could not be started");
  CURL* curl = handle.get();
  std::string script;
  curl_easy_setopt(curl, CURLOPT_URL, source.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kFetchMs);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &script);
  const QuietPipes quiet;
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_WRITE_ERROR) return bad(source, "is larger than 1 MiB");
  if (code != CURLE_OK) return bad(source, "cannot be fetched: {}", curl_easy_strerror(code));
  return script;
}

base::Result<std::string> load(const std::string& source) {
  if (source.find("://") != std::string::npos) return fetch(source);
  std::ifstream file(source, std::ios::binary);
  if (!file) return bad(source, "cannot be read");
  std::string script(kMaxScript + 1, '\0');
  file.read(script.data(), static_cast<std::streamsize>(script.size()));
  script.resize(static_cast<std::size_t>(file.gcount()));
  if (script.size() > kMaxScript) return bad(source, "is larger than 1 MiB");
  return script;
}

// Beside the program that runs, as it is installed and built.
std::string runner() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "vistime-pac";
  for (const char* where : {"vistime-pac", "../bin/vistime-pac", "../libexec/vistime/vistime-pac"}) {
    const auto path = self.parent_path() / where;
    if (std::filesystem::exists(path, error)) return path.string();
  }
  return "vistime-pac";
}

// Both directions at once, until the child has closed its output or the time is over.
bool talk(Descriptor& in, Descriptor& out, std::string_view script, std::string& answer) {
  const QuietPipes quiet;  // a script may leave without reading all of what it is given
  const auto deadline = Clock::now() + kRunTime;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    std::array<pollfd, 2> ends = {{{out.get(), POLLIN, 0}, {in.get(), POLLOUT, 0}}};
    if (::poll(ends.data(), ends.size(), static_cast<int>(left)) <= 0) return false;
    if (ends[1].revents != 0) {
      const ssize_t put = ::write(in.get(), script.data(), script.size());
      if (put > 0) script.remove_prefix(static_cast<std::size_t>(put));
      if ((put < 0 && errno != EAGAIN) || script.empty()) in.close();
    }
    if (ends[0].revents != 0) {
      std::array<char, 1024> block{};
      const ssize_t got = ::read(out.get(), block.data(), block.size());
      if (got == 0 || (got < 0 && errno != EAGAIN)) return true;
      if (got > 0) answer.append(block.data(), static_cast<std::size_t>(got));
      if (answer.size() > kMaxAnswer) return false;
    }
  }
}

base::Result<std::string> run(const std::string& source, const std::string& script, const std::string& url,
                              const std::string& host) {
  std::array<int, 2> to{}, from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0) return bad(source, "no pipe could be made");
  Descriptor child_in(to[0]), in(to[1]);
  if (::pipe2(from.data(), O_CLOEXEC) != 0) return bad(source, "no pipe could be made");
  Descriptor out(from[0]), child_out(from[1]);
  ::fcntl(in.get(), F_SETFL, O_NONBLOCK);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child_out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const std::string program = runner();
  std::array<std::string, 3> words = {program, url, host};
  std::array<char*, 4> arguments = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  std::array<char*, 1> no_environment = {nullptr};
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), no_environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return bad(source, "{} is missing: it belongs beside vistime", program);
  child_in.close();
  child_out.close();
  std::string answer;
  const bool ended = talk(in, out, script, answer);
  if (!ended) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) return bad(source, "does not come to an end");
  if (WIFSIGNALED(status)) return bad(source, "takes more time or memory than it may");
  if (WEXITSTATUS(status) != 0) return bad(source, "is no script with a FindProxyForURL that works");
  return answer;
}

}  // namespace

std::vector<Proxy> proxies_of_answer(std::string_view answer) {
  std::vector<Proxy> proxies;
  while (!answer.empty()) {
    const auto end = answer.find(';');
    std::string_view entry = answer.substr(0, end);
    answer.remove_prefix(end == std::string_view::npos ? answer.size() : end + 1);
    const auto first = entry.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) continue;
    entry.remove_prefix(first);
    const auto blank = entry.find_first_of(" \t");
    if (blank == std::string_view::npos) continue;  // DIRECT
    const std::string_view kind = entry.substr(0, blank);
    const auto at = entry.find_first_not_of(" \t", blank);
    const auto last = entry.find_last_not_of(" \t\r\n");
    if (at == std::string_view::npos || last < at) continue;
    const char* scheme = kind == "PROXY" || kind == "HTTP"     ? "http"
                         : kind == "HTTPS"                     ? "https"
                         : kind == "SOCKS" || kind == "SOCKS5" ? "socks5h"
                         : kind == "SOCKS4"                    ? "socks4a"
                                                               : nullptr;
    if (scheme == nullptr) continue;
    auto proxy = Proxy::parse(fmt::format("{}://{}", scheme, entry.substr(at, last - at + 1)));
    if (proxy) proxies.push_back(std::move(*proxy));
  }
  return proxies;
}

base::Result<std::vector<Proxy>> proxies_of_pac(const std::string& source, const std::string& host,
                                                std::uint16_t port) {
  const auto script = load(source);
  if (!script) return std::unexpected(script.error());
  const std::string url =
      port == 443 ? fmt::format("https://{}/", host) : fmt::format("https://{}:{}/", host, port);
  const auto answer = run(source, *script, url, host);
  if (!answer) return std::unexpected(answer.error());
  return proxies_of_answer(*answer);
}

}  // namespace vistime::transport::reach
