#include "client/core/test_call.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <numbers>

#include "client/core/attendance.hpp"
#include "client/core/master_api.hpp"
#include "media/wav_file.hpp"

namespace vistime::client {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::int64_t kPieceUs = 20'000;
// Opus looks 6.5 ms ahead (RFC 6716); a sound card plays in blocks of about 20 ms.
constexpr auto kCodingAndPlaying = milliseconds(7 + 20);
constexpr auto kUsableDelay = milliseconds(150), kPoorDelay = milliseconds(400);
// Opus conceals single losses unheard; speech suffers from about one in twenty.
constexpr double kUsableLoss = 0.01, kPoorLoss = 0.05;
constexpr int kToneSeconds = 5;
constexpr auto kAfterSent = milliseconds(1'500);

// A folder that goes with the call.
class Scratch {
 public:
  Scratch() : path_(fs::temp_directory_path() / ("vistime-call-" + base::random_id(8))) {
    std::error_code ignored;
    fs::create_directories(path_, ignored);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  const fs::path path_;
};

// Short tones with pauses, rising: easy to follow by ear in what came back.
base::Result<void> write_tones(const fs::path& path) {
  auto wav = media::WavWriter::create(path.string(), 1);
  if (!wav) return std::unexpected(wav.error());
  media::Samples samples(static_cast<std::size_t>(media::kAudioRate));
  for (int second = 0; second < kToneSeconds; ++second) {
    const double pitch = 330 * std::pow(2, second / 6.0);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double at = static_cast<double>(i) / media::kAudioRate;
      const double loudness = at < 0.5 ? std::sin(std::numbers::pi * at / 0.5) : 0;
      samples[i] = static_cast<std::int16_t>(9'000 * loudness * std::sin(2 * std::numbers::pi * pitch * at));
    }
    if (auto written = (*wav)->write(samples); !written) return written;
  }
  return (*wav)->close();
}

// Both ends in one process, and so by one clock.
class Call {
 public:
  Call(const TestCallSettings& settings, const MeetingLink& link, std::string audio, std::string folder)
      : settings_(settings), link_(link), audio_(std::move(audio)), folder_(std::move(folder)) {}

  base::Result<CallQuality> hold() {
    auto listener = common("Echo");
    listener.record_folder = folder_;
    listener.on_arrival = [this](const Track& track, std::int64_t capture_us, base::TimePoint now) {
      if (track.kind != TrackKind::kMicrophone) return;
      const std::lock_guard lock(mutex_);
      arrivals_.push_back({capture_us, now.time_since_epoch() - std::chrono::microseconds(capture_us)});
    };
    auto speaker = common("Voice");
    speaker.send_audio = audio_;
    speaker.subscribe = SubscriptionPolicy::kNone;
    if (auto made = make(listener_, std::move(listener)); !made) return std::unexpected(made.error());
    if (auto made = make(speaker_, std::move(speaker)); !made) return std::unexpected(made.error());
    end_in(settings_.longest);
    listener_->start();
    context_.run();
    for (auto* each : {speaker_.get(), listener_.get()}) {
      if (const auto files = each->finish(); !files && !failed_) failed_ = files.error();
    }
    if (failed_) return std::unexpected(*failed_);
    const std::lock_guard lock(mutex_);
    if (arrivals_.empty()) {
      return base::fail_as(base::ErrorKind::kUnreachable, "no-voice",
                           "the call was made, but no sound came back");
    }
    CallQuality quality = quality_of(arrivals_);
    quality.route = route_;
    return quality;
  }

 private:
  AttendanceSettings common(const char* name) const {
    return {.link = link_,
            .join = {.name = name, .device = base::random_id(16)},
            .ca_file = settings_.ca_file,
            .proxies = settings_.proxies};
  }
  base::Result<void> make(std::unique_ptr<Attendance>& out, AttendanceSettings settings) {
    auto made = Attendance::create(context_.get_executor(), clock_, std::move(settings),
                                   [this, which = &out](const Event& event) { on_event(*which, event); });
    if (!made) return std::unexpected(made.error());
    out = std::move(*made);
    return {};
  }

  void on_event(const std::unique_ptr<Attendance>& who, const Event& event) {
    if (std::holds_alternative<event::Joined>(event) && &who == &listener_) speaker_->start();
    if (const auto* taken = std::get_if<event::RouteTaken>(&event); taken != nullptr && &who == &speaker_) {
      if (taken->route.channel == "conference") route_ = taken->route.route;
    }
    if (std::holds_alternative<event::SentEnded>(event)) end_in(kAfterSent);
    if (const auto* ended = std::get_if<event::Ended>(&event)) {
      if (ended->why.code != "left" && ended->why.code != "room-closed" && !failed_) failed_ = ended->why;
      if (!std::exchange(leaving_, true)) return leave();
      if (speaker_->meeting().ended() && listener_->meeting().ended()) context_.stop();
    }
  }
  void end_in(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error && !std::exchange(leaving_, true)) leave();
    });
  }
  void leave() {
    for (auto* each : {speaker_.get(), listener_.get()}) {
      if (!each->meeting().ended()) each->meeting().leave("left");
    }
    // For the goodbyes to be written, and for an end that nobody tells.
    timer_.expires_after(milliseconds(500));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) context_.stop();
    });
  }

  const TestCallSettings& settings_;
  const MeetingLink& link_;
  const std::string audio_, folder_;
  base::SystemClock clock_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::unique_ptr<Attendance> listener_, speaker_;
  std::string route_;
  bool leaving_ = false;
  std::optional<base::Error> failed_;
  std::mutex mutex_;  // guards what follows
  std::vector<Arrival> arrivals_;
};

