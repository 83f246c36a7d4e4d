#include "server/vistimed/server.hpp"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "server/common/http_testing.hpp"
#include "server/vistimed/exit_code.hpp"

namespace vistime::server {
namespace {

using nlohmann::json;

class WholeServer : public testing::Test {
 protected:
  Settings settings(const std::string& folder = "data") const {
    Settings with;
    with.data = (folder_.path() / folder).string();
    with.bind = "127.0.0.1";
    with.https_port = with.http_port = with.master_port = with.conference_port = 0;
    with.host_names = {"localhost"};
    with.workers = 2;
    return with;
  }
  HttpClient client(std::uint16_t port, const std::string& folder = "data") const {
    const auto ca = folder_.path() / folder / "tls" / "ca.pem";
    return HttpClient(Origin{"localhost", std::to_string(port)},
                      transport::make_client_tls(ca.string()).value());
  }
  static Response get(const HttpClient& client, const std::string& path) {
    auto answer = run_to_end(client.ask(Request(http::verb::get, path, 11)));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? *answer : Response();
  }
  static json create(const HttpClient& client) {
    Request request(http::verb::post, "/api/v1/rooms", 11);
    request.set(http::field::content_type, "application/json");
    request.body() = R"({"name":"Weekly","key_check":"00112233445566778899aabbccddeeff"})";
    auto answer = run_to_end(client.ask(std::move(request)));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? json::parse(answer->body()) : json();
  }
  TemporaryFolder folder_;
  base::SystemClock clock_;
};

TEST_F(WholeServer, every_entrance_serves_its_roles) {
  auto server = Server::start(settings(), clock_);
  ASSERT_TRUE(server) << server.error().message;
  const Ports ports = (*server)->ports();
  const HttpClient https = client(ports.https);
  EXPECT_EQ(get(https, "/healthz").body(), "ok\n");
  EXPECT_EQ(get(https, "/readyz").result_int(), 200U);
  EXPECT_NE(get(https, "/metrics").body().find("vistime_connections"), std::string::npos);
  const json room = create(https);
  ASSERT_TRUE(room.contains("room")) << room.dump();
  const std::string path = "/api/v1/rooms/" + room["room"].get<std::string>();
  EXPECT_EQ(get(client(ports.master), path).result_int(), 200U);
  EXPECT_EQ(get(client(ports.conference), path).result_int(), 404U);
  EXPECT_EQ(get(https, room["path"]).result_int(), 200U);
}

TEST_F(WholeServer, rooms_outlive_a_restart) {
  auto first = Server::start(settings(), clock_);
  ASSERT_TRUE(first) << first.error().message;
  const json room = create(client((*first)->ports().https));
  first->reset();
  auto second = Server::start(settings(), clock_);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE((*second)->certificate_made());
  const std::string path = "/api/v1/rooms/" + room["room"].get<std::string>();
  EXPECT_EQ(get(client((*second)->ports().https), path).result_int(), 200U);
}

TEST_F(WholeServer, an_edge_relays_to_roles_in_other_processes) {
  for (const char* name : {"conference", "edge"}) {
    std::filesystem::create_directories(folder_.path() / name / "tls");
  }
  ASSERT_TRUE(ensure_certificates(folder_.path() / "master" / "tls", {"localhost"}, clock_.wall()));
  for (const char* name : {"conference", "edge"}) {
    for (const char* file : {"ca.pem", "ca.key"}) {
      std::filesystem::copy_file(folder_.path() / "master" / "tls" / file,
                                 folder_.path() / name / "tls" / file);
    }
  }
  auto data = DataFolder::open(folder_.path() / "master");
  folder_.write("keys.json", TokenSigner(data->token_seed().value()).key_set());
  {
    const DataFolder released = std::move(*data);
  }

  Settings conference_settings = settings("conference");
  conference_settings.roles = {"conference"};
  conference_settings.token_keys = (folder_.path() / "keys.json").string();
  auto conference = Server::start(conference_settings, clock_);
  ASSERT_TRUE(conference) << conference.error().message;

  Settings master_settings = settings("master");
  master_settings.roles = {"master"};
  master_settings.conference_at = fmt::format("https://localhost:{}", (*conference)->ports().conference);
  master_settings.upstream_ca_file = (folder_.path() / "master" / "tls" / "ca.pem").string();
  auto master = Server::start(master_settings, clock_);
  ASSERT_TRUE(master) << master.error().message;

  Settings edge_settings = settings("edge");
  edge_settings.roles = {"edge"};
  edge_settings.conference_at = master_settings.conference_at;
  edge_settings.master_at = fmt::format("https://localhost:{}", (*master)->ports().master);
  edge_settings.upstream_ca_file = master_settings.upstream_ca_file;
  auto edge = Server::start(edge_settings, clock_);
  ASSERT_TRUE(edge) << edge.error().message;

  const HttpClient front = client((*edge)->ports().https, "edge");
  const json room = create(front);
  ASSERT_TRUE(room.contains("room")) << room.dump();
  Request look(http::verb::get, "/api/v1/rooms/" + room["room"].get<std::string>(), 11);
  look.set(http::field::authorization, "Bearer " + room["host_key"].get<std::string>());
  auto answer = run_to_end(front.ask(std::move(look)));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(json::parse(answer->body())["participants"], 0) << answer->body();
}

TEST_F(WholeServer, the_network_page_tells_the_ports_that_are_bound_and_remembers_its_version) {
  std::uint64_t version = 0;
  for (const char* address : {"192.0.2.10", "192.0.2.11"}) {
    Settings with = settings();
    with.public_addresses = {address};
    auto server = Server::start(with, clock_);
    ASSERT_TRUE(server) << server.error().message;
    const Ports ports = (*server)->ports();
    const HttpClient https = client(ports.https);
    const json data = json::parse(get(https, "/network.json").body());
    EXPECT_GT(data["version"], version);
    version = data["version"];
    EXPECT_EQ(data["names"][0], "localhost");
    EXPECT_EQ(data["addresses"]["ipv4"][0], address);
    EXPECT_EQ(data["ports"][0]["port"], ports.https);
    EXPECT_EQ(get(https, "/network").result_int(), 200U);
    // The check in the browser asks the other ports, too.
    for (const std::uint16_t port : {ports.https, ports.master, ports.conference})
      EXPECT_EQ(get(client(port), "/network/reach").body(), "vistime reach\n");
  }
}

TEST_F(WholeServer, a_folder_without_articles_is_a_wrong_setting) {
  Settings with = settings();
  with.help_dir = folder_.path().string();
  const auto server = Server::start(with, clock_);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message.find("help-dir"), std::string::npos) << server.error().message;
  EXPECT_EQ(exit_code_of(server.error()), kExitConfiguration);
}

TEST_F(WholeServer, draining_makes_it_unready_and_ends) {
  auto server = Server::start(settings(), clock_);
  ASSERT_TRUE(server) << server.error().message;
  std::promise<void> done;
  (*server)->drain([&] { done.set_value(); });
  EXPECT_EQ(get(client((*server)->ports().https), "/readyz").result_int(), 503U);
  EXPECT_EQ(create(client((*server)->ports().https))["code"], "draining");
  done.get_future().wait();
}

TEST_F(WholeServer, what_keeps_it_from_starting_has_its_exit_code) {
  auto running = Server::start(settings(), clock_);
  ASSERT_TRUE(running) << running.error().message;
  EXPECT_EQ(exit_code_of(Server::start(settings(), clock_).error()), kExitUnavailable);
  Settings taken = settings("other");
  taken.https_port = (*running)->ports().https;
  EXPECT_EQ(exit_code_of(Server::start(taken, clock_).error()), kExitUnavailable);
  std::filesystem::create_directories(folder_.path() / "newer");
  folder_.write("newer/version", "99\n");
  EXPECT_EQ(exit_code_of(Server::start(settings("newer"), clock_).error()), kExitNewerData);
  folder_.write("file", "");
  EXPECT_EQ(exit_code_of(Server::start(settings("file"), clock_).error()), kExitDisk);
  Settings unreadable = settings("third");
  unreadable.tls_cert = unreadable.tls_key = "/nonexistent.pem";
  EXPECT_EQ(exit_code_of(Server::start(unreadable, clock_).error()), kExitConfiguration);
}

}  // namespace
}  // namespace vistime::server
