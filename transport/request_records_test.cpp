#include "transport/request_records.hpp"

#include <gtest/gtest.h>

#include "protocol/frame.hpp"

namespace vistime::transport {
namespace {

using Seen = std::vector<std::pair<std::uint32_t, base::Bytes>>;

Seen read_in_pieces(const base::Bytes& stream, std::size_t piece) {
  RecordReader reader;
  Seen seen;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    const auto part = base::BytesView(stream).subspan(at, std::min(piece, stream.size() - at));
    EXPECT_TRUE(reader.feed(part, [&](const Record& record) {
      seen.emplace_back(record.number, base::Bytes(record.payload.begin(), record.payload.end()));
    }));
  }
  EXPECT_TRUE(reader.at_boundary());
  return seen;
}

TEST(RequestRecords, have_these_bytes) {
  base::Bytes out;
  const base::Bytes payload = {7, 8};
  append_record(out, {258, payload});
  EXPECT_EQ(base::hex(out), "00000102000000020708");
}

TEST(RequestRecords, are_read_however_the_bytes_arrive) {
  base::Bytes stream;
  const base::Bytes first = {1, 2, 3}, second(300, 9);
  append_record(stream, {1, first});
  append_record(stream, {kPaddingRecord, second});
  append_record(stream, {2, second});
  append_record(stream, {kGoodbyeRecord, {}});
  const Seen expected = {{1, first}, {0, second}, {2, second}, {kGoodbyeRecord, {}}};
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{100}, stream.size()}) {
    EXPECT_EQ(read_in_pieces(stream, piece), expected) << piece;
  }
}

TEST(RequestRecords, one_that_claims_too_much_ends_the_reading_for_good) {
  base::Bytes stream;
  base::ByteWriter writer(stream);
  writer.u32(1);
  writer.u32(protocol::kMaxCarrierMessage + 1);
  RecordReader reader;
  const auto nothing = [](const Record&) { FAIL(); };
  EXPECT_FALSE(reader.feed(stream, nothing));
  base::Bytes good;
  append_record(good, {1, {}});
  EXPECT_FALSE(reader.feed(good, nothing));
}

TEST(Reorder, brings_messages_into_order_and_drops_what_comes_twice) {
  Reorder order;
  const auto message = [](std::uint8_t n) { return base::Bytes{n}; };
  EXPECT_TRUE(order.put(2, message(2)));
  EXPECT_EQ(order.take(), std::nullopt);
  EXPECT_TRUE(order.put(1, message(1)));
  EXPECT_TRUE(order.put(1, message(9)));
  EXPECT_EQ(order.take(), message(1));
  EXPECT_EQ(order.take(), message(2));
  EXPECT_TRUE(order.put(2, message(9)));
  EXPECT_EQ(order.take(), std::nullopt);
  EXPECT_EQ(order.next(), 3U);
}

TEST(Reorder, a_gap_does_not_fill_the_memory) {
  Reorder order;
  std::uint32_t number = 2;
  while (order.put(number, base::Bytes(1))) ++number;
  EXPECT_EQ(number, 2 + Reorder::kMaxWaiting);
  Reorder large;
  number = 2;
  while (large.put(number, base::Bytes(protocol::kMaxCarrierMessage))) ++number;
  EXPECT_EQ(number, 2 + Reorder::kMaxWaitingBytes / protocol::kMaxCarrierMessage);
}

}  // namespace
}  // namespace vistime::transport
