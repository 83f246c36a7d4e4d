// Delay, jitter and loss for a lab's packets, where the kernel has no netem.
//
//   impair --delay-ms D --jitter-ms J --loss-percent L QUEUE…
//
// Takes each packet of the NFQUEUE queues named and says later, or never, that it may go on. The kernel holds the
// packets; here are only their numbers and when each is due. Order is kept, as on one line. One queue is one
// direction, served by its own thread. Raw netlink, so that no library is needed.
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <optional>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

// The kernel drops what exceeds this: a second of small packets at 1 Gbit/s is far below it.
constexpr std::uint32_t kQueuedPackets = 1U << 16;
constexpr int kReceiveBufferBytes = 16 << 20;
constexpr std::size_t kMessageBytes = 8192;
constexpr std::chrono::milliseconds kIdle{200};

struct Line {
  Milliseconds delay{0};
  Milliseconds jitter{0};
  double loss = 0;  // 0 to 1
};

struct Held {
  Clock::time_point due;
  std::uint32_t packet = 0;
  bool dropped = false;
};

// A netlink request to the queue subsystem, built attribute by attribute.
class Request {
 public:
  Request(int type, std::uint16_t queue) : size_(sizeof(nlmsghdr) + sizeof(nfgenmsg)) {
    auto* header = reinterpret_cast<nlmsghdr*>(bytes_.data());
    header->nlmsg_type = static_cast<std::uint16_t>((NFNL_SUBSYS_QUEUE << 8) | type);
    header->nlmsg_flags = NLM_F_REQUEST;
    auto* family = reinterpret_cast<nfgenmsg*>(header + 1);
    family->nfgen_family = AF_UNSPEC;
    family->version = NFNETLINK_V0;
    family->res_id = htons(queue);
  }

  template <typename T>
  Request& add(int type, const T& value) {
    const std::size_t at = size_;
    size_ += NLA_ALIGN(NLA_HDRLEN + sizeof value);
    if (size_ > bytes_.size()) throw std::length_error("a request of too many attributes");
    const nlattr head{static_cast<std::uint16_t>(NLA_HDRLEN + sizeof value),
                      static_cast<std::uint16_t>(type)};
    std::memcpy(bytes_.data() + at, &head, sizeof head);
    std::memcpy(bytes_.data() + at + NLA_HDRLEN, &value, sizeof value);
    return *this;
  }

  void send(int socket) {
    reinterpret_cast<nlmsghdr*>(bytes_.data())->nlmsg_len = static_cast<std::uint32_t>(size_);
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    const auto* address = reinterpret_cast<const sockaddr*>(&kernel);
    while (sendto(socket, bytes_.data(), size_, 0, address, sizeof kernel) < 0) {
      if (errno != EINTR && errno != EAGAIN && errno != ENOBUFS)
        throw std::system_error(errno, std::generic_category());
    }
  }

 private:
  // The longest request has two attributes.
  alignas(nlmsghdr) std::array<char, 128> bytes_{};
  std::size_t size_;
};

