// A server under measurement: started on a processor of its own, watched through /proc, ended by its process id.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.hpp"

namespace vistime::bench {

class Process {
 public:
  // Runs `command` pinned to processor `cpu`, its output in the file `log`.
  static base::Result<Process> start(const std::vector<std::string>& command, int cpu,
                                     const std::string& log);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();  // ends it and waits

  pid_t id() const { return id_; }
  bool running() const;
  // Time on a processor so far, user and system, of all its threads; seconds.
  double cpu_seconds() const;
  // What it holds of memory, shared pages counted by share (PSS); bytes.
  double memory_bytes() const;

 private:
  explicit Process(pid_t id) : id_(id) {}
  pid_t id_ = -1;
};

// This process from now on runs on processor `cpu`.
void pin_to(int cpu);

}  // namespace vistime::bench
