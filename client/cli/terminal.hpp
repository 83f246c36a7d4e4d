// The terminal in raw mode on its alternate screen, given back as it was on every way out, also when a signal kills us.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace vistime::cli {

class Terminal {
 public:
  // Takes the terminal over. One at a time.
  Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  struct Size {
    std::size_t width = 80;
    std::size_t height = 24;
  };
  Size size() const;
  // Draws the lines that have changed since the last time; all of them after a change of size.
  void draw(const std::vector<std::string>& lines);
  // As NO_COLOR (no-color.org) and TERM say.
  static bool may_colour();

 private:
  std::vector<std::string> shown_;
};

}  // namespace vistime::cli
