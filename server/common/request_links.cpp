#include "server/common/request_links.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "server/common/deadline.hpp"

namespace vistime::server {
namespace {

using transport::RequestSession;

constexpr std::size_t kSessionBytes = 24;
constexpr std::size_t kPollBytes = 64 * 1024;
constexpr std::size_t kChunkBytes = 16 * 1024;  // one TLS record
// What a buffering proxy or a virus scanner likes to see before it passes anything on.
constexpr std::size_t kFirstPadding = 2048;
// A stream that is silent for so long gets padding: proxies cut idle answers.
constexpr auto kKeepAlive = std::chrono::seconds(5);
constexpr auto kWriteTime = std::chrono::seconds(30);

// The number behind `name` in a query such as "from=12&again=1"; 0 when it is missing or none.
std::uint32_t number_of(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view part = query.substr(0, end);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=') {
      std::uint32_t value = 0;
      const std::string_view text = part.substr(name.size() + 1);
      const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      return error == std::errc() && rest == text.data() + text.size() ? value : 0;
    }
    if (end == std::string_view::npos) return 0;
    query.remove_prefix(end + 1);
  }
  return 0;
}

Response binary(const Request& request, http::status status, const base::Bytes& body) {
  Response response = json_response(request, status, std::string(body.begin(), body.end()));
  response.set(http::field::content_type, "application/octet-stream");
  response.set(http::field::cache_control, "no-store, no-transform");
  return response;
}

Response unknown_session(const Request& request) {
  return problem(request, http::status::gone, "session-unknown", "this link is over: open another");
}

void begin_down(RequestSession& session, const Target& target) {
  session.acknowledge(number_of(target.query, "from"));
  if (number_of(target.query, "again") == 1) session.send_again();
}

Task<Response> poll_at_home(std::shared_ptr<RequestSession> session, Request request, Target target) {
  session->end_stream();
  begin_down(*session, target);
  base::Bytes records = session->take_down(kPollBytes);
  if (records.empty() && !session->over()) {
    co_await session->wait_for_down(RequestLinks::kPollTime);
    records = session->take_down(kPollBytes);
  }
  if (records.empty() && session->over()) co_return unknown_session(request);
  co_return binary(request, http::status::ok, records);
}

Task<Response> up_at_home(std::shared_ptr<RequestSession> session, Request request, Target target) {
  const auto taken = session->take_up(base::as_bytes(request.body()), number_of(target.query, "received"));
  if (!taken) co_return problem(request, taken.error());
  co_return json_response(request, http::status::no_content, {});
}

Task<bool> write_head(transport::Stream& stream) {
  http::response<http::empty_body> head(http::status::ok, 11);
  head.set(http::field::content_type, "application/octet-stream");
  head.set(http::field::cache_control, "no-store, no-transform");
  head.set("X-Accel-Buffering", "no");  // nginx and those who learnt from it
  head.set("X-Content-Type-Options", "nosniff");
  head.chunked(true);
  head.keep_alive(false);
  http::response_serializer<http::empty_body> serializer(head);
  const Deadline deadline(stream, kWriteTime);
  const auto token = asio::as_tuple(transport::use_task);
  const auto [error, size] = co_await http::async_write_header(stream, serializer, token);
  co_return !error;
}

Task<bool> write_chunk(transport::Stream& stream, base::Bytes bytes) {
  const Deadline deadline(stream, kWriteTime);
  const auto token = asio::as_tuple(transport::use_task);
  const auto chunk = http::make_chunk(asio::buffer(bytes));
  const auto [error, size] = co_await asio::async_write(stream, chunk, token);
  co_return !error;
}

base::Bytes padding(std::size_t size) {
  base::Bytes out;
  const base::Bytes blanks(size, ' ');
  transport::append_record(out, {transport::kPaddingRecord, blanks});
  return out;
}

