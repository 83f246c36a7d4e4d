// The first message each way on a new connection, before a Link takes the carrier over.
#pragma once

#include <chrono>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "protocol/frame.hpp"
#include "protocol/link.pb.h"

namespace vistime::transport {

// A Hello is awaited for so long and no longer.
inline constexpr auto kHelloTimeout = std::chrono::seconds(10);
// How long a link without a connection is kept.
inline constexpr auto kResumeWindow = std::chrono::seconds(30);

// A carrier message that holds just this.
base::Bytes encode_hello(const vistime::v1::Hello& hello);
base::Bytes encode_hello_reply(const vistime::v1::HelloReply& reply);
// Invalid when the message holds anything else.
base::Result<vistime::v1::Hello> decode_hello(base::BytesView carrier_message);
base::Result<vistime::v1::HelloReply> decode_hello_reply(base::BytesView carrier_message);

// What a server answers to a client of another release or protocol; nothing when they match.
std::optional<vistime::v1::HelloReply> refuse_version(const vistime::v1::Hello& hello);

}  // namespace vistime::transport
