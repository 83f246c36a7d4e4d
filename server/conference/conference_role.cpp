#include "server/conference/conference_role.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "server/common/request_links.hpp"
#include "server/conference/hosted_room.hpp"
#include "server/conference/sqlite_store.hpp"
#include "transport/handshake.hpp"
#include "transport/websocket.hpp"

namespace vistime::server::conference {

using base::Result;
using transport::Carrier;

namespace {

constexpr std::uint32_t kRetryAfterMs = 2'000;

RoomLimits limits_of(const ConferenceSettings& settings) {
  RoomLimits limits;
  limits.max_participants = settings.max_participants_per_room;
  limits.max_waiting = settings.max_waiting_per_room;
  limits.loudest = settings.loudest;
  limits.chat_messages = settings.chat_messages_per_room;
  return limits;
}

void reply_and_close(std::unique_ptr<Carrier> carrier, const vistime::v1::HelloReply& reply) {
  carrier->close(transport::encode_hello_reply(reply));
}

// One outermost handler for a task that nobody awaits.
void log_stray(std::exception_ptr stray) {
  if (!stray) return;
  try {
    std::rethrow_exception(stray);
  } catch (const std::exception& error) {
    spdlog::error("conference: a task failed: {}", error.what());
  }
}

}  // namespace

bool is_room_id(std::string_view text) {
  return text.size() == 10 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

class ConferenceRole::House : public std::enable_shared_from_this<House> {
 public:
  // The rooms of one worker; touched on it only.
  using Shard = std::unordered_map<std::string, std::shared_ptr<HostedRoom>>;

  House(Workers& workers, const base::Clock& clock, std::shared_ptr<const TokenVerifier> tokens,
        const ConferenceSettings& settings, prometheus::Registry& registry)
      : workers_(workers),
        clock_(clock),
        tokens_(std::move(tokens)),
        limits_(limits_of(settings)),
        max_rooms_(settings.max_rooms),
        max_handshakes_(settings.max_handshakes),
        metrics_(registry) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      const transport::Executor executor = workers_.next();
      executors_.push_back(executor);
      shards_.try_emplace(&executor.context());
    }
  }

  Result<void> open(const std::filesystem::path& data) {
    auto store = SqliteStore::open(data / "conference.db",
                                   [this](const std::string& room, std::function<void()> work) {
                                     asio::post(workers_.of(room), std::move(work));
                                   });
    if (!store) return std::unexpected(std::move(store).error());
    store_ = std::move(*store);
    auto rooms = store_->load_inhabited();
    if (!rooms) return std::unexpected(std::move(rooms).error());
    for (StoredRoom& room : *rooms) {
      const transport::Executor executor = workers_.of(room.room.id);
      asio::post(executor, [self = shared_from_this(), room = std::move(room)]() mutable {
        std::ignore = self->host(std::move(room));
      });
    }
    return {};
  }

  // The workers have stopped: timers and connections must go before the executors they are on.
  void shut() {
    for (auto& [context, shard] : shards_) shard.clear();
    store_.reset();
  }

  Task<void> serve(transport::Stream stream, Request request, std::string room) {
    if (handshakes_ >= max_handshakes_) co_return;  // the stream's end closes the connection
    const transport::Executor executor = workers_.of(room);
    auto moved = transport::Stream::move_to(std::move(stream), executor);
    if (!moved) co_return;
    shake_hands(executor, accept(shared_from_this(), std::move(*moved), std::move(request), std::move(room)));
  }

  // On the room's worker: a link over plain requests.
  void serve(std::unique_ptr<Carrier> carrier, std::string room) {
    if (handshakes_ >= max_handshakes_) return;
    const transport::Executor executor = workers_.of(room);
    shake_hands(executor, greet(shared_from_this(), std::move(carrier), std::move(room)));
  }

  // On the room's worker.
  Task<Result<void>> close_room(std::string room) {
    if (const auto hosted = find(room)) hosted->room().close();
    co_return co_await store_->close_room_durably(room);
  }

  Task<Result<RoomStatus>> room_status(std::string room) {
    const auto hosted = find(room);
    if (!hosted) {
      const auto stored = co_await store_->load(room);
      if (!stored) co_return std::unexpected(stored.error());
      co_return RoomStatus{.closed = stored->has_value() && (*stored)->room.closed};
    }
    co_return RoomStatus{.participants = static_cast<std::uint32_t>(hosted->room().participants()),
                         .waiting = static_cast<std::uint32_t>(hosted->room().waiting()),
                         .locked = hosted->room().locked(),
                         .closed = hosted->room().closed()};
  }

  Task<void> drain(std::chrono::seconds limit) {
    draining_ = true;
    for (const transport::Executor& executor : executors_) {
      asio::post(executor, [self = shared_from_this(), key = &executor.context()] {
        for (auto& [id, hosted] : self->shards_.at(key)) hosted->room().drain();
      });
    }
    // Long enough for the goodbyes to leave, and for those who are at the door to hear that they should come later.
    transport::Timer timer(co_await asio::this_coro::executor);
    const auto until = std::chrono::steady_clock::now() + limit;
    do {
      timer.expires_after(kTickInterval);
      co_await timer.async_wait(transport::use_task);
    } while (handshakes_ > 0 && std::chrono::steady_clock::now() < until);
    if (const auto flushed = co_await store_->flush(); !flushed) {
      spdlog::error("conference: the last changes were not saved: {}", flushed.error().message);
    }
  }

