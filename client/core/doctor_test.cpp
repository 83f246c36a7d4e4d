#include "client/core/doctor.hpp"

#include <gtest/gtest.h>

#include "client/core/tls_server_testing.hpp"

namespace vistime::client {
namespace {

ExaminedRoute route(const char* channel, const char* name, std::uint16_t port, const char* code = nullptr) {
  ExaminedRoute out{.channel = channel, .route = name, .proxy = {}, .port = port, .took = {}, .failed = {}};
  if (code != nullptr) out.failed = base::Error{base::ErrorKind::kUnreachable, code, "…"};
  return out;
}

Verdict verdict_of(std::vector<ExaminedRoute> routes, std::string* best = nullptr) {
  Diagnosis diagnosis;
  diagnosis.server = {"meet.example.org", 443};
  diagnosis.routes = std::move(routes);
  judge(diagnosis);
  if (best != nullptr) *best = diagnosis.best;
  return diagnosis.verdict;
}

TEST(Doctor, a_websocket_on_the_sites_port_is_good_also_through_a_proxy) {
  std::string best;
  EXPECT_EQ(verdict_of({route("conference", "wss-443", 443), route("master", "https-443", 443)}),
            Verdict::kGood);
  EXPECT_EQ(verdict_of({route("conference", "wss-443", 443, "tcp-timeout"),
                        route("conference", "wss-443-proxy", 443), route("master", "https-443-proxy", 443)},
                       &best),
            Verdict::kGood);
  EXPECT_EQ(best, "wss-443-proxy");
}

TEST(Doctor, other_ports_and_plain_requests_are_fallbacks) {
  EXPECT_EQ(verdict_of({route("conference", "wss-443", 443, "upgrade-refused"),
                        route("conference", "https-443", 443), route("master", "https-443", 443)}),
            Verdict::kFallback);
  EXPECT_EQ(verdict_of({route("conference", "wss-12001", 12001), route("master", "https-12000", 12000)}),
            Verdict::kFallback);
}

TEST(Doctor, without_either_channel_there_is_no_meeting) {
  EXPECT_EQ(
      verdict_of({route("conference", "wss-443", 443), route("master", "https-443", 443, "tls-failed")}),
      Verdict::kNothing);
  EXPECT_EQ(verdict_of({route("conference", "wss-443", 443, "starved"), route("master", "https-443", 443)}),
            Verdict::kNothing);
}

TEST(Doctor, every_code_belongs_to_a_layer) {
  EXPECT_EQ(to_string(layer_of("dns-timeout")), "dns");
  EXPECT_EQ(to_string(layer_of("tcp-refused")), "tcp");
  EXPECT_EQ(to_string(layer_of("proxy-auth")), "proxy");
  EXPECT_EQ(to_string(layer_of("tls-untrusted")), "tls");
  EXPECT_EQ(to_string(layer_of("upgrade-refused")), "upgrade");
  EXPECT_EQ(to_string(layer_of("starved")), "first-message");
  EXPECT_EQ(to_string(layer_of("something new")), "http");
}

TEST(Doctor, the_update_check_does_not_decide_whether_a_meeting_works) {
  EXPECT_EQ(verdict_of({route("conference", "wss-443", 443), route("master", "https-443", 443),
                        route("update", "http-80", 80, "transformed")}),
            Verdict::kGood);
  EXPECT_EQ(verdict_of({route("update", "http-80", 80)}), Verdict::kNothing);
}

TEST(Doctor, rules_are_for_what_the_site_says_else_for_what_is_known_here) {
  Diagnosis diagnosis;
  diagnosis.server = {"meet.example.org", 443};
  diagnosis.addresses = {"192.0.2.7", "2001:db8::7"};
  const auto guessed = record_of(diagnosis);
  EXPECT_EQ(guessed.content.names, std::vector<std::string>{"meet.example.org"});
  EXPECT_EQ(guessed.content.ipv4, std::vector<std::string>{"192.0.2.7"});
  EXPECT_EQ(guessed.content.ipv6, std::vector<std::string>{"2001:db8::7"});
  EXPECT_EQ(guessed.content.open_tcp_ports(), (std::vector<std::uint16_t>{80, 443, 12000, 12001}));
  diagnosis.measured.emplace().record = site::NetworkRecord();
  diagnosis.measured->record->version = 7;
  EXPECT_EQ(record_of(diagnosis).version, 7U);
  diagnosis.measured.reset();
  diagnosis.server.port = 8443;
  EXPECT_EQ(record_of(diagnosis).content.open_tcp_ports(), std::vector<std::uint16_t>{8443});
}

TEST(Doctor, takes_every_route_and_tells_as_it_goes) {
  const TlsServerForTest server(http_answer("200 OK", "{}"));
  std::size_t done = 0, all = 0;
  const auto diagnosis = examine({.server = {"localhost", server.port()},
                                  .ca_file = server.certificate_file(),
                                  .silence = std::chrono::seconds(0)},
                                 [&](const DoctorProgress& progress) {
                                   EXPECT_GE(progress.done, done);
                                   done = progress.done;
                                   all = progress.all;
                                 });
  ASSERT_TRUE(diagnosis) << diagnosis.error().message;
  EXPECT_EQ(done, all);
  EXPECT_EQ(all, diagnosis->routes.size() + 1);
  EXPECT_EQ(diagnosis->verdict, Verdict::kNothing);  // this server knows no links
  const auto* master = diagnosis->find("master", "https-" + std::to_string(server.port()));
  ASSERT_NE(master, nullptr);
  EXPECT_FALSE(master->failed);
  const auto* link = diagnosis->find("conference", "wss-" + std::to_string(server.port()));
  ASSERT_NE(link, nullptr);
  ASSERT_TRUE(link->failed);
  EXPECT_EQ(link->failed->code, "upgrade-refused");
}

}  // namespace
}  // namespace vistime::client
