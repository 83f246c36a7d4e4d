// A master role with its routes, its data in a temporary folder, and a conference role that only takes notes.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/master/master_role.hpp"
#include "server/master/sqlite_rooms.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server::master {

// Runs one coroutine to its end on a context of its own; what it throws is thrown on.
template <typename T>
T run(Task<T> task) {
  asio::io_context context{1};
  std::optional<T> result;
  std::exception_ptr thrown;
  asio::co_spawn(context.get_executor(), std::move(task), [&](std::exception_ptr error, T value) {
    thrown = error;
    result.emplace(std::move(value));
  });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

inline Room make_room(std::string id, base::WallTime now) {
  Room room;
  room.id = std::move(id);
  room.name = "Weekly";
  room.max_participants = 25;
  room.key_check = std::string(32, 'a');
  room.host_key_hash = std::string(64, 'b');
  room.created = room.used = now;
  return room;
}

class FakeConference final : public ConferenceControl {
 public:
  Task<base::Result<void>> close_room(std::string room) override {
    if (failure) co_return std::unexpected(*failure);
    closed.push_back(std::move(room));
    co_return base::Result<void>();
  }
  Task<base::Result<RoomStatus>> room_status(std::string) override {
    if (failure) co_return std::unexpected(*failure);
    co_return status;
  }
  std::optional<base::Error> failure;
  RoomStatus status;
  std::vector<std::string> closed;
};

// The real thing, with a disk that fails when told to.
class FailingRooms final : public Rooms {
 public:
  explicit FailingRooms(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}
  Task<base::Result<void>> create(Room room, std::uint64_t limit) override {
    if (create_failures > 0) {
      --create_failures;
      co_return std::unexpected(failure);
    }
    co_return co_await rooms_->create(std::move(room), limit);
  }
  Task<base::Result<Room>> find(std::string id) override {
    if (fail_reads) co_return std::unexpected(failure);
    co_return co_await rooms_->find(std::move(id));
  }
  Task<base::Result<void>> set_used(std::string id, base::WallTime now) override {
    if (fail_writes) co_return std::unexpected(failure);
    co_return co_await rooms_->set_used(std::move(id), now);
  }
  Task<base::Result<void>> set_closed(std::string id, base::WallTime now) override {
    if (fail_writes) co_return std::unexpected(failure);
    co_return co_await rooms_->set_closed(std::move(id), now);
  }
  Task<base::Result<std::vector<std::string>>> unused(base::WallTime before, std::uint32_t limit) override {
    return rooms_->unused(before, limit);
  }
  Task<base::Result<void>> forget(std::string id) override { return rooms_->forget(std::move(id)); }
  Task<base::Result<std::uint64_t>> forget_closed(base::WallTime before) override {
    return rooms_->forget_closed(before);
  }
  base::Error failure{base::ErrorKind::kOverloaded, "disk-full", "the disk is full"};
  int create_failures = 0;
  bool fail_reads = false;
  bool fail_writes = false;

 private:
  const std::unique_ptr<Rooms> rooms_;
};

struct MasterTest : testing::Test {
  using Headers = std::map<std::string, std::string>;
  using json = nlohmann::json;

  MasterTest() { open(); }
  ~MasterTest() override { close(); }

  // As a process that starts anew on the same data.
  void open() {
    workers = std::make_unique<Workers>(1);
    registry = std::make_unique<prometheus::Registry>();
    router = Router();
    auto opened = std::make_unique<FailingRooms>(SqliteRooms::open(folder.path() / "master.db").value());
    rooms = opened.get();
    role = std::make_unique<MasterRole>(*workers, clock, std::move(opened), signer, conference, settings,
                                        *registry);
    role->register_routes(router);
    workers->start();
  }
  void close() {
    workers->stop();
    role.reset();
  }
  void reopen() {
    close();
    open();
  }

  Response ask(http::verb method, const std::string& path, const std::string& body = "",
               const Headers& headers = {}) {
    Request request(method, path, 11);
    request.body() = body;
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : headers) request.set(name, value);
    const Target target = parse_target(path).value();
    const auto match = router.find(method, target);
    if (match.handler == nullptr) throw std::runtime_error("no route to " + path);
    return run((*match.handler)(request, target, peer));
  }
  Response create(json members = json::object()) {
    members.emplace("name", "Weekly");
    members.emplace("key_check", std::string(32, '0'));
    return ask(http::verb::post, "/api/v1/rooms", members.dump());
  }
  Response join(const std::string& room, json members = json::object()) {
    members.emplace("name", "Ada");
    members.emplace("device", "abcdefghijklmnopqrstuv");
    return ask(http::verb::post, "/api/v1/rooms/" + room + "/join", members.dump());
  }
  Response show(const std::string& room, const std::string& host_key = "") {
    return ask(http::verb::get, "/api/v1/rooms/" + room, "", bearer(host_key));
  }
  Response remove(const std::string& room, const std::string& host_key) {
    return ask(http::verb::delete_, "/api/v1/rooms/" + room, "", bearer(host_key));
  }
  static Headers bearer(const std::string& key) {
    return key.empty() ? Headers() : Headers{{"Authorization", "Bearer " + key}};
  }
  static json body_of(const Response& response) { return json::parse(response.body()); }
  // "403 wrong-password"; checks that it is a problem document.
  static std::string refusal_of(const Response& response) {
    if (response[http::field::content_type] != "application/problem+json") return "no problem document";
    const json document = body_of(response);
    if (document["status"] != response.result_int() || document["detail"].get<std::string>().empty())
      return "unlike";
    return std::to_string(response.result_int()) + " " + document["code"].get<std::string>();
  }
  void keep_house() {
    asio::io_context context{1};
    std::exception_ptr thrown;
    auto there = [this]() -> Task<void> {
      co_await asio::co_spawn(workers->of("master"), role->forget_unused_rooms(), transport::use_task);
    };
    asio::co_spawn(context.get_executor(), there(), [&](std::exception_ptr error) { thrown = error; });
    context.run();
    if (thrown) std::rethrow_exception(thrown);
  }
  // The counter's value; -1 when it was never touched.
  double counted(const std::string& name, const std::string& result = "") const {
    for (const auto& family : registry->Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        if (result.empty() || (!metric.label.empty() && metric.label[0].value == result))
          return metric.counter.value;
      }
    }
    return -1;
  }

  const TemporaryFolder folder;
  base::ManualClock clock;
  const TokenSigner signer{base::Bytes(32, 7)};
  FakeConference conference;
  MasterSettings settings;
  Peer peer{"192.0.2.1", 5000, true};
  std::unique_ptr<Workers> workers;
  std::unique_ptr<prometheus::Registry> registry;
  Router router;
  std::unique_ptr<MasterRole> role;
  FailingRooms* rooms = nullptr;  // the role's
};

}  // namespace vistime::server::master
