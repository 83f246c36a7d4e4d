// A carrier moves whole messages, in order, between two ends, and knows nothing of what is in them. A WebSocket is
// one; tests have one in memory; others follow. All calls and callbacks happen on the carrier's executor.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace vistime::transport {

class CarrierEvents {
 public:
  virtual ~CarrierEvents() = default;
  // Valid during the call only.
  virtual void on_message(base::BytesView message) = 0;
  // The last write, which did not go through at once, is through: writable() is true again.
  virtual void on_writable() = 0;
  // Comes once, also after close(); nothing comes after it. kClosed when the other end said goodbye.
  virtual void on_closed(const base::Error& why) = 0;
};

class Carrier {
 public:
  virtual ~Carrier() = default;
  // Events go there from now on; nullptr silences them. The events must outlive the carrier or be unset.
  virtual void set_events(CarrierEvents* events) = 0;
  virtual bool writable() const = 0;
  // Only when writable; at most protocol::kMaxCarrierMessage bytes. Afterwards either writable() still holds, or
  // on_writable() says when it does again. Calls no event itself.
  virtual void write(base::BytesView message) = 0;
  // Sends what was written and then `last` (when not empty), says goodbye and closes; forced after a short while. The
  // carrier may be destroyed at once after: the goodbye goes on without it.
  virtual void close(base::Bytes last) = 0;
};

}  // namespace vistime::transport
