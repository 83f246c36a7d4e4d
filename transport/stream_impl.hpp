// The templates of stream.hpp.
#pragma once

#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace vistime::transport {

// Attempts until the attempt neither wants to read nor to write. Never completes from within the initiating call.
template <typename Attempt>
struct Stream::Operation {
  Stream& stream;
  Attempt attempt;
  Step step{};
  bool started = false;
  bool finished = false;

  template <typename Self>
  void operator()(Self& self, ErrorCode wait_error = {}) {
    if (finished) return complete(self);
    if (wait_error) {
      step = Step{wait_error, 0, Want::kNothing};
      return complete(self);
    }
    step = attempt.run(stream);
    if (step.want != Want::kNothing) {
      started = true;
      const auto readiness = step.want == Want::kRead ? Socket::wait_read : Socket::wait_write;
      stream.socket_.async_wait(readiness, std::move(self));
    } else if (started) {
      complete(self);
    } else {
      finished = true;
      const auto executor = stream.get_executor();
      asio::post(executor, std::move(self));
    }
  }

  template <typename Self>
  void complete(Self& self) {
    if constexpr (Attempt::kMovesBytes) {
      self.complete(step.error, step.bytes);
    } else {
      self.complete(step.error);
    }
  }
};

struct Stream::HandshakeAttempt {
  static constexpr bool kMovesBytes = false;
  Step run(Stream& stream) { return stream.try_handshake(); }
};

struct Stream::ReadAttempt {
  static constexpr bool kMovesBytes = true;
  asio::mutable_buffer into;
  Step run(Stream& stream) { return into.size() == 0 ? Step{} : stream.try_read(into.data(), into.size()); }
};

struct Stream::FlushAttempt {
  static constexpr bool kMovesBytes = false;
  Step run(Stream& stream) { return stream.try_flush(); }
};

// What lies in several buffers (a frame's head and its body) is gathered, so that it makes one TLS record.
template <typename Buffers>
struct Stream::WriteAttempt {
  static constexpr bool kMovesBytes = true;
  Buffers from;
  Step accepted{};
  // Done when the socket has it: nobody else would send the rest.
  Step run(Stream& stream) {
    Step step = stream.try_flush();
    if (step.error || step.want != Want::kNothing || accepted.bytes > 0)
      return step.error ? step : with_bytes(step);
    accepted = write(stream);
    if (accepted.error || accepted.bytes == 0) return accepted;
    return with_bytes(stream.try_flush());
  }
  Step with_bytes(Step step) const {
    step.bytes = accepted.bytes;
    return step;
  }
  Step write(Stream& stream) {
    asio::const_buffer only;
    std::size_t parts = 0;
    for (auto it = asio::buffer_sequence_begin(from); it != asio::buffer_sequence_end(from); ++it) {
      const asio::const_buffer part(*it);
      if (part.size() == 0) continue;
      only = part;
      ++parts;
    }
    if (parts == 0) return Step{};
    if (parts == 1) return stream.try_write(only.data(), only.size());
    thread_local std::array<char, kGather> gathered;
    const std::size_t size = asio::buffer_copy(asio::buffer(gathered), from);
    return stream.try_write(gathered.data(), size);
  }
};

template <typename Token>
auto Stream::handshake(Token&& token) {
  return asio::async_compose<Token, void(ErrorCode)>(Operation<HandshakeAttempt>{*this, {}}, token, socket_);
}

template <typename Buffers, typename Token>
auto Stream::async_read_some(const Buffers& buffers, Token&& token) {
  asio::mutable_buffer first;
  for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it) {
    first = asio::mutable_buffer(*it);
    if (first.size() != 0) break;
  }
  return asio::async_compose<Token, void(ErrorCode, std::size_t)>(Operation<ReadAttempt>{*this, {first}},
                                                                  token, socket_);
}

template <typename Buffers, typename Token>
auto Stream::async_write_some(const Buffers& buffers, Token&& token) {
  return asio::async_compose<Token, void(ErrorCode, std::size_t)>(
      Operation<WriteAttempt<Buffers>>{*this, {buffers}}, token, socket_);
}

template <typename Token>
auto Stream::async_flush(Token&& token) {
  return asio::async_compose<Token, void(ErrorCode)>(Operation<FlushAttempt>{*this, {}}, token, socket_);
}

// What Beast's WebSocket asks of its stream: how to end it.
void beast_close_socket(Stream& stream);
void teardown(boost::beast::role_type role, Stream& stream, ErrorCode& error);

template <typename Handler>
void async_teardown(boost::beast::role_type role, Stream& stream, Handler&& handler) {
  ErrorCode error;
  teardown(role, stream, error);
  const auto executor = stream.get_executor();
  asio::post(executor, [handler = std::forward<Handler>(handler), error]() mutable { handler(error); });
}

}  // namespace vistime::transport
