#include "client/core/api_messages.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "client/core/meeting_link.hpp"

namespace vistime::client {
namespace {

using base::ErrorKind;
using nlohmann::json;

// Longer than any field of the interface.
constexpr std::size_t kMaxField = 8192;
constexpr std::size_t kMaxWords = 500;
constexpr std::size_t kMaxCode = 64;

std::unexpected<base::Error> bad_answer(std::string_view what) {
  return base::fail_as(
      ErrorKind::kInternal, "bad-answer",
      "the server's answer cannot be understood ({}): is this a Vistime server of the same release?", what);
}

base::Result<json> parse_object(std::string_view body) {
  json document = json::parse(body, nullptr, false);
  if (!document.is_object()) return bad_answer("no JSON object");
  return document;
}

std::optional<std::string> text_of(const json& document, const char* name) {
  const auto field = document.find(name);
  if (field == document.end() || !field->is_string()) return std::nullopt;
  const auto& text = field->get_ref<const std::string&>();
  if (text.size() > kMaxField) return std::nullopt;
  return text;
}

bool flag_of(const json& document, const char* name) {
  const auto field = document.find(name);
  return field != document.end() && field->is_boolean() && field->get<bool>();
}

// The server's words go to a terminal: no control characters, not endless.
std::string plain_words(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxWords)) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
  }
  return out;
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCode && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

struct KnownProblem {
  std::string_view code;
  ErrorKind kind;
  std::string_view says;  // in place of the server's words, where we know better what to do
};
constexpr std::array<KnownProblem, 10> kKnown = {{
    {"room-unknown", ErrorKind::kNotFound, "There is no such room on this server; check the link."},
    {"room-closed", ErrorKind::kClosed, "This room has been closed."},
    {"password-required", ErrorKind::kRefused, "This room wants a password; give it with --password-file."},
    {"wrong-password", ErrorKind::kRefused, "The password is wrong."},
    {"wrong-host-key", ErrorKind::kRefused,
     "The host's key is wrong; join without it, or use the whole host link."},
    {"banned", ErrorKind::kRefused, "You have been banned from this room."},
    {"room-full", ErrorKind::kOverloaded, "The room is full."},
    {"room-locked", ErrorKind::kRefused, "The room is locked; ask its host to let you in."},
    {"draining", ErrorKind::kOverloaded, "The server is being restarted; try again in a minute."},
    {"too-many-attempts", ErrorKind::kOverloaded, ""},
}};

ErrorKind kind_of_status(unsigned status) {
  if (status == 404) return ErrorKind::kNotFound;
  if (status == 410) return ErrorKind::kClosed;
  if (status == 401 || status == 403) return ErrorKind::kRefused;
  if (status == 429 || status == 503) return ErrorKind::kOverloaded;
  if (status == 502 || status == 504) return ErrorKind::kUnreachable;
  return status >= 500 ? ErrorKind::kInternal : ErrorKind::kInvalid;
}

std::string code_of_status(unsigned status) {
  if (status == 429 || status == 503) return "overloaded";
  if (status == 502 || status == 504) return "unreachable";
  return "http-" + std::to_string(status);
}

}  // namespace

std::string encode(const NewRoom& room) {
  json body = {{"name", room.name}, {"lobby", room.lobby}, {"key_check", room.key_check}};
  if (room.password) body["password"] = *room.password;
  if (room.max_participants) body["max_participants"] = *room.max_participants;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string encode(const JoinRequest& request) {
  json body = {{"name", request.name}, {"device", request.device}};
  if (request.password) body["password"] = *request.password;
  if (request.host_key) body["host_key"] = *request.host_key;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<CreatedRoom> parse_created_room(std::string_view body) {
  const auto document = parse_object(body);
  if (!document) return std::unexpected(document.error());
  CreatedRoom created;
  created.room = text_of(*document, "room").value_or("");
  created.host_key = text_of(*document, "host_key").value_or("");
  created.name = text_of(*document, "name").value_or("");
  created.created = text_of(*document, "created").value_or("");
  created.expires = text_of(*document, "expires").value_or("");
  if (!is_room_id(created.room)) return bad_answer("no room");
  if (created.host_key.empty()) return bad_answer("no host key");
  return created;
}

base::Result<RoomInfo> parse_room_info(std::string_view body) {
  const auto document = parse_object(body);
  if (!document) return std::unexpected(document.error());
  RoomInfo info;
  info.room = text_of(*document, "room").value_or("");
  info.name = text_of(*document, "name").value_or("");
  info.password_required = flag_of(*document, "password_required");
  info.lobby = flag_of(*document, "lobby");
  info.key_check = text_of(*document, "key_check").value_or("");
  if (!is_room_id(info.room)) return bad_answer("no room");
  if (info.key_check.empty()) return bad_answer("no key check");
  return info;
}

base::Result<JoinGrant> parse_join_grant(std::string_view body) {
  const auto document = parse_object(body);
  if (!document) return std::unexpected(document.error());
  JoinGrant grant;
  grant.token = text_of(*document, "token").value_or("");
  grant.participant = text_of(*document, "participant").value_or("");
  grant.role = text_of(*document, "role").value_or("");
  grant.link = text_of(*document, "link").value_or("");
  grant.release = text_of(*document, "release").value_or("");
  if (grant.token.empty()) return bad_answer("no token");
  // It becomes the target of a request: a plain path, nothing that could break the request's line.
  const bool plain = std::ranges::all_of(grant.link, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
  if (!grant.link.starts_with("/link/") || !plain) return bad_answer("no link");
  return grant;
}

base::Error problem_to_error(unsigned status, std::string_view body, std::string_view retry_after) {
  base::Error error{kind_of_status(status), code_of_status(status), {}};
  const json document = json::parse(body, nullptr, false);
  if (document.is_object()) {
    const std::string code = text_of(document, "code").value_or("");
    if (is_code(code)) error.code = code;
    error.message =
        plain_words(text_of(document, "detail").value_or(text_of(document, "title").value_or("")));
  }
  for (const KnownProblem& known : kKnown) {
    if (error.code != known.code) continue;
    error.kind = known.kind;
    if (!known.says.empty()) error.message = known.says;
  }
  if (error.message.empty()) error.message = fmt::format("The server answered with status {}.", status);
  const bool seconds = !retry_after.empty() && retry_after.size() < 7 &&
                       std::ranges::all_of(retry_after, [](char c) { return c >= '0' && c <= '9'; });
  if (seconds) {
    const bool sentence = error.message.ends_with('.') || error.message.ends_with('!');
    error.message += fmt::format("{} Try again in {} s.", sentence ? "" : ".", retry_after);
  }
  return error;
}

}  // namespace vistime::client
