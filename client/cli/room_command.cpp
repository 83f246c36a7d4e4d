#include "client/cli/room_command.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/bytes.hpp"
#include "client/cli/proxy_sign_in.hpp"
#include "client/cli/secrets.hpp"
#include "client/cli/terminal_text.hpp"
#include "client/core/master_api.hpp"

namespace vistime::cli {
namespace {

using base::ErrorKind;
using client::MeetingLink;
using nlohmann::json;

base::Result<MeetingLink> link_of(const client::OwnRoom& room) {
  return MeetingLink::parse(
      fmt::format("{}/m/{}#{}&host={}", room.server, room.room, room.secret, room.host_key));
}

json as_json(const client::OwnRoom& room, const MeetingLink& link) {
  return {{"room", room.room},     {"name", room.name},
          {"link", link.print()},  {"host_link", link.print_for_host()},
          {"server", room.server}, {"created", room.created}};
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// Again with a name and a password where a proxy wants them.
template <typename Call>
auto call_master(const Arguments& arguments, const client::Server& server, std::vector<client::Proxy> proxies,
                 Call call) {
  ProxySignIn sign_in(ask_at_terminal(arguments.json), proxies);
  for (;;) {
    client::MasterApi master({.server = server,
                              .proxies = proxies,
                              .told = [&](const client::RouteNews& news) { sign_in.note(news); }},
                             arguments.ca_file);
    auto result = call(master);
    if (result || result.error().code != "proxy-auth" || !sign_in.ask(proxies)) return result;
  }
}

}  // namespace

base::Result<void> create_room(const Arguments& arguments, const RoomCreateArguments& create,
                               client::Profile& profile) {
  auto server = client::Server::parse(create.server);
  if (!server) return base::fail_as(ErrorKind::kInvalid, "usage", "--server: {}", server.error().message);
  auto password = given_password(create.password_file);
  if (!password) return std::unexpected(password.error());
  if (create.prompt_password) *password = prompt_password("Password for the room: ");
  // The secret never leaves this device but by the link.
  const auto key = client::new_room_key();
  auto proxies = proxies_for(arguments, *server);
  if (!proxies) return std::unexpected(proxies.error());
  const client::NewRoom wanted{.name = create.name.empty() ? "Meeting" : create.name,
                               .password = *password,
                               .lobby = create.lobby,
                               .max_participants = create.max_participants,
                               .key_check = key.check};
  const auto created = call_master(arguments, *server, std::move(*proxies),
                                   [&](client::MasterApi& master) { return master.create_room(wanted); });
  if (!created) return std::unexpected(created.error());
  const client::OwnRoom room{created->room, created->name,     server->print(),
                             key.secret,    created->host_key, created->created};
  const auto link = link_of(room);
  if (!link) return std::unexpected(link.error());
  // The room exists: its link is printed even if it cannot be remembered.
  if (arguments.json) {
    json out = as_json(room, *link);
    out["expires"] = created->expires;
    out.erase("server");
    std::cout << dump(out) << std::endl;
  } else {
    std::cout << link->print() << std::endl;
  }
  if (auto kept = profile.add(room); !kept) {
    std::cerr << "vistime: the room was created, but not remembered here: " << kept.error().message << "\n";
  }
  return {};
}

base::Result<void> list_rooms(const Arguments& arguments, client::Profile& profile) {
  const auto rooms = profile.rooms();
  if (!rooms) return std::unexpected(rooms.error());
  json all = json::array();
  std::size_t widest = 4;
  for (const auto& room : *rooms) widest = std::max(widest, display_width(neutralised(room.name)));
  if (!arguments.json && !rooms->empty()) std::cout << padded("NAME", widest) << "  LINK\n";
  for (const auto& room : *rooms) {
    const auto link = link_of(room);
    if (!link) continue;
    if (arguments.json)
      all.push_back(as_json(room, *link));
    else
      std::cout << padded(neutralised(room.name), widest) << "  " << link->print() << "\n";
  }
  if (arguments.json)
    std::cout << dump(all) << std::endl;
  else if (rooms->empty())
    std::cerr << "No rooms were created here yet: vistime room create --server URL\n";
  return {};
}

base::Result<void> close_room(const Arguments& arguments, const RoomCloseArguments& close,
                              client::Profile& profile) {
  const auto link = find_link(close.room, true, profile);
  if (!link) return std::unexpected(link.error());
  auto proxies = proxies_for(arguments, link->server);
  if (!proxies) return std::unexpected(proxies.error());
  auto closed = call_master(arguments, link->server, std::move(*proxies), [&](client::MasterApi& master) {
    return master.close_room(link->room, link->host_key);
  });
  const bool gone = closed || closed.error().code == "room-unknown" || closed.error().code == "room-closed";
  if (gone) {
    if (auto forgotten = profile.forget(link->room); !forgotten) return forgotten;
  }
  if (closed && arguments.json) std::cout << dump({{"room", link->room}, {"closed", true}}) << std::endl;
  return closed;
}

base::Result<std::vector<client::Proxy>> proxies_for(const Arguments& arguments,
                                                     const client::Server& server) {
  auto found = client::find_proxies(
      {.proxy = arguments.proxy, .pac = arguments.proxy_pac, .user = arguments.proxy_user}, server,
      client::process_environment());
  if (!found) return std::unexpected(found.error());
  for (const base::Error& problem : found->problems) std::cerr << "vistime: " << problem.message << "\n";
  return std::move(found->proxies);
}

base::Result<MeetingLink> find_link(const std::string& text, bool as_host, const client::Profile& profile) {
  const bool is_id = client::is_room_id(text);
  base::Result<MeetingLink> link = base::fail(ErrorKind::kInvalid, "no link");
  if (!is_id) {
    link = MeetingLink::parse(text);
    if (!link) return base::fail_as(ErrorKind::kInvalid, "usage", "{}", link.error().message);
    if (!as_host || !link->host_key.empty()) return link;
  }
  const auto rooms = profile.rooms();
  if (!rooms) return std::unexpected(rooms.error());
  const std::string& id = is_id ? text : link->room;
  const auto own = std::ranges::find(*rooms, id, &client::OwnRoom::room);
  if (own == rooms->end()) {
    return base::fail_as(ErrorKind::kInvalid, "usage", "{}",
                         is_id ? "no room of this id was created here: give its whole link"
                               : "the host's key of this room is not known here: give the host link");
  }
  link = link_of(*own);
  if (!link) return link;
  if (!as_host) link->host_key.clear();
  return link;
}

}  // namespace vistime::cli
