#include "transport/send_queue.hpp"

#include <algorithm>
#include <utility>

namespace vistime::transport {
namespace {

constexpr std::size_t index_of(protocol::Lane lane) { return static_cast<std::size_t>(lane); }
constexpr std::size_t kVideo = index_of(protocol::Lane::kVideo);

}  // namespace

bool SendQueue::full(std::size_t lane, std::size_t bytes) const {
  const LaneQueue& queue = lanes_[lane];
  switch (static_cast<protocol::Lane>(lane)) {
    case protocol::Lane::kControl: return queue.bytes + bytes > limits_.control_bytes;
    case protocol::Lane::kAudio: return queue.items.size() >= limits_.audio_objects;
    case protocol::Lane::kVideo: return queue.bytes + bytes > limits_.video_bytes;
    case protocol::Lane::kBulk: return queue.bytes + bytes > limits_.bulk_bytes;
  }
  return true;
}

bool SendQueue::push_control(protocol::FrameKind kind, SharedBytes message) {
  constexpr std::size_t kLane = index_of(protocol::Lane::kControl);
  if (full(kLane, message->size())) return false;
  lanes_[kLane].bytes += message->size();
  lanes_[kLane].items.push_back({std::move(message), kind, base::TimePoint::max(), 0, true, true});
  return true;
}

bool SendQueue::push(QueuedObject object) {
  const std::size_t lane = index_of(object.lane);
  const std::size_t size = object.object->size();
  // A set that is empty almost always: audio never gets in, and video only under loss.
  if (!broken_.empty() && broken_.contains(object.stream)) {
    if (!object.keyframe) {
      ++counters_.objects_orphaned;
      return false;
    }
    broken_.erase(object.stream);
  }
  if (full(lane, size)) {
    // What was said longest ago is worth least; but one that is half sent can only be taken back by a frame.
    if (object.lane == protocol::Lane::kAudio && lanes_[lane].sent == 0) {
      drop_front(lanes_[lane]);
      ++counters_.objects_late;
    } else {
      ++counters_.objects_late;
      if (!object.discardable) mark_broken(object.stream);
      return false;
    }
  }
  lanes_[lane].bytes += size;
  lanes_[lane].items.push_back({std::move(object.object), protocol::FrameKind::kObject, object.deadline,
                                object.stream, object.keyframe, object.discardable});
  return true;
}

void SendQueue::drop_front(LaneQueue& lane) {
  lane.bytes -= lane.items.front().bytes->size();
  lane.items.pop_front();
  lane.sent = 0;
}

void SendQueue::mark_broken(std::uint64_t stream) {
  if (broken_.insert(stream).second) newly_broken_.push_back(stream);
}

bool SendQueue::drop_if_late(std::size_t lane, base::Bytes& out, base::TimePoint now) {
  LaneQueue& queue = lanes_[lane];
  const Item& item = queue.items.front();
  const bool orphaned = !broken_.empty() && broken_.contains(item.stream) && !item.keyframe;
  if (orphaned) {
    ++counters_.objects_orphaned;
  } else if (item.deadline < now) {
    ++counters_.objects_late;
    if (lane == kVideo && !item.discardable) mark_broken(item.stream);
  } else {
    return false;
  }
  if (queue.sent > 0) {
    protocol::encode({.kind = protocol::FrameKind::kObject,
                      .lane = static_cast<protocol::Lane>(lane),
                      .abandoned = true,
                      .body = {}},
                     out);
  }
  drop_front(queue);
  return true;
}

void SendQueue::fill(base::Bytes& out, std::size_t budget, base::TimePoint now) {
  for (std::size_t lane = 0; lane < lanes_.size() && out.size() < budget; ++lane) {
    if (!lanes_[lane].items.empty()) fill_lane(lane, out, budget, now);
  }
}

void SendQueue::fill_lane(std::size_t lane, base::Bytes& out, std::size_t budget, base::TimePoint now) {
  LaneQueue& queue = lanes_[lane];
  while (!queue.items.empty() && out.size() < budget) {
    Item& item = queue.items.front();
    if (item.kind == protocol::FrameKind::kObject && drop_if_late(lane, out, now)) continue;
    // A keyframe mends its stream also when it was queued before the stream broke.
    if (item.keyframe && !broken_.empty()) broken_.erase(item.stream);
    const std::size_t left = item.bytes->size() - queue.sent;
    const std::size_t room =
        std::min(protocol::kMaxFrameBody, std::max<std::size_t>(budget - out.size(), 1024));
    const std::size_t part = std::min(left, room);
    protocol::encode({.kind = item.kind,
                      .lane = static_cast<protocol::Lane>(lane),
                      .more = part < left,
                      .body = base::BytesView(*item.bytes).subspan(queue.sent, part)},
                     out);
    queue.sent += part;
    if (part < left) continue;
    if (item.kind == protocol::FrameKind::kObject) {
      ++counters_.objects_sent;
      counters_.object_bytes_sent += item.bytes->size();
    }
    drop_front(queue);
  }
}

bool SendQueue::empty() const {
  return std::ranges::all_of(lanes_, [](const LaneQueue& lane) { return lane.items.empty(); });
}

std::size_t SendQueue::queued_bytes() const {
  std::size_t bytes = 0;
  for (const LaneQueue& lane : lanes_) bytes += lane.bytes;
  return bytes;
}

std::vector<std::uint64_t> SendQueue::take_broken() { return std::exchange(newly_broken_, {}); }

void SendQueue::connection_lost() {
  lanes_[index_of(protocol::Lane::kControl)] = {};
  for (std::size_t lane = 1; lane < lanes_.size(); ++lane) {
    LaneQueue& queue = lanes_[lane];
    // Video that waited for a connection would come as a burst of the past; its streams start anew.
    while (!queue.items.empty()) {
      const Item& item = queue.items.front();
      if (lane == kVideo && !item.discardable) mark_broken(item.stream);
      ++counters_.objects_late;
      drop_front(queue);
    }
  }
}

}  // namespace vistime::transport
