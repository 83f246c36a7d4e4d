#include "client/core/statistics.hpp"

#include <nlohmann/json.hpp>

namespace vistime::client {
namespace {

double milliseconds(base::Duration duration) { return static_cast<double>(duration.count()) / 1000.0; }

}  // namespace

std::uint64_t StatisticsWriter::bitrate(std::uint64_t key, std::uint64_t bytes, base::Duration since) {
  std::uint64_t& before = bytes_before_[key];
  // A track may have begun anew under its old number.
  const std::uint64_t grown = bytes >= before ? bytes - before : bytes;
  before = bytes;
  return since.count() > 0 ? grown * 8'000'000 / static_cast<std::uint64_t>(since.count()) : 0;
}

std::string StatisticsWriter::line(const Figures& figures) {
  using nlohmann::json;
  constexpr std::uint64_t kSent = std::uint64_t{1} << 48;  // keys of own tracks beside those of others
  const base::Duration since = figures.elapsed - elapsed_before_;
  elapsed_before_ = figures.elapsed;
  json sent = json::array();
  for (const SentStatistics& each : figures.sent) {
    sent.push_back({{"track", each.index},
                    {"kind", to_string(each.kind)},
                    {"spatial", each.spatial},
                    {"frames", each.frames},
                    {"bytes", each.bytes},
                    {"bitrate", bitrate(kSent | each.index << 8 | each.spatial, each.bytes, since)},
                    {"keyframes", each.keyframes},
                    {"skipped", each.skipped}});
  }
  json received = json::array();
  for (const auto& [track, each] : figures.received) {
    received.push_back({{"track", track.id},
                        {"participant", track.participant},
                        {"kind", to_string(track.kind)},
                        {"frames", each.frames},
                        {"bytes", each.bytes},
                        {"bitrate", bitrate(track.id, each.bytes, since)},
                        {"lost", each.lost},
                        {"late", each.late},
                        {"concealed", each.concealed},
                        {"fec", each.fec},
                        {"jitter_delay_ms", milliseconds(each.jitter_delay)},
                        {"unreadable", each.unreadable},
                        {"keyframe_requests", each.keyframe_requests}});
  }
  const auto& link = figures.link;
  const json line = {{"time_ms", figures.time_ms},
                     {"elapsed_ms", figures.elapsed.count() / 1000},
                     {"route", figures.route.empty() ? json() : json(figures.route)},
                     {"phase", to_string(figures.phase)},
                     {"round_trip_ms", milliseconds(link.round_trip)},
                     {"oldest_unconfirmed_ms", milliseconds(link.oldest_unconfirmed)},
                     {"bytes_sent", link.bytes_sent},
                     {"bytes_received", link.bytes_received},
                     {"connections", link.connections},
                     {"objects_sent", link.queue.objects_sent},
                     {"objects_late", link.queue.objects_late},
                     {"objects_orphaned", link.queue.objects_orphaned},
                     {"sent", sent},
                     {"received", received}};
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace vistime::client
