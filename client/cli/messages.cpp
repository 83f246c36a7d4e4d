#include "client/cli/messages.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "client/cli/terminal_text.hpp"

namespace vistime::cli {
namespace {

namespace event = client::event;

struct Entry {
  Text text;
  std::string_view english;
  std::string_view german;
};

constexpr std::array kTable = {
    Entry{Text::kJoining, "Joining…", "Sie treten bei …"},
    Entry{Text::kLobby, "You are in the lobby of {}; its host will let you in.",
          "Sie warten vor {}; der Gastgeber lässt Sie ein."},
    Entry{Text::kConnectionGood, "connection good", "Verbindung gut"},
    Entry{Text::kConnectionWeak, "connection weak", "Verbindung schwach"},
    Entry{Text::kReconnecting, "reconnecting", "verbindet neu"},
    Entry{Text::kReconnected, "You are connected again.", "Sie sind wieder verbunden."},
    Entry{Text::kInspected, "This connection is inspected by {}; your meeting's content stays encrypted.",
          "Diese Verbindung wird von {} mitgelesen; der Inhalt Ihres Treffens bleibt verschlüsselt."},
    Entry{Text::kProxyUser,
          "The proxy {} wants to know who you are. Name: ", "Der Proxy {} will wissen, wer Sie sind. Name: "},
    Entry{Text::kProxyPassword, "Password for the proxy: ", "Kennwort für den Proxy: "},
    Entry{Text::kPeople, "People", "Personen"},
    Entry{Text::kChat, "Chat", "Chat"},
    Entry{Text::kYou, "you", "Sie"},
    Entry{Text::kHost, "host", "Gastgeber"},
    Entry{Text::kModerator, "moderator", "Moderation"},
    Entry{Text::kMuted, "muted", "stumm"},
    Entry{Text::kHand, "hand", "Hand"},
    Entry{Text::kAway, "away", "getrennt"},
    Entry{Text::kUnreadable, "(cannot be read with this link's key)",
          "(mit dem Schlüssel dieses Links nicht lesbar)"},
    Entry{Text::kPrivate, "private", "privat"},
    Entry{Text::kNobodyElse, "Nobody else is here yet.", "Noch ist niemand sonst da."},
    Entry{Text::kNoMessages, "No messages yet.", "Noch keine Nachrichten."},
    Entry{Text::kTypeHere, "Enter or C to write", "Eingabe oder C zum Schreiben"},
    Entry{Text::kKeysLine, "M mute  H hand  C chat  P people  ? help  L leave",
          "M stumm  H Hand  C Chat  P Personen  ? Hilfe  L gehen"},
    Entry{Text::kKeysModerator, "S silence  X remove  A admit  R refuse  K lock  Esc back",
          "S stumm  X entfernen  A einlassen  R ablehnen  K sperren  Esc zurück"},
    Entry{Text::kHelpTitle, "Keys", "Tasten"},
    Entry{Text::kHelpMute, "M        mute or unmute your microphone",
          "M        Mikrofon stumm oder wieder an"},
    Entry{Text::kHelpHand, "H        raise or lower your hand", "H        Hand heben oder senken"},
    Entry{Text::kHelpChat, "C Enter  write a message", "C Eing.  eine Nachricht schreiben"},
    Entry{Text::kHelpPeople, "P        choose a person with the arrows",
          "P        mit den Pfeilen jemanden wählen"},
    Entry{Text::kHelpLeave, "L        leave", "L        gehen"},
    Entry{Text::kHelpClose, "Esc      close this", "Esc      schließen"},
    Entry{Text::kHelpMuteOther, "S        mute the chosen person", "S        gewählte Person stumm schalten"},
    Entry{Text::kHelpRemove, "X        remove the chosen person", "X        gewählte Person entfernen"},
    Entry{Text::kHelpAdmit, "A        let in who waits", "A        Wartende einlassen"},
    Entry{Text::kHelpRefuse, "R        refuse who waits", "R        Wartende ablehnen"},
    Entry{Text::kHelpLock, "K        lock or unlock the room", "K        Raum sperren oder öffnen"},
    Entry{Text::kJoined, "{} has joined.", "{} ist da."},
    Entry{Text::kLeft, "{} has left.", "{} ist gegangen."},
    Entry{Text::kRemoved, "{} has been removed.", "{} wurde entfernt."},
    Entry{Text::kLost, "{} has lost the connection.", "{} hat die Verbindung verloren."},
    Entry{Text::kYouMuted, "You are muted.", "Sie sind stumm."},
    Entry{Text::kYouUnmuted, "You can be heard.", "Man hört Sie."},
    Entry{Text::kMutedBy, "{} has muted you.", "{} hat Sie stumm geschaltet."},
    Entry{Text::kUnmuteAsked, "{} asks you to unmute: press M.", "{} bittet Sie zu sprechen: Taste M."},
    Entry{Text::kLocked, "The room is locked.", "Der Raum ist gesperrt."},
    Entry{Text::kUnlocked, "The room is open.", "Der Raum ist offen."},
    Entry{Text::kWaits, "{} waits in the lobby.", "{} wartet auf Einlass."},
    Entry{Text::kNoMicrophone, "You send no sound: join with --send-audio.",
          "Sie senden keinen Ton: mit --send-audio beitreten."},
    Entry{Text::kSharing, "{} is sharing the screen.", "{} zeigt den Bildschirm."},
    Entry{Text::kStoppedBy, "{} has stopped what you were sharing.", "{} hat Ihre Übertragung beendet."},
    Entry{Text::kReceiving, "Receiving from {}.", "Empfang von {}."},
    Entry{Text::kCannotRead, "What {} sends cannot be read with this link's key.",
          "Was {} sendet, ist mit dem Schlüssel dieses Links nicht lesbar."},
    Entry{Text::kRecordingFailed, "The recording has stopped: {}", "Die Aufnahme wurde beendet: {}"},
    Entry{Text::kTooSmall, "Make this window larger.", "Bitte vergrößern Sie das Fenster."},
    Entry{Text::kFailed, "That was not done: {}", "Das wurde nicht getan: {}"},
    Entry{Text::kEveryoneHeard, "Speaking: {}", "Es spricht: {}"},
    Entry{Text::kSentEnded, "All has been sent.", "Alles ist gesendet."},
    Entry{Text::kReacted, "Reaction of {}", "Reaktion von {}"},
    Entry{Text::kRecords, "records", "nimmt auf"},
    Entry{Text::kRecordsNow, "{} is recording this meeting.", "{} nimmt diese Besprechung auf."},
    Entry{Text::kRecordsNoMore, "{} has stopped recording.", "{} nimmt nicht mehr auf."},
    Entry{Text::kAnswers, "to “{}”", "zu „{}“"},
};

std::string name_of(const client::MeetingState& state, const std::string& id) {
  const auto* who = state.find(id);
  return who != nullptr ? who->name : id;
}

struct Describer {
  const client::MeetingState& state;
  const Catalogue& words;

