// The full screen, as pure functions: what is shown, and what a key does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/cli/keys.hpp"
#include "client/cli/messages.hpp"
#include "client/core/chat_cipher.hpp"
#include "client/core/meeting_state.hpp"

namespace vistime::cli {

// What is the screen's own: not the meeting's.
struct UiState {
  bool help = false;
  bool typing = false;
  bool people = false;  // choosing a person
  std::size_t selected = 0;
  std::string input = {};
  std::string notice = {};  // one sentence, the latest
  std::string clock = {};   // "14:05"
  bool colour = false;
};

// Exactly `height` lines of at most `width` columns. Colour is only a second sign.
std::vector<std::string> render(const client::MeetingState& state, const UiState& ui, const Catalogue& words,
                                std::size_t width, std::size_t height);

namespace action {
struct ToggleMute {};
struct ToggleHand {};
struct SendChat {
  std::string text;
};
struct Leave {};
struct MuteOther {
  std::string participant;
};
struct RemoveOther {
  std::string participant;
};
struct AdmitAll {
  bool admit = true;
};
struct ToggleLock {};
}  // namespace action
using Action =
    std::variant<std::monostate, action::ToggleMute, action::ToggleHand, action::SendChat, action::Leave,
                 action::MuteOther, action::RemoveOther, action::AdmitAll, action::ToggleLock>;

// Changes the screen's state, and answers what is to be done about the meeting.
Action press(const Key& key, UiState& ui, const client::MeetingState& state);

}  // namespace vistime::cli
