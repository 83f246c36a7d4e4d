// The whole screen: draws ten times a second what has changed, and does what keys say.
#include <ctime>
#include <iostream>
#include <optional>

#include "client/cli/face.hpp"
#include "client/cli/screen.hpp"
#include "client/cli/terminal.hpp"
#include "client/cli/terminal_text.hpp"

namespace vistime::cli {
namespace {

namespace event = client::event;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::string hour_and_minute(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return fmt::format("{:02}:{:02}", local.tm_hour, local.tm_min);
}

class ScreenFace final : public Face {
 public:
  explicit ScreenFace(WallClock clock) : clock_(std::move(clock)) { ui_.colour = Terminal::may_colour(); }

  void begin(client::Attendance& attendance) override {
    attendance_ = &attendance;
    terminal_.emplace();
  }

  void on_event(const client::Event& happened) override {
    const std::string sentence = describe(happened, attendance_->state(), words_);
    if (!sentence.empty()) ui_.notice = sentence;
    const std::size_t people = attendance_->state().participants().size();
    if (ui_.selected >= people) ui_.selected = people == 0 ? 0 : people - 1;
  }

  bool wants_input() const override { return true; }
  void on_input(std::string_view bytes) override {
    for (const Key& key : keys_.read(bytes)) {
      perform(press(key, ui_, attendance_->state()));
      if (attendance_->meeting().ended()) return;
    }
    on_tick();
  }

  void on_tick() override {
    if (!terminal_) return;
    ui_.clock = hour_and_minute(clock_());
    const Terminal::Size size = terminal_->size();
    // A change of width must draw every line anew.
    if (size.width != width_) terminal_->draw({});
    width_ = size.width;
    terminal_->draw(render(attendance_->state(), ui_, words_, size.width, size.height));
  }

  void end(const base::Error& why, const std::vector<std::string>& recorded) override {
    terminal_.reset();
    for (const std::string& file : recorded)
      std::cerr << attendance_->settings().record_folder << "/" << file << "\n";
    std::cerr << "vistime: " << neutralised(why.message) << "\n";
  }

 private:
  void perform(const Action& wanted) {
    client::Meeting& meeting = attendance_->meeting();
    const client::MeetingState& state = attendance_->state();
    std::visit(Overloaded{[](std::monostate) {}, [&](action::ToggleMute) { toggle_mute(meeting); },
                          [&](action::ToggleHand) {
                            const auto& hands = state.hands();
                            meeting.set_hand(
                                std::find(hands.begin(), hands.end(), state.you()) == hands.end(), "");
                          },
                          [&](const action::SendChat& chat) { meeting.send_chat(chat.text, "", ""); },
                          [&](action::Leave) { meeting.leave(); },
                          [&](const action::MuteOther& other) {
                            meeting.mute_participant(other.participant, client::TrackKind::kMicrophone, "");
                          },
                          [&](const action::RemoveOther& other) {
                            meeting.remove_participant(other.participant, false, "");
                          },
                          [&](const action::AdmitAll& admit) { meeting.admit({}, admit.admit, ""); },
                          [&](action::ToggleLock) { meeting.set_locked(!state.room().locked, ""); }},
               wanted);
  }

  void toggle_mute(client::Meeting& meeting) {
    const auto* track = meeting.local_track(client::TrackKind::kMicrophone);
    if (track == nullptr) {
      ui_.notice = words_.get(Text::kNoMicrophone);
      return;
    }
    meeting.set_muted(client::TrackKind::kMicrophone, !track->muted, "");
  }

  WallClock clock_;
  Catalogue words_ = Catalogue::of_environment();
  client::Attendance* attendance_ = nullptr;
  std::optional<Terminal> terminal_;
  KeyParser keys_;
  UiState ui_;
  std::size_t width_ = 0;
};

}  // namespace

std::unique_ptr<Face> make_screen_face(WallClock clock) {
  return std::make_unique<ScreenFace>(std::move(clock));
}

}  // namespace vistime::cli
