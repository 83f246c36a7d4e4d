#include "client/core/meeting_link.hpp"

#include <algorithm>
#include <charconv>

namespace vistime::client {
namespace {

using base::ErrorKind;
using base::fail;

constexpr std::string_view kScheme = "https://";
// RFC 1035, section 2.3.4.
constexpr std::size_t kMaxHost = 253;
// Far more than any link needs.
constexpr std::size_t kMaxLink = 1024;
constexpr std::size_t kMaxHostKey = 128;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_base64url(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

base::Result<std::uint16_t> parse_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool number = error == std::errc() && end == text.data() + text.size() && text.front() != '0';
  if (!number || value > 65535)
    return fail(ErrorKind::kInvalid, "'{}' is no port: it must be 1 to 65535", text);
  return static_cast<std::uint16_t>(value);
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHost && host.front() != '-' && host.front() != '.' &&
         std::ranges::all_of(host,
                             [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_ipv6(std::string_view host) {
  return host.size() >= 2 && host.size() <= 45 && host.find(':') != std::string_view::npos &&
         std::ranges::all_of(host, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

// HOST[:PORT]; the rest has been cut off.
base::Result<Server> parse_authority(std::string_view text) {
  Server server;
  std::string_view host = text;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos)
      return fail(ErrorKind::kInvalid, "the address lacks its closing ']'");
    host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':'))
      return fail(ErrorKind::kInvalid, "after ']' only a port may follow");
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
    if (!is_ipv6(host)) return fail(ErrorKind::kInvalid, "what stands in brackets is no IPv6 address");
  } else {
    const auto colon = text.find(':');
    has_port = colon != std::string_view::npos;
    host = text.substr(0, colon);
    if (has_port) port = text.substr(colon + 1);
    if (host.find('@') != std::string_view::npos)
      return fail(ErrorKind::kInvalid, "a link holds no user name");
    if (!is_host_name(host)) return fail(ErrorKind::kInvalid, "the link names no valid host");
  }
  server.host = lower(host);
  if (has_port) {
    if (port.empty()) return fail(ErrorKind::kInvalid, "the port after ':' is missing");
    auto number = parse_port(port);
    if (!number) return std::unexpected(number.error());
    server.port = *number;
  }
  return server;
}

// Takes the scheme and the server off `text`.
base::Result<Server> take_server(std::string_view& text) {
  if (text.size() > kMaxLink) return fail(ErrorKind::kInvalid, "the link is too long");
  if (lower(text.substr(0, 7)) == "http://") {
    return fail(ErrorKind::kInvalid, "only https is possible: write https:// in place of http://");
  }
  if (lower(text.substr(0, kScheme.size())) != kScheme)
    return fail(ErrorKind::kInvalid, "it must begin with https://");
  text.remove_prefix(kScheme.size());
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  auto server = parse_authority(text.substr(0, end));
  text.remove_prefix(end);
  return server;
}

}  // namespace

bool is_room_id(std::string_view text) {
  return text.size() == kRoomIdLength &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

base::Result<Server> Server::parse(std::string_view text) {
  auto server = take_server(text);
  if (!server) return base::within("the server's address", server.error());
  if (!text.empty() && text != "/") {
    return fail(ErrorKind::kInvalid, "the server's address: only https://HOST[:PORT], nothing behind it");
  }
  return server;
}

std::string Server::authority() const {
  const bool bracketed = host.find(':') != std::string::npos;
  std::string out = bracketed ? "[" + host + "]" : host;
  if (port != 443) out += ":" + std::to_string(port);
  return out;
}

std::string Server::print() const { return std::string(kScheme) + authority(); }

base::Result<MeetingLink> MeetingLink::parse(std::string_view text) {
  auto server = take_server(text);
  if (!server) return base::within("the meeting's link", server.error());
  const auto hash = text.find('#');
  const std::string_view path = text.substr(0, hash);
  constexpr std::string_view kPrefix = "/m/";
  if (!path.starts_with(kPrefix)) {
    return fail(ErrorKind::kInvalid,
                "the meeting's link: after the host it must go on with /m/ and the room");
  }
  const std::string_view room = path.substr(kPrefix.size());
  if (!is_room_id(room)) {
    return fail(ErrorKind::kInvalid,
                "the meeting's link: a room is {} characters of a-z and 2-7; copy the link again",
                kRoomIdLength);
  }
  if (hash == std::string_view::npos) {
    return fail(ErrorKind::kInvalid,
                "the meeting's link: the key behind '#' is missing; copy the whole link, "
                "and put it in quotes in a shell");
  }
  std::string_view fragment = text.substr(hash + 1);
  std::string_view host_key;
  if (const auto more = fragment.find('&'); more != std::string_view::npos) {
    constexpr std::string_view kHost = "host=";
    const std::string_view extra = fragment.substr(more + 1);
    fragment = fragment.substr(0, more);
    if (!extra.starts_with(kHost))
      return fail(ErrorKind::kInvalid, "the meeting's link: only &host= may follow the key");
    host_key = extra.substr(kHost.size());
    if (host_key.empty() || host_key.size() > kMaxHostKey || !std::ranges::all_of(host_key, is_base64url)) {
      return fail(ErrorKind::kInvalid, "the meeting's link: the host's key is damaged; copy the link again");
    }
  }
  auto secret = media::RoomSecret::parse(fragment);
  if (!secret)
    return fail(ErrorKind::kInvalid,
                "the meeting's link: the key behind '#' is damaged; copy the link again");
  return MeetingLink{std::move(*server), std::string(room), *secret, std::string(host_key)};
}

std::string MeetingLink::print() const { return server.print() + "/m/" + room + "#" + secret.print(); }

std::string MeetingLink::print_for_host() const {
  return host_key.empty() ? print() : print() + "&host=" + host_key;
}

NewRoomKey new_room_key() {
  const auto secret = media::RoomSecret::generate();
  return {secret.print(), base::hex(media::derive_room_keys(secret).key_check)};
}

}  // namespace vistime::client
