#include "client/cli/join_command.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <limits>

#include "client/cli/exit_code.hpp"
#include "client/cli/face.hpp"
#include "client/cli/json_event.hpp"
#include "client/cli/proxy_sign_in.hpp"
#include "client/cli/room_command.hpp"
#include "client/cli/secrets.hpp"

namespace vistime::cli {
namespace {

namespace asio = boost::asio;
namespace event = client::event;
using base::Error;
using base::ErrorKind;

// After the end: for the goodbye to be written. Usually a few milliseconds.
constexpr std::chrono::milliseconds kGoodbye{700};
// --until-sent: for what is still on its way.
constexpr std::chrono::seconds kAfterSent{1};
constexpr std::chrono::milliseconds kTick{100};
constexpr std::size_t kInput = 16 * 1024;

// One meeting from start to end, on one io_context.
class Run {
 public:
  Run(const base::Clock& clock, const JoinArguments& join, Face& face, ProxySignIn& sign_in)
      : clock_(clock), join_(join), face_(face), sign_in_(sign_in) {}

  base::Result<void> prepare(client::AttendanceSettings settings) {
    auto made = client::Attendance::create(context_.get_executor(), clock_, std::move(settings),
                                           [this](const client::Event& happened) { on_event(happened); });
    if (!made) return std::unexpected(made.error());
    attendance_ = std::move(*made);
    return {};
  }

  // Why it ended.
  Error attend() {
    face_.begin(*attendance_);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      stop("interrupted", "You have left the meeting.");
    });
    if (face_.wants_input()) read_input();
    tick();
    attendance_->start();
    for (const std::string& text : join_.chat) attendance_->meeting().send_chat(text, "", "");
    context_.run();
    context_.restart();
    context_.run_for(kGoodbye);
    const auto files = attendance_->finish();
    if (!files && why_.code != "recording") why_ = files.error();
    face_.end(why_, files.value_or(std::vector<std::string>()));
    return why_;
  }
  bool joined() const { return joined_; }

 private:
  void on_event(const client::Event& happened) {
    if (const auto* ended = std::get_if<event::Ended>(&happened)) {
      if (why_.code.empty()) why_ = ended->why;
      face_.on_event(happened);
      return finish();
    }
    if (const auto* failed = std::get_if<event::RouteFailed>(&happened)) sign_in_.note(failed->route);
    face_.on_event(happened);
    if (std::holds_alternative<event::Joined>(happened) && !std::exchange(joined_, true)) begin_countdown();
    if (std::holds_alternative<event::SentEnded>(happened)) sent_ended();
    if (const auto* failed = std::get_if<event::RecordingFailed>(&happened)) {
      why_ = failed->why;
      attendance_->meeting().leave();
    }
  }

  void begin_countdown() {
    if (!join_.duration_s) return;
    countdown_.expires_after(std::chrono::milliseconds(static_cast<std::int64_t>(*join_.duration_s * 1000)));
    countdown_.async_wait([this](const boost::system::error_code& error) {
      if (!error) stop("duration", "The time that was asked for is over.");
    });
  }

  void sent_ended() {
    ++sources_ended_;
    const int sources = (join_.send_audio.empty() ? 0 : 1) + (join_.send_video.empty() ? 0 : 1);
    if (!join_.until_sent || sources_ended_ < sources) return;
    countdown_.expires_after(kAfterSent);
    countdown_.async_wait([this](const boost::system::error_code& error) {
      if (!error) stop("sent", "All has been sent.");
    });
  }

  void stop(const char* code, const char* message) {
    if (why_.code.empty()) why_ = {ErrorKind::kClosed, code, message};
    attendance_->meeting().leave(code);
  }

  // Lets run() return; the goodbye is written afterwards.
  void finish() {
    signals_.cancel();
    countdown_.cancel();
    ticker_.cancel();
    if (input_.is_open()) input_.release();
    context_.stop();
  }

  void read_input() {
    const int own = ::dup(STDIN_FILENO);
    if (own < 0) return;
    boost::system::error_code error;
    input_.assign(own, error);
    if (error) {
      ::close(own);
      return;
    }
    continue_reading();
  }

  void continue_reading() {
    input_.async_read_some(asio::buffer(buffer_),
                           [this](const boost::system::error_code& error, std::size_t size) {
                             if (error || attendance_->meeting().ended())
                               return;  // at its end the meeting goes on
                             face_.on_input(std::string_view(buffer_.data(), size));
                             if (!attendance_->meeting().ended()) continue_reading();
                           });
  }

