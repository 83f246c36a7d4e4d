// The server's half of a link over plain requests: messages up arrive in the bodies of POSTs, messages down leave in the
// answers to GETs, one that streams or several that wait (long poll). Whoever speaks HTTP moves the bytes; this keeps
// their order, keeps what may have to be sent again, and looks like any other carrier to the role.
//
// One executor owns it; it lives as long as a request or the carrier needs it.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "transport/carrier.hpp"
#include "transport/request_records.hpp"
#include "transport/timer.hpp"

namespace vistime::transport {

class RequestSession : public std::enable_shared_from_this<RequestSession> {
 public:
  // Nobody asks for anything for so long: the client is gone.
  static constexpr auto kIdle = std::chrono::seconds(20);
  // After the role's goodbye, for an answer that got lost to be asked for again.
  static constexpr auto kLinger = std::chrono::seconds(5);
  // Unsent bytes beyond which the role is told to wait: what is late can still be dropped by it.
  static constexpr std::size_t kLowWater = 32 * 1024;
  // Sent and not yet acknowledged: kept, because a proxy may swallow an answer.
  static constexpr std::size_t kMaxKept = 2 << 20;

  // From any thread. `on_end` is called once, on the executor, when nothing more can be asked of the session.
  static std::shared_ptr<RequestSession> make(const Executor& executor, std::function<void()> on_end);
  // On the executor, before everything else: from now on idleness counts.
  void start() { stay_alive(); }

  // For the role; once. The session ends with it.
  std::unique_ptr<Carrier> carrier();

  // The body of a POST; each may come more than once and in any order. `received`: what the client has received, see
  // acknowledge(). Fails for bytes that no client of ours sends.
  base::Result<void> take_up(base::BytesView body, std::uint32_t received);
  // The client has everything before `next`.
  void acknowledge(std::uint32_t next);
  // An answer was lost on its way: everything from there on is sent once more.
  void send_again();

  // Records for an answer, at most about `max_bytes`; empty when there is nothing.
  base::Bytes take_down(std::size_t max_bytes);
  // Until there is something to take, the session is over, or the time is.
  Task<void> wait_for_down(std::chrono::milliseconds limit);
  // Nothing comes any more: the role has closed it and all was taken (it can still be sent again), or it has failed.
  bool over() const { return failed_ || (closed_ && unsent_from_ >= kept_.size()); }
  // The client said goodbye, or is gone.
  void end(const base::Error& why);

  // Of the answers that stream only the last to begin goes on: the others end as soon as they notice.
  std::uint64_t begin_stream();
  // The client polls: what streams is held back somewhere, and must not take what polls are to carry.
  void end_stream();
  bool is_current(std::uint64_t stream) const { return stream == streams_; }

 private:
  class End;
  struct Kept {
    std::uint32_t number = 0;
    base::Bytes message;
  };
  RequestSession(const Executor& executor, std::function<void()> on_end)
      : executor_(executor), on_end_(std::move(on_end)), idle_(executor) {}
  void set_events(CarrierEvents* events);
  bool writable() const;
  void write(base::BytesView message);
  void close(base::Bytes last);
  void deliver();
  void tell_writable();
  void wake();
  void stay_alive();

  const Executor executor_;
  const std::function<void()> on_end_;
  Timer idle_;
  CarrierEvents* events_ = nullptr;
  Reorder up_;
  std::deque<Kept> kept_;        // sent or not, not yet acknowledged
  std::size_t unsent_from_ = 0;  // the first in kept_ that no answer carries
  std::size_t kept_bytes_ = 0, unsent_bytes_ = 0;
  std::uint32_t last_number_ = 0;
  std::deque<std::weak_ptr<Timer>> waiting_;
  std::uint64_t streams_ = 0;
  bool streaming_ = false;
  bool told_full_ = false;
  bool closed_ = false;
  bool failed_ = false;
};

}  // namespace vistime::transport
