// What the bodies of a link over plain requests are made of, see protocol/README.md: numbered records, so that messages
// that travel in several requests at once come out in order, each once.
//
//   u32 number   1, 2, …: a message; 0: padding, to be skipped; 0xFFFFFFFF: goodbye
//   u32 length   of what follows, at most protocol::kMaxCarrierMessage
//   payload      a carrier's message; of a goodbye: u32, the number of the last message before it
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::transport {

inline constexpr std::uint32_t kPaddingRecord = 0;
inline constexpr std::uint32_t kGoodbyeRecord = 0xFFFF'FFFF;
inline constexpr std::size_t kRecordHead = 8;

struct Record {
  std::uint32_t number = 0;
  base::BytesView payload;
};

void append_record(base::Bytes& out, const Record& record);
void append_goodbye(base::Bytes& out, std::uint32_t last_number);

// Cuts a stream of bytes into records, however they arrive.
class RecordReader {
 public:
  // Calls `each` for every record that is complete now; its payload is valid during the call. Fails, and stays failed,
  // when a record claims to be longer than a carrier's message may be.
  base::Result<void> feed(base::BytesView bytes, const std::function<void(const Record&)>& each);
  // Nothing is half read.
  bool at_boundary() const { return pending_.empty(); }

 private:
  base::Bytes pending_;
  bool failed_ = false;
};

// Brings numbered messages into order.
class Reorder {
 public:
  // What may lie ahead of a gap.
  static constexpr std::size_t kMaxWaiting = 1024;
  static constexpr std::size_t kMaxWaitingBytes = 2 << 20;

  // False: it is too far ahead, and nothing was taken. What came before is dropped silently.
  bool put(std::uint32_t number, base::BytesView message);
  // The next in order, if it is there.
  std::optional<base::Bytes> take();
  // The number that take() waits for: all before it has been taken.
  std::uint32_t next() const { return next_; }
  // A goodbye came; it holds once all before it has been taken.
  void goodbye(base::BytesView payload);
  bool ended() const { return last_ && next_ > *last_; }

 private:
  std::uint32_t next_ = 1;
  std::map<std::uint32_t, base::Bytes> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::optional<std::uint32_t> last_;
};

}  // namespace vistime::transport