  void tick() {
    face_.on_tick();
    ticker_.expires_after(kTick);
    ticker_.async_wait([this](const boost::system::error_code& error) {
      if (!error) tick();
    });
  }

  const base::Clock& clock_;
  const JoinArguments& join_;
  Face& face_;
  ProxySignIn& sign_in_;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGINT, SIGTERM, SIGHUP};
  asio::steady_timer countdown_{context_};
  asio::steady_timer ticker_{context_};
  asio::posix::stream_descriptor input_{context_};
  std::array<char, kInput> buffer_{};
  std::unique_ptr<client::Attendance> attendance_;
  Error why_;
  bool joined_ = false;
  int sources_ended_ = 0;
};

int tell_failure(const Arguments& arguments, const Error& error, const base::Clock& clock) {
  if (arguments.json) std::cout << failed_line(error, clock.wall().time_since_epoch().count()) << std::endl;
  std::cerr << "vistime: " << error.message << "\n";
  return exit_code(error);
}

std::string default_name(const client::Profile& profile) {
  const auto name = profile.name();
  if (name && !name->empty()) return *name;
  const char* user = std::getenv("USER");  // NOLINT(concurrency-mt-unsafe): before any thread
  return user != nullptr && *user != 0 ? user : "Guest";
}

}  // namespace

base::Result<client::AttendanceSettings> attendance_settings(const Arguments& arguments,
                                                             const JoinArguments& join,
                                                             client::Profile& profile) {
  auto link = find_link(join.link, join.host, profile);
  if (!link) return std::unexpected(link.error());
  auto password = given_password(join.password_file);
  if (!password) return std::unexpected(password.error());
  auto proxies = proxies_for(arguments, link->server);
  if (!proxies) return std::unexpected(proxies.error());
  const auto device = profile.device();
  if (!device) return std::unexpected(device.error());
  using Policy = client::SubscriptionPolicy;
  const bool all = join.subscribe == "all" || (join.subscribe.empty() && !join.record.empty());
  const std::optional<std::string> host_key =
      link->host_key.empty() ? std::nullopt : std::optional(link->host_key);
  return client::AttendanceSettings{.link = *link,
                                    .join = {.name = join.name.empty() ? default_name(profile) : join.name,
                                             .password = *password,
                                             .host_key = host_key,
                                             .device = *device},
                                    .ca_file = arguments.ca_file,
                                    .proxies = *proxies,
                                    .send_audio = join.send_audio,
                                    .send_video = join.send_video,
                                    .loop = join.loop,
                                    .layers = join.layers,
                                    .codec = join.codec == "vp9" ? client::Codec::kVp9 : client::Codec::kVp8,
                                    .bitrate = join.bitrate_kbit * 1000,
                                    .record_folder = join.record,
                                    .stats_file = join.stats,
                                    .routes_file = profile.routes_file(),
                                    .subscribe = join.subscribe == "none" ? Policy::kNone
                                                 : all                    ? Policy::kAll
                                                                          : Policy::kAudio};
}

int run_join(const Arguments& arguments, const JoinArguments& join, client::Profile& profile,
             const base::Clock& clock) {
  auto settings = attendance_settings(arguments, join, profile);
  if (!settings) return tell_failure(arguments, settings.error(), clock);
  const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  const WallClock wall = [&clock] { return clock.wall().time_since_epoch().count(); };
  ProxySignIn sign_in(ask_at_terminal(arguments.json), settings->proxies);
  for (;;) {
    const auto face = arguments.json                 ? make_json_face(wall)
                      : terminal && !join.print_chat ? make_screen_face(wall)
                                                     : make_plain_face(join.print_chat);
    Run run(clock, join, *face, sign_in);
    if (auto prepared = run.prepare(*settings); !prepared)
      return tell_failure(arguments, prepared.error(), clock);
    const Error why = run.attend();
    const bool asks = why.code == "password-required" && terminal && !arguments.json;
    if (asks) {
      settings->join.password = prompt_password("Password of the room: ");
      if (settings->join.password) continue;
    }
    if (why.code == "proxy-auth" && sign_in.ask(settings->proxies)) continue;
    if (arguments.json && exit_code(why) != kOk) std::cerr << "vistime: " << why.message << "\n";
    return exit_code(why);
  }
}

}  // namespace vistime::cli
