// Anything as a body, in pieces of any size: what is read in pieces is what is read at once.
#include <cstdlib>

#include "transport/request_records.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vistime;
  if (size < 1) return 0;
  const std::size_t piece = data[0] + 1U;
  const base::BytesView stream(data + 1, size - 1);
  base::Bytes whole, parts;
  transport::RecordReader at_once, by_pieces;
  transport::Reorder order;
  const bool good = at_once
                        .feed(stream,
                              [&](const transport::Record& record) {
                                transport::append_record(whole, record);
                                order.put(record.number, record.payload);
                                while (order.take()) {
                                }
                              })
                        .has_value();
  bool good_in_parts = true;
  for (std::size_t at = 0; at < stream.size() && good_in_parts; at += piece) {
    good_in_parts =
        by_pieces
            .feed(stream.subspan(at, std::min(piece, stream.size() - at)),
                  [&](const transport::Record& record) { transport::append_record(parts, record); })
            .has_value();
  }
  if (good != good_in_parts || whole != parts) std::abort();
  return 0;
}
