#include "client/cli/json_command.hpp"

#include <array>
#include <limits>
#include <nlohmann/json.hpp>

namespace vistime::cli {
namespace {

using client::Meeting;
using nlohmann::json;
using Run = std::function<void(Meeting&)>;

// Reads members, and remembers the first that was missing or of the wrong type.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  std::string text(const char* name) { return read<std::string>(name, &json::is_string, "a text"); }
  std::string text_or_empty(const char* name) { return object_.contains(name) ? text(name) : std::string(); }
  bool flag(const char* name) { return read<bool>(name, &json::is_boolean, "true or false"); }
  bool flag_or(const char* name, bool otherwise) { return object_.contains(name) ? flag(name) : otherwise; }
  std::uint64_t number(const char* name) {
    return read<std::uint64_t>(name, &json::is_number_unsigned, "a number from 0 on");
  }
  std::uint32_t number32(const char* name) {
    const std::uint64_t value = number(name);
    if (value > std::numeric_limits<std::uint32_t>::max()) wrong(name, "a number below 4294967296");
    return static_cast<std::uint32_t>(value);
  }
  client::TrackKind kind(const char* name) {
    const auto parsed = client::parse_track_kind(text(name));
    if (!parsed) wrong(name, "microphone, camera, screen or screen-audio");
    return parsed.value_or(client::TrackKind::kUnknown);
  }
  client::Role role(const char* name) {
    const auto parsed = client::parse_role(text(name));
    if (!parsed) wrong(name, "guest, moderator or host");
    return parsed.value_or(client::Role::kGuest);
  }
  std::vector<std::string> texts(const char* name) {
    std::vector<std::string> out;
    for (const json& each : list(name)) {
      if (each.is_string())
        out.push_back(each.get<std::string>());
      else
        wrong(name, "a list of texts");
    }
    return out;
  }
  std::vector<client::TrackWish> wishes(const char* name) {
    std::vector<client::TrackWish> out;
    for (const json& each : list(name)) {
      Members members(each);
      out.push_back({members.number32("track"), members.number32("max_spatial")});
      if (!members.error().empty()) wrong(name, R"(a list of {"track":N,"max_spatial":N})");
    }
    return out;
  }
  const std::string& error() const { return error_; }

