// vistimed and vistime as the tests use them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.hpp"

namespace vistime::system_tests {

using nlohmann::json;

// A folder that goes when the test does.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

class Server {
 public:
  // Starts with `flags` beside the data folder and free ports, and returns once it listens. `wrapper`: a command that runs
  // the program given after it, for instance in a namespace of its own.
  explicit Server(const std::filesystem::path& data, std::vector<std::string> flags = {},
                  std::vector<std::string> wrapper = {});
  // Starts again on the same data and ports, as an init system would.
  void restart();
  Process& process() { return *process_; }
  // "https", "http", "master", "conference"
  std::string port(const std::string& listener) const { return ports_.at(listener); }
  std::string url() const { return "https://localhost:" + port("https"); }
  // The data folder as the server sees it.
  std::filesystem::path data() const;
  std::string ca_file() const { return (data() / "tls/ca.pem").string(); }

 private:
  void start();
  std::filesystem::path data_;
  std::vector<std::string> flags_, wrapper_;
  std::map<std::string, std::string> ports_;
  std::unique_ptr<Process> process_;
};

struct Room {
  std::string id, link, host_link;
};
Room create_room(const Server& server, std::vector<std::string> flags = {});

// `vistime ARGUMENTS`: its exit code, its lines and its errors.
struct Outcome {
  int code = 0;
  std::vector<std::string> lines;
  std::string errors;
};
Outcome run_vistime(const std::vector<std::string>& arguments,
                    const std::map<std::string, std::string>& environment = {});

// A participant: `vistime join --json`, with a state folder of its own. Events are kept; expect() finds each of them once, in
// whatever order it is asked for them.
class Participant {
 public:
  Participant(const Server& server, const std::string& link, const std::string& name,
              std::vector<std::string> flags = {});
  // Waits for an event of this kind that `matches`; fails by an exception that lists what came instead.
  json expect(const std::string& event, const std::function<bool(const json&)>& matches = {});
  // Has joined (or waits in the lobby, when said so).
  json joined();
  // Sends a command; answered ones are awaited: the "answer" event.
  void tell(json command);
  json ask(json command);
  // All events so far, with what has arrived by now.
  const std::vector<json>& events() const { return events_; }
  std::vector<json> all(const std::string& event) const;
  // Leaves and returns the exit code, with every event read.
  int leave();
  int wait();
  Process& process() { return *process_; }
  std::string id;  // set by joined()

 private:
  bool read_event(std::chrono::milliseconds patience);
  Folder state_;
  std::unique_ptr<Process> process_;
  std::vector<json> events_;
  std::vector<bool> found_;  // by expect(), one for each event
  int commands_ = 0;
};

}  // namespace vistime::system_tests
