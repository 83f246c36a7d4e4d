#include "client/cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

#include "client/cli/exit_code.hpp"
#include "client/core/version.hpp"

namespace vistime::cli {
namespace {

constexpr const char* kExamples = R"(
Examples:
  vistime room create --server https://meet.example.org --name Weekly
  vistime join 'https://meet.example.org/m/ROOM#SECRET' --name Anna
  vistime join LINK --send-audio talk.wav --send-video talk.y4m --until-sent
  vistime join LINK --record meeting --duration 3600 --json
  vistime doctor https://meet.example.org --html report.html

The manual page, vistime(1), lists events, commands, keys and exit codes.)";

// How the server is reached.
void add_network(CLI::App& app, Arguments& arguments) {
  app.add_option("--ca-file", arguments.ca_file, "Trust the certificates of this PEM file as well")
      ->envname("VISTIME_CA_FILE");
  app.add_option("--proxy", arguments.proxy,
                 "Go through this proxy (http://, https://, socks5://, socks4a://); 'none': go directly")
      ->envname("VISTIME_PROXY");
  app.add_option("--proxy-pac", arguments.proxy_pac,
                 "Ask this proxy auto-configuration script, an address or a file, which proxies to use")
      ->envname("VISTIME_PROXY_PAC");
  app.add_option("--proxy-user", arguments.proxy_user,
                 "Name for the proxy; the password is taken from VISTIME_PROXY_PASSWORD")
      ->envname("VISTIME_PROXY_USER");
}

void add_room(CLI::App& app, Arguments& arguments, RoomCreateArguments& create, RoomCloseArguments& close) {
  CLI::App* room = app.add_subcommand("room", "Create, list and close rooms");
  room->require_subcommand(1);

  CLI::App* make = room->add_subcommand("create", "Create a room and print its link");
  make->add_option("--server", create.server, "The server, https://HOST[:PORT]")->required();
  make->add_option("--name", create.name, "The room's name");
  auto* file = make->add_option("--password-file", create.password_file,
                                "File whose first line is the room's password");
  make->add_flag("--password", create.prompt_password, "Ask for a password on the terminal")->excludes(file);
  make->add_flag("--lobby", create.lobby, "Guests wait until they are let in");
  make->add_option("--max", create.max_participants, "At most so many participants")
      ->check(CLI::Range(1U, 100'000U));
  make->callback([&] { arguments.command = create; });

  room->add_subcommand("list", "List the rooms created here")->callback([&] {
    arguments.command = RoomListArguments{};
  });

  CLI::App* end = room->add_subcommand("close", "Close a room for everybody");
  end->add_option("room", close.room, "The room's link, or its id if it was created here")->required();
  end->callback([&] { arguments.command = close; });
  for (CLI::App* each : room->get_subcommands(nullptr)) {
    each->add_flag("--json", arguments.json, "Print JSON");
    add_network(*each, arguments);
  }
}

void add_join(CLI::App& app, Arguments& arguments, JoinArguments& join) {
  CLI::App* sub = app.add_subcommand("join", "Join a meeting");
  sub->add_option("link", join.link, "The meeting's link (in quotes), or the id of a room created here")
      ->required();
  sub->add_option("--name", join.name, "The name to show");
  sub->add_option("--send-audio", join.send_audio, "WAV file to speak")->type_name("FILE.wav");
  sub->add_option("--send-video", join.send_video, "Y4M file to show")->type_name("FILE.y4m");
  sub->add_flag("--loop,!--no-loop", join.loop, "Send the files again and again");
  sub->add_option("--record", join.record, "Folder to record into")->type_name("DIR");
  sub->add_option("--duration", join.duration_s, "Leave so many seconds after joining")
      ->check(CLI::NonNegativeNumber);
  sub->add_flag("--until-sent", join.until_sent, "Leave when the files have been sent");
  sub->add_option("--stats", join.stats, "Write figures to this file, one JSON object a second");
  sub->add_option("--password-file", join.password_file, "File whose first line is the room's password");
  sub->add_flag("--host", join.host, "Join as host of a room created here");
  sub->add_option("--layers", join.layers, "Qualities of the picture to send")->check(CLI::Range(1, 3));
  sub->add_option("--codec", join.codec, "Codec of the picture")->check(CLI::IsMember({"vp8", "vp9"}));
  sub->add_option("--bitrate", join.bitrate_kbit, "Of the largest picture, kbit/s")
      ->check(CLI::Range(50, 50'000));
  sub->add_option("--subscribe", join.subscribe, "What to receive; all when recording, else audio")
      ->check(CLI::IsMember({"all", "audio", "none"}));
  sub->add_option("--chat", join.chat, "Send this after joining (may be repeated)")->allow_extra_args(false);
  sub->add_flag("--print-chat", join.print_chat, "Print chat on stdout");
  sub->add_flag("--json", arguments.json, "Print events as JSON lines, read commands from stdin");
  add_network(*sub, arguments);
  sub->callback([&] { arguments.command = join; });
}

void add_doctor(CLI::App& app, Arguments& arguments, DoctorArguments& doctor) {
  CLI::App* sub = app.add_subcommand(
      "doctor", "Examine the way to a server: what passes, what does not, who can mend it");
  sub->add_option("url", doctor.url, "The server (https://HOST) or a meeting's link")->required();
  auto* call = sub->add_flag("--call", doctor.call, "Also make a test call that rates delay and loss");
  sub->add_option("--audio", doctor.audio, "Say this WAV file in the test call")
      ->type_name("FILE")
      ->needs(call);
  sub->add_option("--record", doctor.record, "Write what came back into this WAV file")
      ->type_name("FILE")
      ->needs(call);
  sub->add_option("--idle", doctor.idle_s, "Hold a connection silent for so many seconds")
      ->check(CLI::Range(0, 50))
      ->capture_default_str();
  sub->add_option("--html", doctor.html, "Also write a report to mail to your IT into this file")
      ->type_name("FILE");
  sub->add_flag("--json", arguments.json, "Print the report as JSON");
  add_network(*sub, arguments);
  sub->callback([&] { arguments.command = doctor; });
}

}  // namespace

std::variant<Arguments, Finished> parse_arguments(int argc, const char* const* argv) {
  CLI::App app("vistime: meetings on your own server, from the terminal", "vistime");
  app.footer(kExamples);
  app.set_version_flag("--version", client::version_line());
  app.require_subcommand(1);
  Arguments arguments;
  RoomCreateArguments create;
  RoomCloseArguments close;
  JoinArguments join;
  DoctorArguments doctor;
  CompletionArguments completion;
  add_room(app, arguments, create, close);
  add_join(app, arguments, join);
  add_doctor(app, arguments, doctor);
  CLI::App* shell = app.add_subcommand("completion", "Print the completion script of a shell");
  shell->add_option("shell", completion.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  shell->callback([&] { arguments.command = completion; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    if (code == 0) return Finished{kOk, out.str(), {}};
    std::string what = error.what();
    for (char& c : what) {
      if (c == '\n') c = ' ';
    }
    const bool asks_doctor = argc > 1 && std::string_view(argv[1]) == "doctor";
    return Finished{asks_doctor ? kDoctorUsage : kUsage, {}, "vistime: " + what + "; see vistime --help\n"};
  }
  return arguments;
}

}  // namespace vistime::cli
