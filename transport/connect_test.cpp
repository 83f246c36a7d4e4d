#include "transport/connect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "transport/own_network_testing.hpp"

namespace vistime::transport {
namespace {

using std::chrono::milliseconds;
using testing::StartsWith;

constexpr const char* kPort = "4430";
// Far beyond what any of this takes: a deadline that must not be what ends it.
constexpr milliseconds kLong{30'000};

// Listens for as long as the process runs. One that is full answers nobody who comes later, as a dead machine does.
void listen_at(const char* address, bool full = false) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(std::stoi(kPort)));
  (void)::inet_pton(AF_INET, address, &at.sin_addr);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int first = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  (void)::bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at);
  (void)::listen(listener, full ? 0 : 8);
  if (full) (void)::connect(first, reinterpret_cast<sockaddr*>(&at), sizeof at);
}

Task<void> tell(std::string host, milliseconds limit, std::string& said) {
  const auto socket =
      co_await connect_socket(std::move(host), kPort, std::chrono::steady_clock::now() + limit);
  said = socket ? socket->remote_endpoint().address().to_string()
                : socket.error().code + ": " + socket.error().message;
}

// The address that was reached, or the error's code and words. Only in a child: its context is left as it is, because
// its end would wait for the resolver.
std::string connect_to(const std::string& host, milliseconds limit = kLong) {
  auto* context = new asio::io_context(1);  // NOLINT(cppcoreguidelines-owning-memory)
  std::string said;
  asio::co_spawn(context->get_executor(), tell(host, limit, said), asio::detached);
  while (said.empty() && context->run_one() > 0) {
  }
  return said;
}

TEST(ConnectSocket, of_several_addresses_the_one_that_answers_is_taken_wherever_it_stands) {
  for (const char* alive : {"127.0.1.1", "127.0.1.2", "127.0.1.3"}) {
    EXPECT_EQ(in_own_network({{"meet.test", {"127.0.1.1", "127.0.1.2", "127.0.1.3"}}},
                             [&] {
                               listen_at(alive);
                               return connect_to("meet.test");
                             }),
              alive);
  }
}

TEST(ConnectSocket, an_address_that_is_silent_does_not_hold_up_the_next) {
  for (const std::vector<std::string>& order :
       {std::vector<std::string>{"127.0.1.1", "127.0.1.2"}, {"127.0.1.2", "127.0.1.1"}}) {
    EXPECT_EQ(in_own_network({{"meet.test", order}},
                             [] {
                               listen_at("127.0.1.1", true);
                               listen_at("127.0.1.2");
                               return connect_to("meet.test");
                             }),
              "127.0.1.2");
  }
}

TEST(ConnectSocket, a_refusal_is_told_from_silence) {
  const Names names = {{"meet.test", {"127.0.1.1", "127.0.1.2"}}};
  EXPECT_THAT(in_own_network(names, [] { return connect_to("meet.test"); }),
              StartsWith("tcp-refused: meet.test:4430 cannot be reached"));
  EXPECT_EQ(in_own_network(names,
                           [] {
                             listen_at("127.0.1.1", true);
                             listen_at("127.0.1.2", true);
                             return connect_to("meet.test", milliseconds(700));
                           }),
            "tcp-timeout: meet.test:4430 does not answer");
}

// IPv6 alone, on a machine without a way there.
TEST(ConnectSocket, an_address_to_which_no_way_leads_is_said) {
  EXPECT_THAT(in_own_network({{"meet.test", {"2001:db8::7"}}}, [] { return connect_to("meet.test"); }),
              StartsWith("tcp-unreachable: meet.test:4430 cannot be reached"));
  EXPECT_EQ(in_own_network({{"meet.test", {"2001:db8::7", "127.0.1.1"}}},
                           [] {
                             listen_at("127.0.1.1");
                             return connect_to("meet.test");
                           }),
            "127.0.1.1");
}

TEST(ConnectSocket, a_name_that_does_not_exist_or_has_no_address_is_named) {
  for (const char* name : {"missing.test", "empty.test"}) {
    EXPECT_THAT(in_own_network({{"empty.test", {}}}, [&] { return connect_to(name); }),
                StartsWith(std::string("dns: the name ") + name + " cannot be resolved: "));
  }
}

TEST(ConnectSocket, a_name_server_that_is_silent_is_not_waited_for_beyond_the_deadline) {
  const std::string silence = "dns-timeout: the name silent.test cannot be resolved: no name server answers";
  EXPECT_EQ(in_own_network({}, [] { return connect_to("silent.test", milliseconds(100)); }), silence);
  // Where the resolver itself gives up first.
  EXPECT_EQ(in_own_network({}, [] { return connect_to("silent.test"); }), silence);
}

}  // namespace
}  // namespace vistime::transport
