// What the terminal says, in English and German: one table, and sentences about events made of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/core/meeting_event.hpp"
#include "client/core/meeting_state.hpp"

namespace vistime::cli {

enum class Text : std::uint8_t {
  kJoining,
  kLobby,
  kConnectionGood,
  kConnectionWeak,
  kReconnecting,
  kReconnected,
  kInspected,
  kProxyUser,
  kProxyPassword,
  kPeople,
  kChat,
  kYou,
  kHost,
  kModerator,
  kMuted,
  kHand,
  kAway,
  kUnreadable,
  kPrivate,
  kNobodyElse,
  kNoMessages,
  kTypeHere,
  kKeysLine,
  kKeysModerator,
  kHelpTitle,
  kHelpMute,
  kHelpHand,
  kHelpChat,
  kHelpPeople,
  kHelpLeave,
  kHelpClose,
  kHelpMuteOther,
  kHelpRemove,
  kHelpAdmit,
  kHelpRefuse,
  kHelpLock,
  kJoined,
  kLeft,
  kRemoved,
  kLost,
  kYouMuted,
  kYouUnmuted,
  kMutedBy,
  kUnmuteAsked,
  kLocked,
  kUnlocked,
  kWaits,
  kNoMicrophone,
  kSharing,
  kStoppedBy,
  kReceiving,
  kCannotRead,
  kRecordingFailed,
  kTooSmall,
  kFailed,
  kEveryoneHeard,
  kSentEnded,
  kReacted,
  kRecords,
  kRecordsNow,
  kRecordsNoMore,
  kAnswers,
  kCount
};

enum class Language : std::uint8_t { kEnglish, kGerman };

class Catalogue {
 public:
  explicit Catalogue(Language language) : language_(language) {}
  // LC_ALL, LC_MESSAGES, LANG, the first that is set.
  static Catalogue of_environment();
  Language language() const { return language_; }
  static Language language_of(std::string_view locale);

  std::string_view get(Text text) const;
  // With {} replaced, in order; what is put in is neutralised.
  std::string get(Text text, std::string_view first) const;

 private:
  Language language_;
};

// The first words, fit for a terminal.
std::string shortened(std::string_view text);
// Who says what to whom, in answer to what.
std::string chat_line(const client::ChatEntry& entry, const client::MeetingState& state,
                      const Catalogue& words);
// A sentence about the event; empty for what needs no words.
std::string describe(const client::Event& event, const client::MeetingState& state, const Catalogue& words);

}  // namespace vistime::cli