  const TokenVerifier& tokens() const { return *tokens_; }
  const base::Clock& clock() const { return clock_; }
  transport::Executor home_of(const std::string& room) const { return workers_.of(room); }
  bool draining() const { return draining_; }

 private:
  void shake_hands(const transport::Executor& executor, Task<void> task) {
    ++handshakes_;
    asio::co_spawn(executor, std::move(task), [self = shared_from_this()](std::exception_ptr stray) {
      --self->handshakes_;
      log_stray(stray);
    });
  }

  Shard& shard_of(const std::string& room) { return shards_.at(&workers_.of(room).context()); }

  std::shared_ptr<HostedRoom> find(const std::string& room) {
    const Shard& shard = shard_of(room);
    const auto found = shard.find(room);
    return found == shard.end() ? nullptr : found->second;
  }

  Result<std::shared_ptr<HostedRoom>> host(StoredRoom stored) {
    if (rooms_ >= max_rooms_) {
      return base::fail_as(base::ErrorKind::kOverloaded, "overloaded",
                           "this server has too many meetings: try later");
    }
    const std::string id = stored.room.id;
    auto forget = [weak = weak_from_this(), id] {
      const auto self = weak.lock();
      if (self && self->shard_of(id).erase(id) > 0) --self->rooms_;
    };
    auto hosted = std::make_shared<HostedRoom>(
        workers_.of(id),
        RoomEnvironment{.clock = clock_, .limits = limits_, .store = *store_, .arm_gather = {}},
        std::move(stored), metrics_, std::move(forget));
    hosted->start();
    shard_of(id)[id] = hosted;
    ++rooms_;
    return hosted;
  }

  // The room that the connection is for: in memory, from the disk, or (with a grant) new.
  Task<Result<std::shared_ptr<HostedRoom>>> room_for(std::string id, const RoomGrant* grant) {
    if (auto hosted = find(id)) co_return hosted;
    auto stored = co_await store_->load(id);
    if (!stored)
      co_return base::fail_as(base::ErrorKind::kOverloaded, "overloaded", "{}", stored.error().message);
    if (auto hosted = find(id)) co_return hosted;  // somebody else was faster
    if (*stored && (*stored)->room.closed) {
      co_return base::fail_as(base::ErrorKind::kClosed, "room-closed", "this meeting has ended");
    }
    if (grant == nullptr && (!*stored || (*stored)->participants.empty())) {
      co_return base::fail_as(base::ErrorKind::kNotFound, "resume-unknown",
                              "you were away for too long: join again");
    }
    StoredRoom room;
    if (*stored) {
      room = std::move(**stored);
    } else {
      room.room = {.id = id,
                   .name = grant->room_name,
                   .lobby = grant->lobby,
                   .max_participants = grant->max_participants,
                   .host = {}};
      store_->save_room(room.room);
    }
    co_return host(std::move(room));
  }

  static Task<Result<vistime::v1::Hello>> receive_hello(Carrier& carrier) {
    const auto message = co_await transport::receive_one(carrier, transport::kHelloTimeout);
    if (!message) co_return std::unexpected(message.error());
    co_return transport::decode_hello(*message);
  }

  // On the room's worker: the upgrade, then as below.
  static Task<void> accept(std::shared_ptr<House> self, transport::Stream stream, Request request,
                           std::string room) {
    auto accepted = co_await transport::accept_websocket(std::move(stream), std::move(request));
    if (!accepted) co_return;
    co_await greet(std::move(self), std::move(*accepted), std::move(room));
  }

  // The first message each way, and into the room.
  static Task<void> greet(std::shared_ptr<House> self, std::unique_ptr<Carrier> carrier, std::string room) {
    auto hello = co_await receive_hello(*carrier);
    if (hello && hello->probe()) {
      vistime::v1::HelloReply reply;
      reply.mutable_ready();
      carrier->write(transport::encode_hello_reply(reply));
      hello = co_await receive_hello(*carrier);
    }
    if (!hello && hello.error().kind == base::ErrorKind::kInvalid) {
      co_return refuse_connection(std::move(carrier), "protocol-error", hello.error().message);
    }
    if (!hello) co_return carrier->close({});
    if (const auto refused = transport::refuse_version(*hello))
      co_return reply_and_close(std::move(carrier), *refused);
    if (self->draining_) {
      vistime::v1::HelloReply reply;
      reply.mutable_draining()->set_retry_after_ms(kRetryAfterMs);
      co_return reply_and_close(std::move(carrier), reply);
    }
    co_await self->admit(std::move(carrier), *hello, std::move(room));
  }

