#include "client/cli/doctor_findings.hpp"

#include <algorithm>
#include <array>

#include "client/cli/terminal_text.hpp"

namespace vistime::cli {
namespace {

using client::Measurements;
using client::ServerView;

class Writer {
 public:
  explicit Writer(Language language) : german_(language == Language::kGerman) {}
  template <typename... Args>
  void add(fmt::format_string<Args...> english, fmt::format_string<Args...> german, const Args&... args) {
    const fmt::string_view text = german_ ? fmt::string_view(german) : fmt::string_view(english);
    lines_.push_back(fmt::vformat(text, fmt::make_format_args(args...)));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  const bool german_;
  std::vector<std::string> lines_;
};

void add_speed(const Measurements& measured, Writer& out) {
  if (measured.round_trip) {
    out.add("A round trip to the server takes {:.1f} ms.", "Hin und zurück zum Server dauert es {:.1f} ms.",
            static_cast<double>(measured.round_trip->count()) / 1000);
  }
  if (measured.down_mbit_s && measured.up_mbit_s) {
    out.add("At least {:.1f} Mbit/s come down, {:.1f} Mbit/s go up; a video call needs about 2 each way.",
            "Mindestens {:.1f} Mbit/s kommen an, {:.1f} Mbit/s gehen hinaus; ein Videogespräch braucht je "
            "etwa 2.",
            *measured.down_mbit_s, *measured.up_mbit_s);
  }
  if (measured.holds_answers_back && *measured.holds_answers_back) {
    out.add(
        "Something on the way holds answers back until they are complete; Vistime asks in smaller pieces.",
        "Etwas auf dem Weg hält Antworten zurück, bis sie vollständig sind; Vistime fragt in kleineren "
        "Stücken.");
  }
  if (measured.silence && measured.silence_was_cut) {
    out.add(
        "A connection that is silent for {} s is cut; Vistime is never silent for longer than a second.",
        "Eine Verbindung, die {} s schweigt, wird getrennt; Vistime schweigt nie länger als eine Sekunde.",
        measured.silence->count());
  } else if (measured.silence && measured.silence->count() > 0) {
    out.add("A connection may be silent for at least {} s.",
            "Eine Verbindung darf mindestens {} s lang schweigen.", measured.silence->count());
  }
}

void add_view(const ServerView& seen, Writer& out) {
  out.add("The server sees you come from {}.", "Der Server sieht Sie von {} kommen.",
          neutralised(seen.address));
  for (const auto& [name, value] : seen.added) {
    out.add("Added on the way: {}: {}", "Unterwegs hinzugefügt: {}: {}", neutralised(name),
            neutralised(value));
  }
  for (const std::string& name : seen.lost) {
    out.add("Removed on the way: {}", "Unterwegs entfernt: {}", neutralised(name));
  }
  if (!seen.clock_ahead) return;
  const auto off_s = std::abs(seen.clock_ahead->count());
  if (seen.clock_ahead->count() > 0) {
    out.add("This computer's clock is {} s fast; set it right, or certificates may be refused.",
            "Die Uhr dieses Rechners geht {} s vor; stellen Sie sie, sonst werden Zertifikate abgelehnt.",
            off_s);
  } else {
    out.add("This computer's clock is {} s slow; set it right, or certificates may be refused.",
            "Die Uhr dieses Rechners geht {} s nach; stellen Sie sie, sonst werden Zertifikate abgelehnt.",
            off_s);
  }
}

void add_call(const base::Result<client::CallQuality>& call, Writer& out) {
  if (!call) {
    out.add("The test call failed: {} [{}]", "Der Testanruf schlug fehl: {} [{}]",
            neutralised(call.error().message), call.error().code);
    return;
  }
  switch (client::rate(*call)) {
    case client::CallRating::kGood: out.add("The test call was good.", "Der Testanruf war gut."); break;
    case client::CallRating::kUsable:
      out.add("The test call was usable: some will notice.",
              "Der Testanruf war brauchbar: Manche merken etwas.");
      break;
    case client::CallRating::kPoor:
      out.add("The test call was poor: people would talk over one another, or lose words.",
              "Der Testanruf war schlecht: Man fiele sich ins Wort oder verlöre Wörter.");
      break;
  }
  const auto ms = [](std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; };
  out.add(
      "From mouth to ear {} ms; on the way up and down ({}) half took {:.1f} ms, 95 of 100 within {:.1f} ms.",
      "Vom Mund zum Ohr {} ms; hin und zurück ({}) brauchte die Hälfte {:.1f} ms, 95 von 100 bis {:.1f} ms.",
      call->mouth_to_ear().count(), neutralised(call->route), ms(call->median), ms(call->p95));
  out.add("{} of {} pieces of sound arrived ({:.1f} % lost).",
          "{} von {} Tonstücken kamen an ({:.1f} % verloren).", call->arrived, call->expected,
          100 * call->lost());
}

}  // namespace

std::vector<std::string> findings(const client::Diagnosis& diagnosis, Language language) {
  Writer out(language);
  if (!diagnosis.measured) return {};
  const Measurements& measured = *diagnosis.measured;
  if (measured.inspected_by) {
    out.add("This connection is inspected by {}; your meeting's content stays encrypted.",
            "Diese Verbindung wird von {} mitgelesen; der Inhalt Ihres Treffens bleibt verschlüsselt.",
            neutralised(*measured.inspected_by));
  }
  add_speed(measured, out);
  if (measured.seen) add_view(*measured.seen, out);
  if (diagnosis.call) add_call(*diagnosis.call, out);
  return out.take();
}

std::string_view rule_to_ask_for(const client::Diagnosis& diagnosis) {
  if (diagnosis.verdict == client::Verdict::kGood) return {};
  constexpr std::array<std::string_view, 5> kProxys = {"proxy-auth", "tls-untrusted", "proxy-denied",
                                                       "upgrade-refused", "starved"};
  constexpr std::array<std::string_view, 5> kFirewalls = {"tcp-refused", "tcp-timeout", "tcp-unreachable",
                                                          "tls-timeout", "tls-failed"};
  const auto fails_with = [&](const auto& codes, bool proxied) {
    return std::ranges::any_of(diagnosis.routes, [&](const client::ExaminedRoute& route) {
      return route.failed && route.channel != "update" && (!proxied || !route.proxy.empty()) &&
             std::ranges::find(codes, route.failed->code) != codes.end();
    });
  };
  if (fails_with(kProxys, true)) return "squid";
  return fails_with(kFirewalls, false) ? "nftables" : std::string_view();
}

}  // namespace vistime::cli
