#include "client/core/reception.hpp"

#include <utility>

namespace vistime::client {
namespace {

class Nothing final : public MediaSink {
 public:
  void on_genuine(const Track&, std::int64_t, base::TimePoint) override {}
  void on_audio(const Track&, std::int64_t, const media::Samples&) override {}
  void on_video(const Track&, const protocol::ObjectHeader&, base::BytesView) override {}
};

}  // namespace

void Reception::introduce(const Participant& participant) {
  if (recorder_) recorder_->introduce(participant);
}

Reception::Entry* Reception::entry_for(const Track& track) {
  const auto known = entries_.find(track.id);
  const bool same = known != entries_.end() && known->second.track.kind == track.kind &&
                    known->second.track.codec == track.codec &&
                    known->second.track.channels == track.channels;
  if (same) return &known->second;
  Entry entry{.track = track};
  if (is_audio(track.kind)) {
    auto receiver = AudioReceiver::create(track, opener_);
    if (!receiver) return nullptr;
    entry.audio = std::move(*receiver);
  } else {
    entry.video = std::make_unique<VideoReceiver>(track, opener_);
  }
  return &entries_.insert_or_assign(track.id, std::move(entry)).first->second;
}

void Reception::receive(const Track& track, std::uint64_t media_session, base::BytesView object,
                        base::TimePoint now) {
  const auto header = protocol::decode_object_header(object);
  if (!header) return;
  Entry* entry = entry_for(track);
  if (entry == nullptr) return;
  Nothing nothing;
  MediaSink& out = recorder_ ? static_cast<MediaSink&>(*recorder_) : nothing;
  const bool opened = entry->audio ? entry->audio->receive(*header, media_session, object, now, out)
                                   : entry->video->receive(*header, media_session, object, now, out);
  if (opened) events_.on_arrival(track, static_cast<std::int64_t>(header->capture_us), now);
  if (opened && !std::exchange(entry->told_receiving, true)) events_.on_receiving(track);
  if (!opened && !std::exchange(entry->told_unreadable, true)) events_.on_unreadable(track);
}

void Reception::forget(std::uint32_t track, base::TimePoint now) {
  const auto known = entries_.find(track);
  if (known == entries_.end()) return;
  if (known->second.audio && recorder_) known->second.audio->drain(now, *recorder_);
  entries_.erase(known);
}

void Reception::run(base::TimePoint now) {
  Nothing nothing;
  MediaSink& out = recorder_ ? static_cast<MediaSink&>(*recorder_) : nothing;
  for (auto& [id, entry] : entries_) {
    if (entry.audio) entry.audio->run(now, out);
    if (!entry.video) continue;
    if (const auto spatial = entry.video->take_keyframe_request(now))
      events_.on_keyframe_needed(id, *spatial);
  }
  if (!recorder_) return;
  recorder_->keep_index(now);
  if (const auto failure = recorder_->take_failure()) events_.on_recording_failed(*failure);
}

std::vector<TrackStatistics> Reception::statistics() const {
  std::vector<TrackStatistics> out;
  for (const auto& [id, entry] : entries_) {
    out.push_back({entry.track, entry.audio ? entry.audio->statistics() : entry.video->statistics()});
  }
  return out;
}

base::Result<std::vector<std::string>> Reception::finish(base::TimePoint now) {
  if (!recorder_) return std::vector<std::string>();
  for (auto& [id, entry] : entries_) {
    if (entry.audio) entry.audio->drain(now, *recorder_);
  }
  return recorder_->finish(now);
}

}  // namespace vistime::client