  Task<void> admit(std::unique_ptr<Carrier> carrier, vistime::v1::Hello hello, std::string room) {
    if (!is_room_id(room)) {
      co_return refuse_connection(std::move(carrier), "room-unknown",
                                  "there is no such meeting: look at the link");
    }
    std::optional<RoomGrant> grant;
    if (!hello.has_resume()) {
      auto verified = tokens_->verify_room(hello.token(), clock_.wall());
      if (!verified) {
        co_return refuse_connection(std::move(carrier), verified.error().code, verified.error().message);
      }
      if (verified->room != room || verified->participant.empty() || verified->name.size() > kNameBytes) {
        co_return refuse_connection(std::move(carrier), "token-invalid", "the token is for another meeting");
      }
      grant = std::move(*verified);
    }
    const auto hosted = co_await room_for(std::move(room), grant ? &*grant : nullptr);
    if (!hosted) co_return refuse_connection(std::move(carrier), hosted.error().code, hosted.error().message);
    grant ? (*hosted)->room().join(std::move(carrier), *grant)
          : (*hosted)->room().resume(std::move(carrier), hello.resume());
  }

  Workers& workers_;
  const base::Clock& clock_;
  const std::shared_ptr<const TokenVerifier> tokens_;
  const RoomLimits limits_;
  const std::uint32_t max_rooms_;
  const std::uint32_t max_handshakes_;
  Metrics metrics_;
  std::vector<transport::Executor> executors_;
  std::unordered_map<const boost::asio::execution_context*, Shard> shards_;  // the map itself never changes
  std::atomic<std::uint32_t> rooms_ = 0;
  std::atomic<std::uint32_t> handshakes_ = 0;
  std::atomic<bool> draining_ = false;
  std::unique_ptr<SqliteStore> store_;  // first to go: its thread posts to the workers
};

Result<std::unique_ptr<ConferenceRole>> ConferenceRole::open(Workers& workers, const base::Clock& clock,
                                                             std::shared_ptr<const TokenVerifier> tokens,
                                                             ConferenceSettings settings,
                                                             prometheus::Registry& registry) {
  auto house = std::make_shared<House>(workers, clock, std::move(tokens), settings, registry);
  if (auto opened = house->open(settings.data); !opened) return std::unexpected(std::move(opened).error());
  return std::unique_ptr<ConferenceRole>(new ConferenceRole(std::move(house)));
}

ConferenceRole::ConferenceRole(std::shared_ptr<House> house)
    : house_(std::move(house)),
      requests_(std::make_shared<RequestLinks>(
          [house = house_](const std::string& room) { return house->home_of(room); },
          [house = house_](std::unique_ptr<Carrier> carrier, std::string room) {
            house->serve(std::move(carrier), std::move(room));
          })) {}

ConferenceRole::~ConferenceRole() {
  requests_->shut();
  house_->shut();
}

bool ConferenceRole::ready() const { return !house_->draining(); }

Task<void> ConferenceRole::drain(std::chrono::seconds limit) { co_await house_->drain(limit); }

Task<Result<void>> ConferenceRole::close_room(std::string room) {
  const transport::Executor home = house_->home_of(room);
  co_return co_await asio::co_spawn(home, house_->close_room(std::move(room)), transport::use_task);
}

Task<Result<RoomStatus>> ConferenceRole::room_status(std::string room) {
  const transport::Executor home = house_->home_of(room);
  co_return co_await asio::co_spawn(home, house_->room_status(std::move(room)), transport::use_task);
}

void ConferenceRole::register_routes(Router& router) {
  router.on_upgrade(
      "/link/conference/*",
      [house = house_](transport::Stream stream, Request request, Target target, Peer) -> Task<void> {
        return house->serve(std::move(stream), std::move(request), target.segments.back());
      });
  requests_->register_routes(router, "/link/conference/*");
  router.on(
      http::verb::post, "/conference/control/close",
      [this](Request request, Target, Peer) -> Task<Response> { return control_close(std::move(request)); });
  router.on(
      http::verb::get, "/conference/control/status",
      [this](Request request, Target, Peer) -> Task<Response> { return control_status(std::move(request)); });
}

Task<Response> ConferenceRole::control_close(Request request) {
  const auto grant = house_->tokens().verify_control(bearer_of(request), house_->clock().wall());
  if (!grant) co_return problem(request, grant.error());
  if (grant->action != "close") {
    co_return problem(request, http::status::forbidden, "token-invalid",
                      "the token is not for closing a room");
  }
  if (const auto closed = co_await close_room(grant->room); !closed)
    co_return problem(request, closed.error());
  co_return json_response(request, http::status::no_content, {});
}

Task<Response> ConferenceRole::control_status(Request request) {
  const auto grant = house_->tokens().verify_control(bearer_of(request), house_->clock().wall());
  if (!grant) co_return problem(request, grant.error());
  if (grant->action != "status") {
    co_return problem(request, http::status::forbidden, "token-invalid",
                      "the token is not for a room's status");
  }
  const auto status = co_await room_status(grant->room);
  if (!status) co_return problem(request, status.error());
  const nlohmann::json body{{"participants", status->participants},
                            {"waiting", status->waiting},
                            {"locked", status->locked},
                            {"closed", status->closed}};
  co_return json_response(request, http::status::ok, body.dump());
}

}  // namespace vistime::server::conference
