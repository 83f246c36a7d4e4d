#include "server/master/remote_conference.hpp"

#include <nlohmann/json.hpp>

namespace vistime::server::master {

using base::ErrorKind;
using base::fail_as;
using base::Result;

namespace {

// Long enough for a request under way; a stolen one is worth little.
constexpr auto kTokenLife = std::chrono::seconds(30);

}  // namespace

Task<Result<Response>> RemoteConference::ask(http::verb method, std::string room, std::string action) {
  const std::string token = signer_.sign(ControlGrant{std::move(room), action, clock_.wall() + kTokenLife});
  Request request(method, "/conference/control/" + action, 11);
  request.set(http::field::authorization, "Bearer " + token);
  auto response = co_await client_.ask(std::move(request));
  if (!response) co_return response;
  if (response->result_int() / 100 != 2) {
    co_return fail_as(ErrorKind::kUnreachable, "upstream",
                      "the conference server answered {}: look at its log", response->result_int());
  }
  co_return response;
}

Task<Result<void>> RemoteConference::close_room(std::string room) {
  auto response = co_await ask(http::verb::post, std::move(room), "close");
  if (!response) co_return std::unexpected(std::move(response).error());
  co_return Result<void>();
}

Task<Result<RoomStatus>> RemoteConference::room_status(std::string room) {
  auto response = co_await ask(http::verb::get, std::move(room), "status");
  if (!response) co_return std::unexpected(std::move(response).error());
  co_return parse_room_status(response->body());
}

Result<RoomStatus> parse_room_status(std::string_view body) {
  const auto object = nlohmann::json::parse(body, nullptr, false);
  const auto number = [&](const char* name) -> std::optional<std::uint32_t> {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned() || *found > 0xffffffffULL) return std::nullopt;
    return found->get<std::uint32_t>();
  };
  const auto truth = [&](const char* name) -> std::optional<bool> {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_boolean()) return std::nullopt;
    return found->get<bool>();
  };
  if (object.is_object()) {
    const auto participants = number("participants"), waiting = number("waiting");
    const auto locked = truth("locked"), closed = truth("closed");
    if (participants && waiting && locked && closed)
      return RoomStatus{*participants, *waiting, *locked, *closed};
  }
  return fail_as(ErrorKind::kUnreachable, "upstream", "the conference server's answer is not understood");
}

}  // namespace vistime::server::master