Task<void> stream_at_home(transport::Stream stream, std::shared_ptr<RequestSession> session, Target target) {
  const std::uint64_t own = session->begin_stream();
  begin_down(*session, target);
  bool good = co_await write_head(stream);
  if (good) good = co_await write_chunk(stream, padding(kFirstPadding));
  const auto until = std::chrono::steady_clock::now() + RequestLinks::kStreamTime;
  while (good && session->is_current(own) && !session->over() && std::chrono::steady_clock::now() < until) {
    base::Bytes records = session->take_down(kChunkBytes);
    if (records.empty()) {
      co_await session->wait_for_down(kKeepAlive);
      if (!session->is_current(own)) break;
      records = session->take_down(kChunkBytes);
      if (records.empty()) records = padding(16);
    }
    good = co_await write_chunk(stream, std::move(records));
  }
  if (!good) co_return stream.close();
  const auto last = http::make_chunk_last();
  const Deadline deadline(stream, kWriteTime);
  const auto token = asio::as_tuple(transport::use_task);
  co_await asio::async_write(stream, last, token);
  stream.shutdown_send();
  stream.close();
}

}  // namespace

void RequestLinks::register_routes(Router& router, const std::string& link) {
  const auto self = shared_from_this();
  router.on(http::verb::post, link + "/requests", [self](Request request, Target target, Peer) {
    const std::size_t name = target.segments.size() - 2;
    return self->open(std::move(request), std::move(target.segments[name]));
  });
  router.on(http::verb::post, link + "/requests/up", [self](Request request, Target target, Peer) {
    return self->up(std::move(request), std::move(target));
  });
  router.on(http::verb::get, link + "/requests/poll", [self](Request request, Target target, Peer) {
    return self->poll(std::move(request), std::move(target));
  });
  router.on(http::verb::delete_, link + "/requests",
            [self](Request request, Target, Peer) { return self->close(std::move(request)); });
  router.on_connection(link + "/requests/down",
                       [self](transport::Stream stream, Request request, Target target, Peer) {
                         return self->stream(std::move(stream), std::move(request), std::move(target));
                       });
}

void RequestLinks::shut() {
  std::unordered_map<std::string, Entry> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions.swap(sessions_);
  }
  sessions.clear();
}

std::optional<RequestLinks::Entry> RequestLinks::find(const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(std::string(bearer_of(request)));
  if (found == sessions_.end()) return std::nullopt;
  return found->second;
}

Task<Response> RequestLinks::open(Request request, std::string name) {
  const transport::Executor home = home_(name);
  const std::string id = base::random_id(kSessionBytes);
  const std::weak_ptr<RequestLinks> weak = weak_from_this();
  const auto session = RequestSession::make(home, [weak, id] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex_);
    self->sessions_.erase(id);
  });
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = sessions_.size() >= kMaxSessions;
    if (!full) sessions_.emplace(id, Entry{session, home});
  }
  if (full) {
    co_return problem(request, http::status::service_unavailable, "overloaded",
                      "this server has reached its limit of links: try later");
  }
  asio::post(home, [self = shared_from_this(), session, name = std::move(name)] {
    session->start();
    self->accept_(session->carrier(), name);
  });
  co_return json_response(request, http::status::created, nlohmann::json{{"session", id}}.dump());
}

Task<Response> RequestLinks::up(Request request, Target target) {
  const auto entry = find(request);
  if (!entry) co_return unknown_session(request);
  Task<Response> answer = up_at_home(entry->session, std::move(request), std::move(target));
  co_return co_await asio::co_spawn(entry->home, std::move(answer), transport::use_task);
}

Task<Response> RequestLinks::poll(Request request, Target target) {
  const auto entry = find(request);
  if (!entry) co_return unknown_session(request);
  Task<Response> answer = poll_at_home(entry->session, std::move(request), std::move(target));
  co_return co_await asio::co_spawn(entry->home, std::move(answer), transport::use_task);
}

Task<Response> RequestLinks::close(Request request) {
  const auto entry = find(request);
  if (!entry) co_return unknown_session(request);
  asio::post(entry->home, [session = entry->session] {
    session->end({base::ErrorKind::kClosed, {}, "the other side closed the connection"});
  });
  co_return json_response(request, http::status::no_content, {});
}

Task<void> RequestLinks::stream(transport::Stream stream, Request request, Target target) {
  const auto entry = find(request);
  if (!entry) {
    Response response = unknown_session(request);
    response.keep_alive(false);
    const Deadline deadline(stream, kWriteTime);
    const auto token = asio::as_tuple(transport::use_task);
    co_await http::async_write(stream, response, token);
    stream.shutdown_send();
    co_return stream.close();
  }
  auto moved = transport::Stream::move_to(std::move(stream), entry->home);
  if (!moved) co_return;
  asio::co_spawn(entry->home, stream_at_home(std::move(*moved), entry->session, std::move(target)),
                 asio::detached);
}

}  // namespace vistime::server
