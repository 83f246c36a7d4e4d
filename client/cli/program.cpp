#include "client/cli/program.hpp"

#include <cstdlib>
#include <iostream>

#include "client/cli/arguments.hpp"
#include "client/cli/completion_scripts.hpp"
#include "client/cli/doctor_command.hpp"
#include "client/cli/exit_code.hpp"
#include "client/cli/join_command.hpp"
#include "client/cli/json_event.hpp"
#include "client/cli/room_command.hpp"

namespace vistime::cli {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value != nullptr ? value : "";
}

void print_completion(const std::string& shell) {
  std::cout << (shell == "bash" ? kBashCompletion : shell == "zsh" ? kZshCompletion : kFishCompletion);
}

int finish(const Arguments& arguments, const base::Result<void>& result, const base::Clock& clock) {
  if (result) return kOk;
  if (arguments.json)
    std::cout << failed_line(result.error(), clock.wall().time_since_epoch().count()) << std::endl;
  std::cerr << "vistime: " << result.error().message << "\n";
  return exit_code(result.error());
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  auto parsed = parse_arguments(argc, argv);
  if (const auto* finished = std::get_if<Finished>(&parsed)) {
    std::cout << finished->out;
    std::cerr << finished->err;
    return finished->exit_code;
  }
  const auto& arguments = std::get<Arguments>(parsed);
  const base::SystemClock clock;
  if (const auto* completion = std::get_if<CompletionArguments>(&arguments.command)) {
    print_completion(completion->shell);
    return kOk;
  }
  if (const auto* doctor = std::get_if<DoctorArguments>(&arguments.command))
    return run_doctor(arguments, *doctor);
  auto folders = client::ProfileFolders::find(variable);
  if (!folders) return finish(arguments, std::unexpected(folders.error()), clock);
  client::Profile profile(std::move(*folders));
  return std::visit(
      Overloaded{
          [&](const RoomCreateArguments& create) {
            return finish(arguments, create_room(arguments, create, profile), clock);
          },
          [&](const RoomListArguments&) { return finish(arguments, list_rooms(arguments, profile), clock); },
          [&](const RoomCloseArguments& close) {
            return finish(arguments, close_room(arguments, close, profile), clock);
          },
          [&](const JoinArguments& join) { return run_join(arguments, join, profile, clock); },
          [&](const DoctorArguments& doctor) { return run_doctor(arguments, doctor); },
          [](const CompletionArguments&) { return static_cast<int>(kOk); }},
      arguments.command);
}

}  // namespace vistime::cli
