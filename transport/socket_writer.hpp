// The sending side of a non-blocking socket that takes everything it is given: what the kernel does not take at once is
// kept, in order, until flush(). So a TLS record is never half written, whoever writes next. Callers wait for flush()
// before they write more; that bounds what is kept.
#pragma once

#include <openssl/bio.h>

#include <memory>

#include "base/bytes.hpp"

namespace vistime::transport {

class SocketWriter {
 public:
  // `handle` stays the caller's and open while this is used.
  explicit SocketWriter(int handle) : handle_(handle) {}

  // Sends or keeps. False when the connection is broken; see error().
  bool write(base::BytesView bytes);
  // Sends what was kept. True when nothing is left.
  bool flush();
  bool empty() const { return kept_.empty(); }
  // errno of the failure that broke the connection, or 0.
  int error() const { return error_; }
  int handle() const { return handle_; }

 private:
  // Bytes the kernel took.
  std::size_t send(base::BytesView bytes);

  int handle_;
  int error_ = 0;
  base::Bytes kept_;
  std::size_t kept_sent_ = 0;
};

// OpenSSL's way to the socket: reads from it, writes through `writer`, which must outlive it. Nullptr: no memory.
BIO* make_bio(SocketWriter& writer);

}  // namespace vistime::transport