  std::string operator()(const event::Waiting& e) const { return words.get(Text::kLobby, e.room_name); }
  std::string operator()(const event::ParticipantJoined& e) const {
    return words.get(Text::kJoined, e.participant.name);
  }
  std::string operator()(const event::ParticipantLeft& e) const {
    const bool removed = e.reason == "removed" || e.reason == "banned";
    const Text text = removed ? Text::kRemoved : e.reason == "lost" ? Text::kLost : Text::kLeft;
    return words.get(text, e.participant.name);
  }
  std::string operator()(const event::TrackPublished& e) const {
    const bool shares = e.track.kind == client::TrackKind::kScreen && e.track.participant != state.you();
    return shares ? words.get(Text::kSharing, name_of(state, e.track.participant)) : "";
  }
  std::string operator()(const event::TrackUnpublished& e) const {
    const bool stopped = e.track.participant == state.you() && !e.by.empty();
    return stopped ? words.get(Text::kStoppedBy, name_of(state, e.by)) : "";
  }
  std::string operator()(const event::TrackMuted& e) const {
    if (e.track.participant != state.you()) return "";
    if (!e.by.empty() && e.track.muted) return words.get(Text::kMutedBy, name_of(state, e.by));
    return std::string(words.get(e.track.muted ? Text::kYouMuted : Text::kYouUnmuted));
  }
  std::string operator()(const event::Reaction& e) const {
    return words.get(Text::kReacted, name_of(state, e.participant)) + ": " + neutralised(e.reaction);
  }
  std::string operator()(const event::ChatReacted& e) const {
    if (e.withdrawn) return {};
    const std::string line = shortened(e.entry.text.value_or(std::string()));
    return neutralised(e.reaction.from_name) + ": " + neutralised(e.reaction.reaction) + " " +
           words.get(Text::kAnswers, line);
  }
  std::string operator()(const event::Recording& e) const {
    return words.get(e.participant.recording ? Text::kRecordsNow : Text::kRecordsNoMore, e.participant.name);
  }
  std::string operator()(const event::UnmuteAsked& e) const {
    return words.get(Text::kUnmuteAsked, name_of(state, e.by));
  }
  std::string operator()(const event::Lobby& e) const {
    return e.waiting.empty() ? "" : words.get(Text::kWaits, e.waiting.back().name);
  }
  std::string operator()(const event::RoomChanged& e) const {
    return std::string(words.get(e.room.locked ? Text::kLocked : Text::kUnlocked));
  }
  std::string operator()(const event::Answered& e) const {
    return e.code.empty() ? "" : words.get(Text::kFailed, e.message.empty() ? e.code : e.message);
  }
  std::string operator()(const event::Reconnecting& e) const {
    return std::string(words.get(Text::kReconnecting)) + ": " + neutralised(e.why.message);
  }
  std::string operator()(const event::Resumed&) const { return std::string(words.get(Text::kReconnected)); }
  std::string operator()(const event::Unreadable& e) const {
    return words.get(Text::kCannotRead, name_of(state, e.track.participant));
  }
  // For programs and for `vistime doctor`; a person notices only whether the meeting works, and who reads along.
  std::string operator()(const event::RouteTaken& e) const {
    if (!e.route.inspected_by) return {};
    return words.get(Text::kInspected, neutralised(*e.route.inspected_by));
  }
  std::string operator()(const event::RouteFailed&) const { return {}; }
  std::string operator()(const event::SentEnded&) const { return std::string(words.get(Text::kSentEnded)); }
  std::string operator()(const event::RecordingFailed& e) const {
    return words.get(Text::kRecordingFailed, e.why.message);
  }
  template <typename Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

}  // namespace

Language Catalogue::language_of(std::string_view locale) {
  const bool german =
      locale.starts_with("de") && (locale.size() == 2 || locale[2] == '_' || locale[2] == '.');
  return german ? Language::kGerman : Language::kEnglish;
}

Catalogue Catalogue::of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (value != nullptr && *value != 0) return Catalogue(language_of(value));
  }
  return Catalogue(Language::kEnglish);
}

