#include "transport/request_records.hpp"

#include <utility>

#include "protocol/frame.hpp"

namespace vistime::transport {

void append_record(base::Bytes& out, const Record& record) {
  base::ByteWriter writer(out);
  writer.u32(record.number);
  writer.u32(static_cast<std::uint32_t>(record.payload.size()));
  writer.bytes(record.payload);
}

void append_goodbye(base::Bytes& out, std::uint32_t last_number) {
  base::Bytes payload;
  base::ByteWriter(payload).u32(last_number);
  append_record(out, {kGoodbyeRecord, payload});
}

base::Result<void> RecordReader::feed(base::BytesView bytes, const std::function<void(const Record&)>& each) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  std::size_t done = 0;
  while (!failed_ && pending_.size() - done >= kRecordHead) {
    base::ByteReader reader(base::BytesView(pending_).subspan(done));
    const std::uint32_t number = *reader.u32();
    const std::uint32_t length = *reader.u32();
    if (length > protocol::kMaxCarrierMessage) {
      failed_ = true;
      break;
    }
    const auto payload = reader.bytes(length);
    if (!payload) break;
    each({number, *payload});
    done += kRecordHead + length;
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  if (failed_) return base::fail_as(base::ErrorKind::kInvalid, "protocol-error", "a record is too long");
  return {};
}

bool Reorder::put(std::uint32_t number, base::BytesView message) {
  if (number < next_ || waiting_.contains(number)) return true;
  if (waiting_.size() >= kMaxWaiting || waiting_bytes_ + message.size() > kMaxWaitingBytes) return false;
  waiting_bytes_ += message.size();
  waiting_.emplace(number, base::Bytes(message.begin(), message.end()));
  return true;
}

std::optional<base::Bytes> Reorder::take() {
  const auto first = waiting_.begin();
  if (first == waiting_.end() || first->first != next_) return std::nullopt;
  base::Bytes message = std::move(first->second);
  waiting_bytes_ -= message.size();
  waiting_.erase(first);
  ++next_;
  return message;
}

void Reorder::goodbye(base::BytesView payload) { last_ = base::ByteReader(payload).u32().value_or(0); }

}  // namespace vistime::transport
