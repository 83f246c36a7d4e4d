// The command line, read.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vistime::cli {

struct RoomCreateArguments {
  std::string server = {};
  std::string name = {};
  std::string password_file = {};
  bool prompt_password = false;
  bool lobby = false;
  std::optional<std::uint32_t> max_participants = {};
};
struct RoomListArguments {};
struct RoomCloseArguments {
  std::string room = {};  // a link, or a room's id
};
struct JoinArguments {
  std::string link = {};
  std::string name = {};
  std::string send_audio = {};
  std::string send_video = {};
  bool loop = false;
  std::string record = {};
  std::optional<double> duration_s = {};
  bool until_sent = false;
  std::string stats = {};
  std::string password_file = {};
  bool host = false;
  int layers = 1;
  std::string codec = "vp8";
  int bitrate_kbit = 0;
  std::string subscribe = {};  // empty: by what is done
  std::vector<std::string> chat = {};
  bool print_chat = false;
};
struct DoctorArguments {
  std::string url = {};     // a server's address or a meeting's link
  std::string html = {};    // file to write a report into
  bool call = false;        // also make a test call
  std::string audio = {};   // a WAV file to say in it
  std::string record = {};  // a WAV file for what came back
  int idle_s = 8;           // for how long a connection is held silent
};
struct CompletionArguments {
  std::string shell = {};
};

struct Arguments {
  std::variant<RoomCreateArguments, RoomListArguments, RoomCloseArguments, JoinArguments, DoctorArguments,
               CompletionArguments>
      command;
  std::string ca_file = {};
  std::string proxy = {};       // an address, "none", or empty: what the system says
  std::string proxy_pac = {};   // address or file of a script
  std::string proxy_user = {};  // the password is in VISTIME_PROXY_PASSWORD
  bool json = false;
};

// Nothing is to be done any more: print and go (help, version, wrong use).
struct Finished {
  int exit_code = 0;
  std::string out = {};
  std::string err = {};
};

std::variant<Arguments, Finished> parse_arguments(int argc, const char* const* argv);

}  // namespace vistime::cli