std::string_view Catalogue::get(Text text) const {
  for (const Entry& entry : kTable) {
    if (entry.text == text) return language_ == Language::kGerman ? entry.german : entry.english;
  }
  return {};
}

std::string Catalogue::get(Text text, std::string_view first) const {
  std::string out(get(text));
  const auto at = out.find("{}");
  if (at != std::string::npos) out.replace(at, 2, neutralised(first));
  return out;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kColumns = 24;
  return fitted(neutralised(text), kColumns);
}

std::string chat_line(const client::ChatEntry& entry, const client::MeetingState& state,
                      const Catalogue& words) {
  std::string who = neutralised(entry.from_name);
  if (!entry.to.empty()) who += " (" + std::string(words.get(Text::kPrivate)) + ")";
  if (!entry.reply_to.empty()) {
    const auto answered = std::ranges::find(state.chat(), entry.reply_to, &client::ChatEntry::id);
    const bool known = answered != state.chat().end() && answered->text;
    who += " " + words.get(Text::kAnswers, known ? shortened(*answered->text) : "…");
  }
  return who + ": " + (entry.text ? neutralised(*entry.text) : std::string(words.get(Text::kUnreadable)));
}

std::string describe(const client::Event& event, const client::MeetingState& state, const Catalogue& words) {
  return std::visit(Describer{state, words}, event);
}

}  // namespace vistime::cli
