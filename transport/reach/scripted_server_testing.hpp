// A server on loopback that answers each request as the test says: for proxies and web servers that misbehave.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace vistime::transport::reach {

struct ScriptedAnswer {
  std::string text;
  bool close = false;                      // after it
  std::chrono::milliseconds each_byte{0};  // pause after each
};

class ScriptedServer {
 public:
  // Called with a request's head and how many came before it, on all connections together.
  using Script = std::function<ScriptedAnswer(const std::string& head, std::size_t number)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    (void)::listen(listener_, 16);
    (void)::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~ScriptedServer() {
    thread_.request_stop();
    thread_.join();
    connections_.clear();
    ::close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string port_text() const { return std::to_string(port_); }
  std::vector<std::string> heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
  }

 private:
  static bool readable(int socket) {
    pollfd waiting{socket, POLLIN, 0};
    return ::poll(&waiting, 1, 20) > 0;
  }
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!readable(listener_)) continue;
      const int socket = ::accept(listener_, nullptr, nullptr);
      connections_.emplace_back([this, socket](const std::stop_token& end) { talk(socket, end); });
    }
  }
  void talk(int socket, const std::stop_token& stop) {
    std::string read;
    while (!stop.stop_requested()) {
      if (!readable(socket)) continue;
      char block[4096];
      const auto size = ::recv(socket, block, sizeof block, 0);
      if (size <= 0) break;
      read.append(block, static_cast<std::size_t>(size));
      const auto end = read.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      const ScriptedAnswer answer = next(read.substr(0, end + 4));
      read.erase(0, end + 4);
      if (!send(socket, answer, stop) || answer.close) break;
    }
    ::close(socket);
  }
  ScriptedAnswer next(std::string head) {
    const std::lock_guard lock(mutex_);
    heads_.push_back(std::move(head));
    return script_(heads_.back(), heads_.size() - 1);
  }
  static bool send(int socket, const ScriptedAnswer& answer, const std::stop_token& stop) {
    if (answer.each_byte.count() == 0) {
      const auto size = static_cast<ssize_t>(answer.text.size());
      return ::send(socket, answer.text.data(), answer.text.size(), MSG_NOSIGNAL) == size;
    }
    for (const char each : answer.text) {
      if (stop.stop_requested() || ::send(socket, &each, 1, MSG_NOSIGNAL) != 1) return false;
      std::this_thread::sleep_for(answer.each_byte);
    }
    return true;
  }

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::string> heads_;
  std::vector<std::jthread> connections_;  // the accepting thread's
  std::jthread thread_;
};

}  // namespace vistime::transport::reach
