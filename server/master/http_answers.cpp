#include "server/master/http_answers.hpp"

#include <boost/beast/core/string.hpp>
#include <ctime>

#include "server/common/logging.hpp"

namespace vistime::server::master {

using base::ErrorKind;

namespace {

// A restart takes seconds; a queue or a full table empties in about as long.
constexpr const char* kDrainSeconds = "30";
constexpr const char* kOverloadSeconds = "10";

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

bool is_json(const Request& request) {
  std::string_view type = view(request[http::field::content_type]);
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return boost::beast::iequals({type.data(), type.size()}, "application/json");
}

std::string_view bearer_of(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view value = view(request[http::field::authorization]);
  if (value.size() < kScheme.size()) return {};
  // A scheme's case does not matter (RFC 9110 section 11.1).
  if (!boost::beast::iequals({value.data(), kScheme.size()}, {kScheme.data(), kScheme.size()})) return {};
  return value.substr(kScheme.size());
}

std::string spelled(base::WallTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

Response refusal(const Request& request, const base::Error& error) {
  // Who is missing something differs from who may not.
  if (error.code == "password-required") {
    return problem(request, http::status::unauthorized, error.code, error.message);
  }
  if (error.kind == ErrorKind::kInternal) {
    log_error("request failed", {{"code", error.code}, {"error", error.message}});
    return problem(request, {error.kind, error.code, "the server failed: its log says why"});
  }
  Response response = problem(request, error);
  if (error.kind == ErrorKind::kOverloaded) response.set(http::field::retry_after, kOverloadSeconds);
  return response;
}

Response not_json(const Request& request) {
  return problem(request, http::status::unsupported_media_type, "unsupported-media-type",
                 "send JSON, with the header Content-Type: application/json");
}

Response too_many(const Request& request, base::Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  Response response = problem(request, http::status::too_many_requests, "too-many-attempts",
                              fmt::format("too many attempts from this address: try again in {} s", seconds));
  response.set(http::field::retry_after, std::to_string(seconds));
  return response;
}

Response drained(const Request& request) {
  Response response = problem(request, http::status::service_unavailable, "draining",
                              "the server is being restarted: try again in a minute");
  response.set(http::field::retry_after, kDrainSeconds);
  return response;
}

Response room_closed(const Request& request) {
  return problem(request, http::status::gone, "room-closed", "this meeting has been closed by its host");
}

}  // namespace vistime::server::master
