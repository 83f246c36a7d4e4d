// What a link still has to send: control before audio before video before bulk; within a lane in order. Media that
// can no longer be of use is dropped by rule rather than sent late:
//   - audio older than its deadline;
//   - video older than its deadline, together with everything that depends on it, that is, the rest of its stream up to
//     the next keyframe. An object marked discardable goes alone.
// Bounded in bytes and objects: a peer that does not read costs a fixed amount of memory. No I/O.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "protocol/frame.hpp"
#include "transport/ring.hpp"

namespace vistime::transport {

// Shared by all subscribers of a room; immutable. (The room and its links live on one executor; the count is shared
// only so that the last one to send it frees it.)
using SharedBytes = std::shared_ptr<const base::Bytes>;

struct QueuedObject {
  SharedBytes object;  // header and payload
  protocol::Lane lane = protocol::Lane::kAudio;
  base::TimePoint deadline;
  std::uint64_t stream = 0;  // objects of one stream depend on one another: track << 8 | spatial layer
  bool keyframe = true;      // starts the stream anew; always true for audio
  bool discardable = false;  // nothing depends on it; always true for audio
};

struct SendQueueLimits {
  std::size_t audio_objects = 64;
  std::size_t video_bytes = 4 << 20;
  std::size_t bulk_bytes = 4 << 20;
  std::size_t control_bytes = 4 << 20;
};

struct SendQueueCounters {
  std::uint64_t objects_sent = 0;
  std::uint64_t object_bytes_sent = 0;  // of whole objects
  std::uint64_t objects_late = 0;       // dropped: past the deadline, or the queue was full
  std::uint64_t objects_orphaned = 0;   // dropped: what they depend on was
};

class SendQueue {
 public:
  explicit SendQueue(SendQueueLimits limits = {}) : limits_(limits) {}

  // False when the limit is reached; the link must then be given up, for control is never dropped.
  bool push_control(protocol::FrameKind kind, SharedBytes message);
  // False when the object was dropped at once, because its stream is broken or the lane is full.
  bool push(QueuedObject object);

  // Appends frames to `out` until it holds `budget` bytes or nothing is left; drops what is late.
  void fill(base::Bytes& out, std::size_t budget, base::TimePoint now);

  bool empty() const;
  std::size_t queued_bytes() const;
  std::size_t queued_video_bytes() const { return lanes_[2].bytes; }

  // Streams that lost an object since the last call and now wait for a keyframe.
  std::vector<std::uint64_t> take_broken();
  const SendQueueCounters& counters() const { return counters_; }

  // The connection was replaced: half-sent objects are dropped, control is left to the link to send again.
  void connection_lost();

 private:
  struct Item {
    SharedBytes bytes;
    protocol::FrameKind kind = protocol::FrameKind::kObject;
    base::TimePoint deadline;
    std::uint64_t stream = 0;
    bool keyframe = true;
    bool discardable = true;
  };
  struct LaneQueue {
    Ring<Item> items;
    std::size_t bytes = 0;
    std::size_t sent = 0;  // bytes of the first item that are already out
  };

  void fill_lane(std::size_t lane, base::Bytes& out, std::size_t budget, base::TimePoint now);
  bool drop_if_late(std::size_t lane, base::Bytes& out, base::TimePoint now);
  void drop_front(LaneQueue& lane);
  void mark_broken(std::uint64_t stream);
  bool full(std::size_t lane, std::size_t bytes) const;

  SendQueueLimits limits_;
  std::array<LaneQueue, protocol::kLanes> lanes_;
  std::unordered_set<std::uint64_t> broken_;
  std::vector<std::uint64_t> newly_broken_;
  SendQueueCounters counters_;
};

}  // namespace vistime::transport
