#include "server/master/room_requests.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/bytes.hpp"

namespace vistime::server::master {

using base::ErrorKind;
using base::fail_as;
using base::Result;
using nlohmann::json;

namespace {

constexpr std::size_t kMaxPassword = 256;  // bytes
// What we make has 22; shorter ones are no random ids, and a ban would hit strangers.
constexpr std::size_t kLeastDevice = 16, kMaxDevice = 64;
constexpr std::size_t kMaxHostKey = 128;  // what we make has 43
constexpr std::size_t kKeyCheckDigits = 32;
constexpr std::uint32_t kLeastParticipants = 2;
constexpr std::string_view kUnnamed = "Meeting";

std::unexpected<base::Error> invalid(std::string code, std::string_view what) {
  return fail_as(ErrorKind::kInvalid, std::move(code), "{}", what);
}

// The next character of UTF-8, taken off; nothing when it is none (overlong, surrogate, cut off).
std::optional<char32_t> take_character(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xc2 ? 0
                           : first < 0xe0 ? 2
                           : first < 0xf0 ? 3
                           : first < 0xf5 ? 4
                                          : 0;
  if (size == 0 || text.size() < size) return std::nullopt;
  char32_t value = size == 1 ? first : first & (0xffU >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) {
    const auto next = static_cast<std::uint8_t>(text[at]);
    if ((next & 0xc0) != 0x80) return std::nullopt;
    value = value << 6 | (next & 0x3fU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[size] || (value >= 0xd800 && value < 0xe000) || value > 0x10ffff) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

// Controls, line separators and what turns the direction of writing: a name could pretend to be another line or name.
bool is_forbidden(char32_t character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
         character == 0x2029 || (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

Result<json> parse_object(std::string_view body) {
  json object = json::parse(body, nullptr, false);
  if (!object.is_object()) return invalid("invalid-json", "the body is no JSON object");
  return object;
}

// Absent and null are empty.
Result<std::string> text_member(const json& object, const char* name, std::string_view code) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return std::string();
  if (!found->is_string()) return invalid(std::string(code), fmt::format("\"{}\" is no text", name));
  return found->get<std::string>();
}

Result<std::string> password_member(const json& object) {
  auto password = text_member(object, "password", "invalid-password");
  if (password && password->size() > kMaxPassword) {
    return invalid("invalid-password", "a password has at most 256 bytes");
  }
  return password;
}

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '-' || character == '_';
  });
}

bool is_blank(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

}  // namespace

Result<std::string> checked_name(std::string_view name, std::size_t most) {
  while (name.starts_with(' ')) name.remove_prefix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  std::size_t characters = 0;
  for (std::string_view rest = name; !rest.empty(); ++characters) {
    const auto character = take_character(rest);
    if (!character || is_forbidden(*character)) {
      return invalid("invalid-name", "a name is text without control characters");
    }
  }
  if (characters == 0 || characters > most) {
    return invalid("invalid-name", fmt::format("a name has 1 to {} characters", most));
  }
  return std::string(name);
}

Result<CreateRoom> parse_create(std::string_view body, std::uint32_t most) {
  auto object = parse_object(body);
  if (!object) return std::unexpected(std::move(object).error());
  auto name = text_member(*object, "name", "invalid-name");
  if (name) name = is_blank(*name) ? std::string(kUnnamed) : checked_name(*name, kMaxRoomName);
  if (!name) return std::unexpected(std::move(name).error());
  auto password = password_member(*object);
  if (!password) return std::unexpected(std::move(password).error());
  auto key_check = text_member(*object, "key_check", "invalid-key-check");
  if (!key_check || key_check->size() != kKeyCheckDigits || !base::from_hex(*key_check)) {
    return invalid("invalid-key-check", "\"key_check\" is 32 hex digits, made from the room's secret");
  }
  CreateRoom request{std::move(*name), std::move(*password), false, 0, std::move(*key_check)};
  if (const auto lobby = object->find("lobby"); lobby != object->end() && !lobby->is_null()) {
    if (!lobby->is_boolean()) return invalid("invalid-request", "\"lobby\" is true or false");
    request.lobby = lobby->get<bool>();
  }
  if (const auto limit = object->find("max_participants"); limit != object->end() && !limit->is_null()) {
    if (!limit->is_number_unsigned() || *limit < kLeastParticipants || *limit > most) {
      return invalid("invalid-limit", fmt::format("\"max_participants\" is a number from 2 to {}", most));
    }
    request.max_participants = limit->get<std::uint32_t>();
  }
  return request;
}

Result<JoinRoom> parse_join(std::string_view body) {
  auto object = parse_object(body);
  if (!object) return std::unexpected(std::move(object).error());
  auto name = text_member(*object, "name", "invalid-name");
  if (name) name = checked_name(*name);
  if (!name) return std::unexpected(std::move(name).error());
  auto password = password_member(*object);
  if (!password) return std::unexpected(std::move(password).error());
  auto host_key = text_member(*object, "host_key", "invalid-host-key");
  if (!host_key || host_key->size() > kMaxHostKey || !is_base64url(*host_key)) {
    return invalid("invalid-host-key",
                   "\"host_key\" is what the host's link ends in: letters, digits, '-' and '_'");
  }
  auto device = text_member(*object, "device", "invalid-device");
  if (!device || device->size() < kLeastDevice || device->size() > kMaxDevice || !is_base64url(*device)) {
    return invalid(
        "invalid-device",
        "\"device\" is the client's stable random id: 16 to 64 characters of A-Z, a-z, 0-9, '-' and '_'");
  }
  return JoinRoom{std::move(*name), std::move(*password), std::move(*host_key), std::move(*device)};
}

}  // namespace vistime::server::master
