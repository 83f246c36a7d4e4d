#include "programs.hpp"

#include <signal.h>

#include <sstream>
#include <stdexcept>

namespace vistime::system_tests {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "vistime-system-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Server::Server(const std::filesystem::path& data, std::vector<std::string> flags,
               std::vector<std::string> wrapper)
    : data_(data), flags_(std::move(flags)), wrapper_(std::move(wrapper)) {
  for (const auto* listener : {"https", "http", "master", "conference"}) ports_[listener] = "0";
  start();
}

void Server::start() {
  std::vector<std::string> command = wrapper_;
  command.insert(command.end(), {VISTIMED_PROGRAM, "--data", data_.string(), "--bind", "127.0.0.1",
                                 "--host-name", "localhost", "--print-ports"});
  for (const auto& [listener, port] : ports_) {
    command.push_back("--" + listener + "-port");
    command.push_back(port);
  }
  command.insert(command.end(), flags_.begin(), flags_.end());
  process_ = std::make_unique<Process>(command);
  while (const auto line = process_->read_line()) {
    if (!line->starts_with("READY")) continue;
    std::istringstream words(line->substr(5));
    std::string word;
    while (words >> word) ports_[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    return;
  }
  throw std::runtime_error("vistimed did not start: " + process_->errors());
}

std::filesystem::path Server::data() const {
  if (wrapper_.empty()) return data_;
  return "/proc/" + std::to_string(process_->id()) + "/root" + data_.string();
}

void Server::restart() {
  process_.reset();
  start();
}

Room create_room(const Server& server, std::vector<std::string> flags) {
  const Folder state;
  std::vector<std::string> arguments{"room",      "create",         "--server", server.url(),
                                     "--ca-file", server.ca_file(), "--json"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const auto outcome =
      run_vistime(arguments, {{"XDG_STATE_HOME", state.string()}, {"XDG_CONFIG_HOME", state.string()}});
  if (outcome.code != 0 || outcome.lines.empty()) throw std::runtime_error("room create: " + outcome.errors);
  const auto room = json::parse(outcome.lines[0]);
  return {room["room"], room["link"], room["host_link"]};
}

Outcome run_vistime(const std::vector<std::string>& arguments,
                    const std::map<std::string, std::string>& environment) {
  std::vector<std::string> command{VISTIME_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Folder state;
  std::map<std::string, std::string> full{{"XDG_STATE_HOME", state.string()},
                                          {"XDG_CONFIG_HOME", state.string()}};
  for (const auto& [name, value] : environment) full[name] = value;
  Process process(command, full);
  Outcome outcome;
  while (const auto line = process.read_line()) outcome.lines.push_back(*line);
  outcome.code = process.wait();
  outcome.errors = process.errors();
  return outcome;
}

Participant::Participant(const Server& server, const std::string& link, const std::string& name,
                         std::vector<std::string> flags) {
  std::vector<std::string> command{VISTIME_PROGRAM, "join", link,        "--json",
                                   "--name",        name,   "--ca-file", server.ca_file()};
  command.insert(command.end(), flags.begin(), flags.end());
  process_ = std::make_unique<Process>(
      command, std::map<std::string, std::string>{{"XDG_STATE_HOME", state_.string()},
                                                  {"XDG_CONFIG_HOME", state_.string()}});
}

bool Participant::read_event(std::chrono::milliseconds patience) {
  const auto line = process_->read_line(patience);
  if (!line) return false;
  events_.push_back(json::parse(*line));
  return true;
}

json Participant::expect(const std::string& event, const std::function<bool(const json&)>& matches) {
  while (true) {
    found_.resize(events_.size());
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (found_[i] || events_[i]["event"] != event || (matches && !matches(events_[i]))) continue;
      found_[i] = true;
      return events_[i];
    }
    if (read_event(kPatience)) continue;
    std::string came;
    for (const auto& other : events_) came += other.dump() + "\n";
    throw std::runtime_error("no event '" + event + "' came; what came:\n" + came + process_->errors());
  }
}

json Participant::joined() {
  auto event = expect("joined");
  id = event["you"];
  return event;
}

void Participant::tell(json command) { process_->write_line(command.dump()); }

json Participant::ask(json command) {
  const std::string ref = "r" + std::to_string(++commands_);
  command["ref"] = ref;
  tell(command);
  return expect("answer", [&](const json& event) { return event.value("ref", "") == ref; });
}

std::vector<json> Participant::all(const std::string& event) const {
  std::vector<json> found;
  for (const auto& other : events_) {
    if (other["event"] == event) found.push_back(other);
  }
  return found;
}

int Participant::leave() {
  process_->signal(SIGTERM);
  return wait();
}

int Participant::wait() {
  while (read_event(kPatience)) {
  }
  return process_->wait();
}

}  // namespace vistime::system_tests
