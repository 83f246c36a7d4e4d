// A network of the test's own, where the test says what names mean: a child process in fresh namespaces, with loopback
// and one name server, of which the rest of the machine sees nothing.
#pragma once

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace vistime::transport {

// What the name server answers: the addresses of a name in this order, none for one that exists without any. A name
// that is missing here does not exist; of "silent.test" it never says anything.
using Names = std::map<std::string, std::vector<std::string>>;

namespace detail {

inline void append_u16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value));
}

// RFC 1035 section 4: of the one question that the system's resolver asks; empty for silence.
inline std::string dns_answer(const std::string& query, const Names& names) {
  constexpr std::size_t kHeader = 12;
  constexpr std::array<std::pair<std::uint16_t, int>, 2> kTypes = {{{1, AF_INET}, {28, AF_INET6}}};
  std::string name;
  std::size_t at = kHeader;
  while (at < query.size() && query[at] != 0) {
    const auto size = static_cast<std::uint8_t>(query[at]);
    name += (name.empty() ? "" : ".") + query.substr(at + 1, size);
    at += 1U + size;
  }
  if (at + 5 > query.size() || name == "silent.test") return {};
  const auto type = static_cast<std::uint8_t>(query[at + 2]);
  const auto known = names.find(name);
  std::size_t count = 0;
  std::string records;
  for (const auto& [number, family] : kTypes) {
    if (number != type || known == names.end()) continue;
    for (const std::string& address : known->second) {
      std::array<char, sizeof(in6_addr)> bytes{};
      if (::inet_pton(family, address.c_str(), bytes.data()) != 1) continue;
      const std::size_t size = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
      append_u16(records, 0xC000 + kHeader);  // the question's name
      append_u16(records, number);
      append_u16(records, 1);  // IN
      records.append(4, '\0');
      append_u16(records, size);
      records.append(bytes.data(), size);
      ++count;
    }
  }
  std::string out = query.substr(0, 2);
  append_u16(out, known == names.end() ? 0x8183 : 0x8180);  // NXDOMAIN or all is well
  append_u16(out, 1);
  append_u16(out, count);
  out.append(4, '\0');
  return out + query.substr(kHeader, at + 5 - kHeader) + records;
}

inline int name_server_socket() {
  const int server = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ? server : -1;
}

// Until the process ends.
inline void serve_names(int server, const Names& names) {
  for (;;) {
    std::string query(512, 0);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto got =
        ::recvfrom(server, query.data(), query.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got <= 0) continue;
    query.resize(static_cast<std::size_t>(got));
    const std::string answer = dns_answer(query, names);
    if (answer.empty()) continue;
    (void)::sendto(server, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

inline bool write_file(const std::filesystem::path& path, const std::string& text) {
  return static_cast<bool>(std::ofstream(path) << text << std::flush);
}

// Namespaces work for users as for root: who is not root becomes it in one of their own.
inline bool enter_own_network(const std::filesystem::path& folder) {
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  const bool root = user == "0";
  if (::unshare(CLONE_NEWNS | CLONE_NEWNET | (root ? 0 : CLONE_NEWUSER)) != 0) return false;
  if (!root &&
      (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", "0 " + user + " 1") ||
       !write_file("/proc/self/gid_map", "0 " + group + " 1")))
    return false;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  for (const char* name : {"resolv.conf", "nsswitch.conf"}) {
    const auto target = std::filesystem::path("/etc") / name;
    if (::mount((folder / name).c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) return false;
  }
  const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  loopback.ifr_name[0] = 'l';
  loopback.ifr_name[1] = 'o';
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ::ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
  ::close(any);
  return up;
}

}  // namespace detail

// Runs `what` there and answers what it answers; text in brackets where such a network cannot be made.
inline std::string in_own_network(const Names& names, const std::function<std::string()>& what) {
  std::string pattern = (std::filesystem::temp_directory_path() / "vistime-test-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  // One question, one second: what the resolver does with silence is the same, only sooner.
  detail::write_file(folder / "resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  detail::write_file(folder / "nsswitch.conf", "hosts: dns\n");
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "[no pipe]";
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said = "[no network of its own]";
    int server = -1;
    if (detail::enter_own_network(folder) && (server = detail::name_server_socket()) >= 0) {
      std::thread([server, names] { detail::serve_names(server, names); }).detach();
      said = what();
    }
    (void)!::write(ends[1], said.data(), said.size());
    ::_exit(0);  // also while the resolver still waits: that cannot be interrupted
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 1024> block{};
  for (ssize_t got = 0; (got = ::read(ends[0], block.data(), block.size())) > 0;)
    said.append(block.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  if (child > 0) (void)::waitpid(child, nullptr, 0);
  std::filesystem::remove_all(folder);
  return said;
}

}  // namespace vistime::transport