 private:
  template <typename T>
  T read(const char* name, bool (json::*is)() const noexcept, const char* what) {
    const auto member = object_.find(name);
    if (member != object_.end() && ((*member).*is)()) return member->get<T>();
    wrong(name, what);
    return T();
  }
  const json& list(const char* name) {
    static const json kEmpty = json::array();
    const auto member = object_.find(name);
    if (member != object_.end() && member->is_array()) return *member;
    wrong(name, "a list");
    return kEmpty;
  }
  void wrong(const char* name, const char* what) {
    if (error_.empty()) error_ = fmt::format("\"{}\" must be {}", name, what);
  }
  const json& object_;
  std::string error_;
};

struct Entry {
  std::string_view name;
  Run (*make)(Members& m, std::string ref);
};

const std::array kCommands = {
    Entry{"chat",
          [](Members& m, std::string ref) -> Run {
            return [text = m.text("text"), to = m.text_or_empty("to"), ref](Meeting& on) {
              on.send_chat(text, to, ref);
            };
          }},
    Entry{"mute",
          [](Members& m, std::string ref) -> Run {
            return [kind = m.kind("kind"), ref](Meeting& on) { on.set_muted(kind, true, ref); };
          }},
    Entry{"unmute",
          [](Members& m, std::string ref) -> Run {
            return [kind = m.kind("kind"), ref](Meeting& on) { on.set_muted(kind, false, ref); };
          }},
    Entry{"unpublish",
          [](Members& m, std::string ref) -> Run {
            return [kind = m.kind("kind"), ref](Meeting& on) { on.unpublish(kind, ref); };
          }},
    Entry{"hand",
          [](Members& m, std::string ref) -> Run {
            return [raised = m.flag("raised"), ref](Meeting& on) { on.set_hand(raised, ref); };
          }},
    Entry{"react",
          [](Members& m, std::string ref) -> Run {
            return [reaction = m.text("reaction"), ref](Meeting& on) { on.react(reaction, ref); };
          }},
    Entry{"leave", [](Members&, std::string) -> Run { return [](Meeting& on) { on.leave(); }; }},
    Entry{"get_chat",
          [](Members& m, std::string ref) -> Run {
            return [after = m.number("after"), ref](Meeting& on) { on.get_chat(after, ref); };
          }},
    Entry{"subscribe",
          [](Members& m, std::string ref) -> Run {
            client::Subscriptions wish{m.flag("microphones"), m.wishes("tracks")};
            return [wish, ref](Meeting& on) { on.subscribe(wish, ref); };
          }},
    Entry{"keyframe",
          [](Members& m, std::string ref) -> Run {
            return [track = m.number32("track"), spatial = m.number32("spatial"), ref](Meeting& on) {
              on.request_keyframe(track, spatial, ref);
            };
          }},
    Entry{"reconnect",
          [](Members&, std::string) -> Run { return [](Meeting& on) { on.drop_connection(); }; }},
    Entry{"state", [](Members&, std::string) -> Run { return {}; }},
    Entry{"mute_participant",
          [](Members& m, std::string ref) -> Run {
            return [who = m.text("participant"), kind = m.kind("kind"), ref](Meeting& on) {
              on.mute_participant(who, kind, ref);
            };
          }},
    Entry{"ask_to_unmute",
          [](Members& m, std::string ref) -> Run {
            return [who = m.text("participant"), kind = m.kind("kind"), ref](Meeting& on) {
              on.ask_to_unmute(who, kind, ref);
            };
          }},
    Entry{"stop_track",
          [](Members& m, std::string ref) -> Run {
            return [track = m.number32("track"), ref](Meeting& on) { on.stop_track(track, ref); };
          }},
    Entry{"remove",
          [](Members& m, std::string ref) -> Run {
            return [who = m.text("participant"), ban = m.flag_or("ban", false), ref](Meeting& on) {
              on.remove_participant(who, ban, ref);
            };
          }},
    Entry{"lock",
          [](Members& m, std::string ref) -> Run {
            return [locked = m.flag("locked"), ref](Meeting& on) { on.set_locked(locked, ref); };
          }},
    Entry{"lobby",
          [](Members& m, std::string ref) -> Run {
            return [lobby = m.flag("on"), ref](Meeting& on) { on.set_lobby(lobby, ref); };
          }},
    Entry{"admit",
          [](Members& m, std::string ref) -> Run {
            return [who = m.texts("participants"), yes = m.flag_or("admit", true), ref](Meeting& on) {
              on.admit(who, yes, ref);
            };
          }},
    Entry{"role",
          [](Members& m, std::string ref) -> Run {
            return [who = m.text("participant"), role = m.role("role"), ref](Meeting& on) {
              on.set_role(who, role, ref);
            };
          }},
    Entry{"lower_hand",
          [](Members& m, std::string ref) -> Run {
            return [who = m.text("participant"), ref](Meeting& on) { on.lower_hand(who, ref); };
          }},
    Entry{"close_room",
          [](Members&, std::string ref) -> Run { return [ref](Meeting& on) { on.close_room(ref); }; }},
};

}  // namespace

base::Result<Command> parse_command(std::string_view line) {
  using base::ErrorKind;
  if (line.size() > kMaxCommandLine) return base::fail(ErrorKind::kInvalid, "the line is too long");
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return base::fail(ErrorKind::kInvalid, "the line is no JSON object");
  Members members(object);
  const std::string reference = members.text_or_empty("ref");
  const std::string name = members.text("do");
  if (!members.error().empty()) return base::fail_as(ErrorKind::kInvalid, reference, "{}", members.error());
  for (const Entry& entry : kCommands) {
    if (entry.name != name) continue;
    Run run = entry.make(members, reference);
    if (!members.error().empty())
      return base::fail_as(ErrorKind::kInvalid, reference, "{}: {}", name, members.error());
    return Command{name, reference, std::move(run)};
  }
  return base::fail_as(ErrorKind::kInvalid, reference, "there is no command \"{}\"",
                       json(name).dump(-1, ' ', true, json::error_handler_t::replace));
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kCommands) names.push_back(entry.name);
  return names;
}

}  // namespace vistime::cli
