// No SIGPIPE on this thread while it is in a library, or in a call, that writes to what may be closed at the other end.
#pragma once

#include <csignal>
#include <ctime>

namespace vistime::transport::reach {

// libcurl leaves this signal to its caller when it may not touch signal handlers (CURLOPT_NOSIGNAL), as threads must
// ask of it. Blocked for the thread alone, the rest of the process keeps what it has chosen.
class QuietPipes {
 public:
  QuietPipes() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending{};
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~QuietPipes() {
    // What came in the meantime came of our writing: nobody waits for it.
    const timespec now{};
    while (!was_pending_ && sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  QuietPipes(const QuietPipes&) = delete;
  QuietPipes& operator=(const QuietPipes&) = delete;

 private:
  sigset_t pipe_{}, before_{};
  bool was_pending_ = false;
};

}  // namespace vistime::transport::reach
