// Events as JSON lines on stdout, commands as JSON lines from stdin.
#include <iostream>

#include "client/cli/face.hpp"
#include "client/cli/json_command.hpp"
#include "client/cli/json_event.hpp"

namespace vistime::cli {
namespace {

class JsonFace final : public Face {
 public:
  explicit JsonFace(WallClock clock) : clock_(std::move(clock)) {}

  void begin(client::Attendance& attendance) override { attendance_ = &attendance; }

  void on_event(const client::Event& event) override {
    // The last line is end()'s, behind the recording's.
    if (const auto* ended = std::get_if<client::event::Ended>(&event)) {
      joined_ = ended->joined;
      return;
    }
    print(event_line(event, attendance_->state(), clock_()));
    const std::string& folder = attendance_->settings().record_folder;
    if (std::holds_alternative<client::event::Joined>(event) && !folder.empty() && !recording_told_) {
      recording_told_ = true;
      print(recording_started_line(folder, clock_()));
    }
  }

  bool wants_input() const override { return true; }
  void on_input(std::string_view bytes) override {
    for (const char c : bytes) {
      if (c == '\n') {
        take_line(pending_);
        pending_.clear();
      } else if (pending_.size() <= kMaxCommandLine) {
        pending_ += c;  // one more than may be: the parser then says so
      }
    }
  }

  void end(const base::Error& why, const std::vector<std::string>& recorded) override {
    if (recording_told_) {
      print(recording_finished_line(attendance_->settings().record_folder, recorded, clock_()));
    }
    print(event_line(client::event::Ended{why, joined_}, attendance_->state(), clock_()));
  }

 private:
  static void print(const std::string& line) { std::cout << line << std::endl; }

  void take_line(const std::string& line) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    const auto command = parse_command(line);
    if (!command) return print(command_failed_line(command.error().code, command.error().message, clock_()));
    if (!command->run) return print(state_line(attendance_->state(), command->reference, clock_()));
    command->run(attendance_->meeting());
  }

  WallClock clock_;
  client::Attendance* attendance_ = nullptr;
  std::string pending_;
  bool joined_ = false;
  bool recording_told_ = false;
};

}  // namespace

std::unique_ptr<Face> make_json_face(WallClock clock) { return std::make_unique<JsonFace>(std::move(clock)); }

}  // namespace vistime::cli