// The number of the packet that a message from the kernel is about; none when it is about something else.
std::optional<std::uint32_t> packet_of(const nlmsghdr* message) {
  if (message->nlmsg_type != ((NFNL_SUBSYS_QUEUE << 8) | NFQNL_MSG_PACKET)) return std::nullopt;
  const auto* at = reinterpret_cast<const char*>(NLMSG_DATA(message)) + NLMSG_ALIGN(sizeof(nfgenmsg));
  const char* end = reinterpret_cast<const char*>(message) + message->nlmsg_len;
  while (at + NLA_HDRLEN <= end) {
    nlattr head{};
    std::memcpy(&head, at, sizeof head);
    if (head.nla_len < NLA_HDRLEN || at + head.nla_len > end) return std::nullopt;
    if ((head.nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
      nfqnl_msg_packet_hdr packet{};
      if (head.nla_len < NLA_HDRLEN + sizeof packet) return std::nullopt;
      std::memcpy(&packet, at + NLA_HDRLEN, sizeof packet);
      return std::uint32_t{packet.packet_id};
    }
    at += NLA_ALIGN(head.nla_len);
  }
  return std::nullopt;
}

class Queue {
 public:
  Queue(std::uint16_t number, const Line& line)
      : number_(number),
        line_(line),
        socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)) {
    if (socket_ < 0) throw std::system_error(errno, std::generic_category(), "netlink");
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
    // A burst that overflows the buffer loses packets, as lines do; it must not end the line.
    const int on = 1;
    setsockopt(socket_, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
    Request(NFQNL_MSG_CONFIG, number_)
        .add(NFQA_CFG_CMD, nfqnl_msg_config_cmd{NFQNL_CFG_CMD_BIND, 0, htons(AF_INET)})
        .send(socket_);
    Request(NFQNL_MSG_CONFIG, number_)
        .add(NFQA_CFG_PARAMS, nfqnl_msg_config_params{0, NFQNL_COPY_META})
        .add(NFQA_CFG_QUEUE_MAXLEN, htonl(kQueuedPackets))
        .send(socket_);
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() { close(socket_); }

  [[noreturn]] void serve() {
    // Without this the kernel rounds every wait up by 50 microseconds and more.
    prctl(PR_SET_TIMERSLACK, 1);
    while (true) {
      release_due();
      wait();
      receive();
    }
  }

 private:
  void release_due() {
    for (; !held_.empty() && held_.front().due <= Clock::now(); held_.pop()) {
      const nfqnl_msg_verdict_hdr verdict{htonl(held_.front().dropped ? NF_DROP : NF_ACCEPT),
                                          held_.front().packet};
      Request(NFQNL_MSG_VERDICT, number_).add(NFQA_VERDICT_HDR, verdict).send(socket_);
    }
  }

  void wait() const {
    const auto left = held_.empty() ? Clock::duration(kIdle)
                                    : std::max(held_.front().due - Clock::now(), Clock::duration(0));
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec time{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    pollfd watched{socket_, POLLIN, 0};
    ppoll(&watched, 1, &time, nullptr);
  }

  void receive() {
    alignas(nlmsghdr) char bytes[kMessageBytes];
    ssize_t size = 0;
    while ((size = recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
      auto* message = reinterpret_cast<nlmsghdr*>(bytes);
      for (auto left = static_cast<std::uint32_t>(size); NLMSG_OK(message, left);
           message = NLMSG_NEXT(message, left)) {
        if (message->nlmsg_type == NLMSG_ERROR) {
          const int error = reinterpret_cast<const nlmsgerr*>(NLMSG_DATA(message))->error;
          if (error != 0 && held_.empty()) throw std::system_error(-error, std::generic_category(), "queue");
        }
        if (const auto packet = packet_of(message)) hold(*packet);
      }
    }
  }

  void hold(std::uint32_t packet) {
    const bool dropped = unit_(random_) < line_.loss;
    const auto wait = line_.delay + line_.jitter * (2 * unit_(random_) - 1);
    const auto due =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::max(wait, Milliseconds(0)));
    // A later packet never overtakes: routers do not reorder within a connection.
    last_due_ = std::max(last_due_, due);
    held_.push({last_due_, packet, dropped});
  }

  std::uint16_t number_;
  Line line_;
  int socket_;
  std::queue<Held> held_;
  Clock::time_point last_due_;
  // The same losses in every run: a network that fails once can be looked at again.
  std::mt19937_64 random_{number_ + 1U};
  std::uniform_real_distribution<double> unit_{0, 1};
};

template <typename T>
T number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument("not a number: " + std::string(text));
  }
  return value;
}

struct Order {
  Line line;
  std::vector<std::uint16_t> queues;
};

Order parse(const std::vector<std::string_view>& arguments) {
  Order order;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const auto argument = arguments[at];
    if (!argument.starts_with("--")) {
      order.queues.push_back(number<std::uint16_t>(argument));
      continue;
    }
    if (++at == arguments.size())
      throw std::invalid_argument("a value is missing after " + std::string(argument));
    const auto value = number<double>(arguments[at]);
    if (argument == "--delay-ms") {
      order.line.delay = Milliseconds(value);
    } else if (argument == "--jitter-ms") {
      order.line.jitter = Milliseconds(value);
    } else if (argument == "--loss-percent") {
      order.line.loss = value / 100;
    } else {
      throw std::invalid_argument("unknown: " + std::string(argument));
    }
  }
  if (order.queues.empty()) throw std::invalid_argument("no queue is named");
  return order;
}

void serve(std::uint16_t queue, const Line& line) {
  try {
    Queue(queue, line).serve();
  } catch (const std::exception& error) {
    std::cerr << "impair: queue " << queue << ": " << error.what() << '\n';
    // One direction alone would be another line than the one asked for.
    ::_exit(1);
  }
}

}  // namespace

int main(int count, char** arguments) {
  Order order;
  try {
    order = parse({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::cerr << "impair: " << error.what()
              << "\nimpair --delay-ms D --jitter-ms J --loss-percent L QUEUE…\n";
    return 2;
  }
  std::vector<std::jthread> threads;
  threads.reserve(order.queues.size());
  for (const auto queue : order.queues) threads.emplace_back(serve, queue, order.line);
}
