#include "client/cli/screen.hpp"

#include <algorithm>

#include "client/cli/terminal_text.hpp"

namespace vistime::cli {
namespace {

using client::MeetingState;
using client::Participant;

constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kLeastHeight = 8;
constexpr std::size_t kStatusColumns = 6;
constexpr std::size_t kHandColumns = 7;
// Longer round trips are heard as hesitation.
constexpr base::Duration kWeak = std::chrono::milliseconds(300);

constexpr const char* kReset = "\x1b[0m";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kReverse = "\x1b[7m";

std::string coloured(const UiState& ui, const char* colour, const std::string& text) {
  return ui.colour ? colour + text + kReset : text;
}

const client::Track* microphone(const Participant& participant) {
  const auto found =
      std::ranges::find(participant.tracks, client::TrackKind::kMicrophone, &client::Track::kind);
  return found == participant.tracks.end() ? nullptr : &*found;
}

// Five steps between a quiet room (-60 dBov) and a loud voice (-10).
std::string level_bar(std::uint8_t level) {
  const int bars = std::clamp((65 - static_cast<int>(level)) / 10, 0, 5);
  return std::string(static_cast<std::size_t>(bars), '|') +
         std::string(static_cast<std::size_t>(5 - bars), '.');
}

std::string hand_mark(const MeetingState& state, const Participant& participant, const Catalogue& words) {
  const auto at = std::ranges::find(state.hands(), participant.id);
  if (at == state.hands().end()) return {};
  return fmt::format("{} {}", words.get(Text::kHand), at - state.hands().begin() + 1);
}

std::string status_of(const MeetingState& state, const Participant& participant, const Catalogue& words) {
  if (!participant.connected) return std::string(words.get(Text::kAway));
  const client::Track* track = microphone(participant);
  if (track == nullptr) return {};
  if (track->muted) return std::string(words.get(Text::kMuted));
  return level_bar(state.level(track->id));
}

std::string name_with_role(const MeetingState& state, const Participant& participant,
                           const Catalogue& words) {
  std::string role;
  if (participant.id == state.you()) role += words.get(Text::kYou);
  const Text title = participant.role == client::Role::kHost ? Text::kHost : Text::kModerator;
  if (participant.role != client::Role::kGuest)
    role += (role.empty() ? "" : ", ") + std::string(words.get(title));
  if (participant.recording) role += (role.empty() ? "" : ", ") + std::string(words.get(Text::kRecords));
  const std::string name = neutralised(participant.name);
  return role.empty() ? name : name + " (" + role + ")";
}

std::string roster_row(const MeetingState& state, const Participant& participant, bool selected,
                       const UiState& ui, const Catalogue& words, std::size_t width) {
  const std::size_t name_columns = width - 2 - kStatusColumns - kHandColumns - 1;
  const std::string status = padded(status_of(state, participant, words), kStatusColumns);
  const bool speaks = status.starts_with("|");
  std::string row = selected ? "> " : "  ";
  row += padded(name_with_role(state, participant, words), name_columns) + " ";
  row += speaks ? coloured(ui, kGreen, status) : status;
  row += padded(hand_mark(state, participant, words), kHandColumns);
  return selected ? coloured(ui, kReverse, row) : row;
}

std::vector<std::string> roster(const MeetingState& state, const UiState& ui, const Catalogue& words,
                                std::size_t width, std::size_t height) {
  std::vector<std::string> lines;
  lines.push_back(
      coloured(ui, kBold,
               padded(fmt::format("{} ({})", words.get(Text::kPeople), state.participants().size()), width)));
  // Keeps the chosen one in sight.
  const std::size_t rows = height - 1;
  const std::size_t first = ui.people && ui.selected >= rows ? ui.selected - rows + 1 : 0;
  for (std::size_t i = first; i < state.participants().size() && lines.size() < height; ++i) {
    lines.push_back(
        roster_row(state, state.participants()[i], ui.people && i == ui.selected, ui, words, width));
  }
  for (const client::Waiter& waiter : state.waiting()) {
    if (lines.size() < height) lines.push_back(padded("? " + words.get(Text::kWaits, waiter.name), width));
  }
  if (state.participants().size() <= 1 && state.phase == client::Phase::kMeeting && lines.size() < height) {
    lines.push_back(padded("  " + std::string(words.get(Text::kNobodyElse)), width));
  }
  while (lines.size() < height) lines.emplace_back(width, ' ');
  return lines;
}

std::vector<std::string> chat(const MeetingState& state, const UiState& ui, const Catalogue& words,
                              std::size_t width, std::size_t height) {
  std::vector<std::string> body;
  for (auto entry = state.chat().rbegin(); entry != state.chat().rend() && body.size() < height; ++entry) {
    auto lines = wrapped(chat_line(*entry, state, words), width);
    body.insert(body.begin(), lines.begin(), lines.end());
  }
  if (body.empty()) body.emplace_back(words.get(Text::kNoMessages));
  const std::size_t rows = height - 1;
  if (body.size() > rows) body.erase(body.begin(), body.end() - static_cast<std::ptrdiff_t>(rows));
  body.insert(body.begin(), coloured(ui, kBold, std::string(words.get(Text::kChat))));
  body.resize(height);
  return body;
}

std::vector<std::string> help(const UiState& ui, const Catalogue& words, bool moderates, std::size_t height) {
  std::vector<std::string> lines = {coloured(ui, kBold, std::string(words.get(Text::kHelpTitle)))};
  for (const Text text : {Text::kHelpMute, Text::kHelpHand, Text::kHelpChat, Text::kHelpPeople,
                          Text::kHelpLeave, Text::kHelpClose}) {
    lines.emplace_back(words.get(text));
  }
  if (moderates) {
    for (const Text text :
         {Text::kHelpMuteOther, Text::kHelpRemove, Text::kHelpAdmit, Text::kHelpRefuse, Text::kHelpLock}) {
      lines.emplace_back(words.get(text));
    }
  }
  lines.resize(height);
  return lines;
}

std::string header(const MeetingState& state, const UiState& ui, const Catalogue& words, std::size_t width) {
  using client::Phase;
  Text mark = state.round_trip > kWeak ? Text::kConnectionWeak : Text::kConnectionGood;
  if (state.phase == Phase::kJoining) mark = Text::kJoining;
  if (state.phase == Phase::kReconnecting) mark = Text::kReconnecting;
  const std::string right = std::string(words.get(mark)) + "  " + ui.clock;
  const std::size_t right_width = display_width(right);
  const std::size_t left_width = width > right_width + 1 ? width - right_width - 1 : 0;
  std::string title = neutralised(state.room().name);
  if (state.room().locked) title += " [" + std::string(words.get(Text::kLocked)) + "]";
  const char* colour = mark == Text::kConnectionGood ? kGreen : kYellow;
  return coloured(ui, kBold, padded(title, left_width)) + " " + coloured(ui, colour, fitted(right, width));
}

std::string rule(std::size_t width) {
  std::string line;
  for (std::size_t i = 0; i < width; ++i) line += "─";
  return line;
}

// The end of what is being typed stays in sight.
std::string input_line(const UiState& ui, const Catalogue& words, std::size_t width) {
  if (!ui.typing) return fitted(words.get(Text::kTypeHere), width);
  std::string_view text = ui.input;
  while (display_width(text) + 3 > width) text.remove_prefix(first_character(text).size());
  return "> " + std::string(text) + "_";
}

bool moderates(const MeetingState& state) {
  return state.me() != nullptr && state.me()->role != client::Role::kGuest;
}

}  // namespace

std::vector<std::string> render(const MeetingState& state, const UiState& ui, const Catalogue& words,
                                std::size_t width, std::size_t height) {
  std::vector<std::string> lines;
  if (width < kLeastWidth || height < kLeastHeight) {
    lines.push_back(fitted(words.get(Text::kTooSmall), width));
    lines.resize(height);
    return lines;
  }
  lines.push_back(header(state, ui, words, width));
  lines.push_back(rule(width));
  const std::size_t body = height - 6;
  if (ui.help) {
    for (auto& line : help(ui, words, moderates(state), body)) lines.push_back(std::move(line));
  } else {
    const std::size_t left = std::clamp<std::size_t>(width * 9 / 20, 26, 44);
    const auto people = roster(state, ui, words, left, body);
    const auto said = chat(state, ui, words, width - left - 3, body);
    for (std::size_t i = 0; i < body; ++i) lines.push_back(people[i] + " │ " + said[i]);
  }
  lines.push_back(rule(width));
  lines.push_back(fitted(ui.notice, width));
  lines.push_back(input_line(ui, words, width));
  const bool hosts = ui.people && moderates(state);
  lines.push_back(fitted(words.get(hosts ? Text::kKeysModerator : Text::kKeysLine), width));
  return lines;
}

namespace {

Action type(const Key& key, UiState& ui) {
  switch (key.kind) {
    case KeyKind::kCharacter:
      if (ui.input.size() + key.text.size() <= client::kMaxChatCharacters) ui.input += key.text;
      return {};
    case KeyKind::kBackspace: {
      // A whole character, not a byte.
      while (!ui.input.empty() && (static_cast<unsigned char>(ui.input.back()) & 0xC0U) == 0x80U)
        ui.input.pop_back();
      if (!ui.input.empty()) ui.input.pop_back();
      return {};
    }
    case KeyKind::kClearLine: ui.input.clear(); return {};
    case KeyKind::kEscape: ui.typing = false; return {};
    case KeyKind::kEnter: {
      ui.typing = false;
      std::string text = std::exchange(ui.input, {});
      if (text.empty()) return {};
      return action::SendChat{std::move(text)};
    }
    default: return {};
  }
}

Action moderate(char letter, const UiState& ui, const MeetingState& state) {
  const bool somebody = ui.people && ui.selected < state.participants().size();
  const std::string chosen = somebody ? state.participants()[ui.selected].id : std::string();
  const bool other = somebody && chosen != state.you();
  switch (letter) {
    case 's': return other ? Action(action::MuteOther{chosen}) : Action();
    case 'x': return other ? Action(action::RemoveOther{chosen}) : Action();
    case 'a': return action::AdmitAll{true};
    case 'r': return action::AdmitAll{false};
    case 'k': return action::ToggleLock{};
    default: return {};
  }
}

Action command(char letter, UiState& ui, const MeetingState& state) {
  switch (letter) {
    case 'm': return action::ToggleMute{};
    case 'h': return action::ToggleHand{};
    case 'c':
      ui.typing = true;
      ui.help = false;
      return {};
    case 'p':
      ui.people = !ui.people;
      ui.help = false;
      return {};
    case '?': ui.help = !ui.help; return {};
    case 'l': return action::Leave{};
    default: return moderates(state) ? moderate(letter, ui, state) : Action();
  }
}

}  // namespace

Action press(const Key& key, UiState& ui, const MeetingState& state) {
  if (ui.typing) return type(key, ui);
  switch (key.kind) {
    case KeyKind::kCharacter: {
      if (key.text.size() != 1) return {};
      const char c = key.text[0];
      return command(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c, ui, state);
    }
    case KeyKind::kEnter:
      ui.typing = true;
      ui.help = false;
      return {};
    case KeyKind::kEscape:
      if (ui.help)
        ui.help = false;
      else
        ui.people = false;
      return {};
    case KeyKind::kUp:
      if (ui.people && ui.selected > 0) --ui.selected;
      return {};
    case KeyKind::kDown:
      if (ui.people && ui.selected + 1 < state.participants().size()) ++ui.selected;
      return {};
    default: return {};
  }
}

}  // namespace vistime::cli