base::Result<void> keep(const fs::path& folder, const std::string& record) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".wav") continue;
    fs::copy_file(entry.path(), record, fs::copy_options::overwrite_existing, error);
    if (!error) return {};
    return base::fail_as(base::ErrorKind::kInvalid, "recording", "{} cannot be written: {}", record,
                         error.message());
  }
  return base::fail_as(base::ErrorKind::kInternal, "recording", "nothing was recorded");
}

}  // namespace

double CallQuality::lost() const {
  return expected == 0 ? 0 : 1 - static_cast<double>(arrived) / static_cast<double>(expected);
}

milliseconds CallQuality::mouth_to_ear() const {
  return milliseconds(kPieceUs / 1000) + kCodingAndPlaying + std::chrono::duration_cast<milliseconds>(p95);
}

CallRating rate(const CallQuality& quality) {
  const auto delay = quality.mouth_to_ear();
  const double lost = quality.lost();
  if (delay > kPoorDelay || lost > kPoorLoss) return CallRating::kPoor;
  if (delay > kUsableDelay || lost > kUsableLoss) return CallRating::kUsable;
  return CallRating::kGood;
}

std::string_view to_string(CallRating rating) {
  switch (rating) {
    case CallRating::kGood: return "good";
    case CallRating::kUsable: return "usable";
    case CallRating::kPoor: return "poor";
  }
  return {};
}

CallQuality quality_of(std::vector<Arrival> arrivals) {
  if (arrivals.empty()) return {};
  const auto [first, last] = std::ranges::minmax(arrivals, {}, &Arrival::capture_us);
  CallQuality quality;
  quality.arrived = arrivals.size();
  quality.expected =
      static_cast<std::size_t>((last.capture_us - first.capture_us + kPieceUs / 2) / kPieceUs) + 1;
  quality.expected = std::max(quality.expected, quality.arrived);
  std::ranges::sort(arrivals, {}, &Arrival::took);
  quality.median = arrivals[arrivals.size() / 2].took;
  quality.p95 = arrivals[arrivals.size() * 95 / 100].took;
  return quality;
}

base::Result<CallQuality> test_call(const TestCallSettings& settings) {
  const Scratch scratch;
  const std::string audio = settings.audio.empty() ? (scratch / "tones.wav").string() : settings.audio;
  if (settings.audio.empty()) {
    if (auto written = write_tones(audio); !written) return std::unexpected(written.error());
  }
  const auto key = new_room_key();
  MasterApi master({.server = settings.server, .proxies = settings.proxies}, settings.ca_file);
  const auto room = master.create_room({.name = "Test call", .max_participants = 2, .key_check = key.check});
  if (!room) return std::unexpected(room.error());
  const auto link =
      MeetingLink::parse(fmt::format("{}/m/{}#{}", settings.server.print(), room->room, key.secret));
  if (!link) return std::unexpected(link.error());
  const std::string folder = settings.record.empty() ? std::string() : (scratch / "echo").string();
  base::Result<CallQuality> quality = base::fail(base::ErrorKind::kInternal, "not called");
  {
    Call call(settings, *link, audio, folder);
    quality = call.hold();
  }
  (void)master.close_room(room->room, room->host_key);  // else it goes by itself
  if (quality && !settings.record.empty()) {
    if (auto kept = keep(folder, settings.record); !kept) return std::unexpected(kept.error());
  }
  return quality;
}

}  // namespace vistime::client
