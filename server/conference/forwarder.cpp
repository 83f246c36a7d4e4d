#include "server/conference/forwarder.hpp"

#include <algorithm>
#include <utility>

#include "server/conference/limits.hpp"

namespace vistime::server::conference {
namespace {

// A holder of a place from whom nothing has come for so long is not heard any more.
constexpr base::Duration kHeardFor = std::chrono::seconds(1);
// One track that was the only one for so long has nothing to be gathered with.
constexpr base::Duration kAlone = std::chrono::milliseconds(100);

media::SpeakerRanking::Settings ranking_settings(std::size_t loudest) {
  media::SpeakerRanking::Settings settings;
  settings.places = loudest;
  return settings;
}

}  // namespace

Forwarder::Forwarder(const base::Clock& clock, Gather& gather, VideoRouteEvents& events, std::size_t loudest)
    : clock_(clock), gather_(gather), events_(events), ranking_(ranking_settings(loudest)) {}

Route& Forwarder::add(std::uint32_t track, RouteKind kind, std::uint8_t layers, Receiver& publisher) {
  remove(track);
  auto route = std::make_unique<Route>();
  route->track = track;
  route->kind = kind;
  route->publisher = &publisher;
  if (kind == RouteKind::kCamera || kind == RouteKind::kScreen) {
    const base::Duration lifetime = kind == RouteKind::kCamera ? kVideoDeadline : kScreenDeadline;
    route->video = std::make_unique<VideoRoute>(track, layers, lifetime, events_);
  }
  return *(routes_[track] = std::move(route));
}

void Forwarder::remove(std::uint32_t track) {
  ranking_.remove(track);
  routes_.erase(track);
}

Route* Forwarder::find(std::uint32_t track) {
  const auto found = routes_.find(track);
  return found == routes_.end() ? nullptr : found->second.get();
}

void Forwarder::listen(Receiver& receiver, bool microphones) {
  const auto found = std::ranges::find(microphone_listeners_, &receiver);
  const bool listening = found != microphone_listeners_.end();
  if (microphones && !listening) microphone_listeners_.push_back(&receiver);
  if (!microphones && listening) microphone_listeners_.erase(found);
}

void Forwarder::subscribe(Route& route, Receiver& receiver, std::uint8_t max_spatial) {
  if (route.publisher == &receiver || route.kind == RouteKind::kMicrophone) return;
  if (route.video) {
    route.video->subscribe(receiver, max_spatial);
  } else if (std::ranges::find(route.listeners, &receiver) == route.listeners.end()) {
    route.listeners.push_back(&receiver);
  }
}

void Forwarder::unsubscribe(Route& route, const Receiver& receiver) {
  if (route.video) route.video->unsubscribe(receiver);
  std::erase(route.listeners, &receiver);
}

void Forwarder::forget(const Receiver& receiver) {
  std::erase(microphone_listeners_, &receiver);
  for (auto& [track, route] : routes_) unsubscribe(*route, receiver);
}

void Forwarder::forward(Route& route, const protocol::ObjectHeader& header, base::BytesView object) {
  const base::TimePoint now = clock_.now();
  if (route.video) {
    if (!route.video->watched()) return;
    (void)is_alone(route.track, now);
    const auto shared = std::make_shared<const base::Bytes>(object.begin(), object.end());
    counters_.forwarded += route.video->forward(header, shared, now, gather_);
  } else if (route.kind == RouteKind::kScreenAudio) {
    forward_audio(route.listeners, route, object, now);
  } else if (ranking_.on_audio(route.track, header.audio_level, now)) {
    route.last_audio = now;
    forward_audio(microphone_listeners_, route, object, now);
  } else {
    ++counters_.quiet;
  }
}

void Forwarder::forward_audio(const std::vector<Receiver*>& listeners, const Route& route,
                              base::BytesView object, base::TimePoint now) {
  if (listeners.empty()) return;
  const transport::QueuedObject queued{
      .object = std::make_shared<const base::Bytes>(object.begin(), object.end()),
      .lane = protocol::Lane::kAudio,
      .deadline = now + kAudioDeadline,
      .stream = std::uint64_t{route.track} << 8,
      .keyframe = true,
      .discardable = true};
  // Sent at once, a lone voice is there 5 ms sooner and costs no further wake-up.
  const bool at_once = is_alone(route.track, now) && !gather_.armed();
  for (Receiver* receiver : listeners) {
    if (receiver == route.publisher || !receiver->link.attached()) continue;
    receiver->link.send_object(queued);
    gather_.mark(*receiver);
    ++counters_.forwarded;
  }
  at_once ? gather_.flush() : gather_.arm();
}

bool Forwarder::is_alone(std::uint32_t track, base::TimePoint now) {
  if (std::exchange(latest_track_, track) != track) alone_since_ = now;
  return now - alone_since_ > kAlone;
}

void Forwarder::silence(const Route& route) {
  if (route.kind == RouteKind::kMicrophone) ranking_.remove(route.track);
}

void Forwarder::inspect(Receiver& receiver, base::Duration since_last) {
  const base::TimePoint now = clock_.now();
  for (const std::uint64_t stream : receiver.link.take_broken_streams()) {
    Route* route = find(static_cast<std::uint32_t>(stream >> 8));
    if (route != nullptr && route->video)
      route->video->on_broken(receiver, static_cast<std::uint8_t>(stream), now);
  }
  const transport::LinkStatistics statistics = receiver.link.statistics();
  counters_.late += statistics.queue.objects_late - receiver.late_counted;
  counters_.orphaned += statistics.queue.objects_orphaned - receiver.orphaned_counted;
  receiver.late_counted = statistics.queue.objects_late;
  receiver.orphaned_counted = statistics.queue.objects_orphaned;
  const std::uint64_t sent = statistics.bytes_sent - receiver.bytes_sent_before;
  receiver.bytes_sent_before = statistics.bytes_sent;
  const std::size_t queued = receiver.link.queued_video_bytes();
  if (queued == 0) return;
  // At the pace of the last interval; nothing sent at all counts as a queue of its own lifetime.
  const double share = sent == 0 ? 1e3 : static_cast<double>(queued) / static_cast<double>(sent);
  const auto wait = static_cast<double>(since_last.count()) * share;
  const base::Duration backlog =
      std::min(kScreenDeadline, base::Duration(static_cast<std::int64_t>(std::min(wait, 1e9))));
  for (auto& [track, route] : routes_) {
    if (route->video) route->video->on_backlog(receiver, backlog, now);
  }
}

void Forwarder::tick() {
  const base::TimePoint now = clock_.now();
  for (auto& [track, route] : routes_) {
    if (route->video) route->video->tick(now);
  }
}

std::optional<std::vector<std::uint32_t>> Forwarder::changed_speakers() {
  // Who stopped sending altogether is never found silent by the ranking.
  const base::TimePoint now = clock_.now();
  for (const auto& [track, route] : routes_) {
    if (ranking_.is_forwarded(track) && now - route->last_audio > kHeardFor) ranking_.remove(track);
  }
  std::vector<std::uint32_t> now_heard;
  for (const media::SpeakerRanking::Track track : ranking_.forwarded()) {
    now_heard.push_back(static_cast<std::uint32_t>(track));
  }
  std::ranges::sort(now_heard);
  if (const auto dominant = ranking_.dominant()) {
    const auto first = std::ranges::find(now_heard, static_cast<std::uint32_t>(*dominant));
    if (first != now_heard.end()) std::rotate(now_heard.begin(), first, first + 1);
  }
  if (now_heard == speakers_) return std::nullopt;
  speakers_ = now_heard;
  return now_heard;
}

}  // namespace vistime::server::conference
