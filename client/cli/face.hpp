// How a meeting is shown and what its user says to it. One of three: scripts (JSON lines), plain lines, the full screen.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/core/attendance.hpp"

namespace vistime::cli {

class Face {
 public:
  virtual ~Face() = default;
  // The meeting is about to begin; it outlives the face's use of it.
  virtual void begin(client::Attendance& attendance) = 0;
  virtual void on_event(const client::Event& event) = 0;
  // Bytes from stdin; only where wants_input().
  virtual bool wants_input() const = 0;
  virtual void on_input(std::string_view bytes) = 0;
  // Ten times a second.
  virtual void on_tick() {}
  // All is over; `recorded` is empty when nothing was recorded. Restores the terminal.
  virtual void end(const base::Error& why, const std::vector<std::string>& recorded) = 0;
};

// The answer to "what time is it": Unix time, milliseconds.
using WallClock = std::function<std::int64_t()>;
std::unique_ptr<Face> make_json_face(WallClock clock);
// Says what happens on stderr; chat on stdout when asked for.
std::unique_ptr<Face> make_plain_face(bool print_chat);
std::unique_ptr<Face> make_screen_face(WallClock clock);

}  // namespace vistime::cli
