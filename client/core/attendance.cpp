#include "client/core/attendance.hpp"

#include <boost/asio/post.hpp>
#include <future>
#include <utility>

#include "client/core/https_network.hpp"
#include "protocol/object_header.hpp"

namespace vistime::client {
namespace {

constexpr std::uint8_t kMicrophoneIndex = 0;
constexpr std::uint8_t kCameraIndex = 1;
constexpr auto kTick = std::chrono::milliseconds(50);
constexpr auto kReceiveStep = std::chrono::milliseconds(10);
// The sender's own queue; on the way to the ear half a second is the jitter buffer's longest.
constexpr base::Duration kAudioMayWait = std::chrono::milliseconds(400);
constexpr base::Duration kVideoMayWait = std::chrono::milliseconds(800);
// How long a picture waits for the first who wants it, where there are others.
constexpr base::Duration kFirstWish = std::chrono::seconds(1);
// A receiving thread that is so far behind will not catch up.
constexpr std::size_t kMaxReceiving = 32U << 20U;
constexpr auto kSuite = media::SframeSuite::kAes128GcmSha256;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::chrono::steady_clock::duration until(base::TimePoint due, const base::Clock& clock) {
  return std::max(base::Duration(0), due - clock.now());
}

media::SframeSealer sealer(const media::RoomKeys& keys, std::uint64_t session, std::uint8_t index) {
  return media::SframeSealer(
      media::SframeKey::derive(kSuite, keys.media_base_key, media::KeyId{session, index}.kid()));
}

}  // namespace

Attendance::Attendance(transport::Executor executor, const base::Clock& clock, AttendanceSettings settings,
                       std::function<void(const Event&)> on_event)
    : executor_(executor),
      clock_(clock),
      settings_(std::move(settings)),
      told_(std::move(on_event)),
      timer_(executor) {}

base::Result<std::unique_ptr<Attendance>> Attendance::create(transport::Executor executor,
                                                             const base::Clock& clock,
                                                             AttendanceSettings settings,
                                                             std::function<void(const Event&)> on_event) {
  std::unique_ptr<Attendance> self(new Attendance(executor, clock, std::move(settings), std::move(on_event)));
  const AttendanceSettings& with = self->settings_;
  const auto keys = media::derive_room_keys(with.link.secret);
  const std::uint64_t session = media::KeyId::random_session();
  auto network = HttpsNetwork::create(
      executor, {.server = with.link.server,
                 .ca_file = with.ca_file,
                 .proxies = with.proxies,
                 .told = [attendance = self.get()](const RouteNews& news) { attendance->on_route(news); },
                 .memory = std::make_shared<RouteMemory>(clock, with.routes_file)});
  if (!network) return std::unexpected(network.error());
  self->network_ = std::move(*network);
  if (auto opened = self->open_sources(keys, session); !opened) return std::unexpected(opened.error());
  std::unique_ptr<Recorder> recorder;
  if (!with.record_folder.empty()) {
    auto made = Recorder::create(with.record_folder, clock.now(), clock.wall().time_since_epoch().count());
    if (!made) return std::unexpected(made.error());
    recorder = std::move(*made);
  }
  if (!with.stats_file.empty()) {
    self->statistics_file_.open(with.stats_file, std::ios::trunc);
    if (!self->statistics_file_) {
      return base::fail_as(base::ErrorKind::kInvalid, "usage", "--stats {}: cannot be written",
                           with.stats_file);
    }
  }
  ReceptionEvents& reception_events = *self;
  MeetingEvents& meeting_events = *self;
  self->reception_ = std::make_unique<Reception>(keys.media_base_key, std::move(recorder), reception_events);
  self->meeting_ = std::make_unique<Meeting>(
      clock, *self->network_, meeting_events,
      MeetingSettings{with.link, with.join, with.subscribe, session, !with.record_folder.empty()},
      [] { return base::random_u64(); });
  if (self->audio_) {
    self->meeting_->publish({.index = kMicrophoneIndex,
                             .kind = TrackKind::kMicrophone,
                             .codec = Codec::kOpus,
                             .channels = static_cast<std::uint32_t>(self->audio_->channels())});
  }
  if (self->video_) {
    self->meeting_->publish({.index = kCameraIndex,
                             .kind = TrackKind::kCamera,
                             .codec = with.codec,
                             .layers = self->video_->layers()});
  }
  return self;
}

base::Result<void> Attendance::open_sources(const media::RoomKeys& keys, std::uint64_t session) {
  const auto send = [this](bool video, base::Duration may_wait) {
    return [this, video, may_wait](base::Bytes object) {
      at_home([this, video, may_wait, object = std::move(object)]() mutable {
        meeting_->send_media(std::move(object), video, may_wait);
      });
    };
  };
  if (!settings_.send_audio.empty()) {
    auto source = open_wav_source(settings_.send_audio, settings_.loop);
    if (!source) return std::unexpected(source.error());
    auto sender = AudioSender::create(std::move(*source), kMicrophoneIndex,
                                      sealer(keys, session, kMicrophoneIndex), send(false, kAudioMayWait));
    if (!sender) return std::unexpected(sender.error());
    audio_ = std::move(*sender);
  }
  if (!settings_.send_video.empty()) {
    auto source = open_y4m_source(settings_.send_video, settings_.loop);
    if (!source) return std::unexpected(source.error());
    auto sender = VideoSender::create(std::move(*source),
                                      {.index = kCameraIndex,
                                       .codec = settings_.codec,
                                       .layers = settings_.layers,
                                       .bitrate = settings_.bitrate},
                                      sealer(keys, session, kCameraIndex), send(true, kVideoMayWait));
    if (!sender) return std::unexpected(sender.error());
    video_ = std::move(*sender);
  }
  return {};
}

Attendance::~Attendance() {
  *alive_ = false;
  if (!finished_) (void)finish();
}

template <typename Work>
void Attendance::at_home(Work work) {
  boost::asio::post(executor_, [alive = alive_, work = std::move(work)]() mutable {
    if (*alive) work();
  });
}

void Attendance::start() {
  started_ = next_statistics_ = clock_.now();
  receive_thread_ = std::make_unique<MediaThread>();
  receive_timer_.emplace(receive_thread_->executor());
  receive_thread_->post([this] { run_reception(); });
  meeting_->start();
  tick();
}

void Attendance::tick() {
  meeting_->tick();
  unconfirmed_us_ = meeting_->statistics().oldest_unconfirmed.count();
  for (const std::uint32_t stream : meeting_->take_broken_streams()) {
    with_video([spatial = stream & 0xFFU](VideoSender& video) { video.request_keyframe(spatial); });
  }
  if (begin_by_ && clock_.now() >= *begin_by_) begin_sending();
  if (statistics_file_.is_open() && clock_.now() >= next_statistics_) write_statistics();
  if (meeting_->ended() || stopping_) return;
  timer_.expires_after(kTick);
  timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (!error && *alive) tick();
  });
}

void Attendance::on_event(const Event& event) {
  react(event);
  told_(event);
}

void Attendance::on_route(const RouteNews& news) {
  if (meeting_->ended()) return;  // nothing follows the end
  if (news.failed) {
    told_(event::RouteFailed{news});
  } else {
    if (news.channel == "conference") route_ = news.route;
    told_(event::RouteTaken{news});
  }
}

// What events mean for media.
void Attendance::react(const Event& event) {
  std::visit(
      Overloaded{
          [this](const event::Joined&) {
            for (const Participant& each : state().participants()) {
              receive_thread_->post([this, each] { reception_->introduce(each); });
            }
            begin_by_ =
                clock_.now() + (video_ && state().participants().size() > 1 ? kFirstWish : base::Duration(0));
            if (clock_.now() >= *begin_by_) begin_sending();
            want_keyframes();
          },
          [this](const event::Resumed&) { want_keyframes(); },
          [this](const event::ParticipantJoined& joined) {
            receive_thread_->post([this, who = joined.participant] { reception_->introduce(who); });
          },
          [this](const event::ParticipantLeft& left) {
            for (const Track& track : left.participant.tracks) {
              receive_thread_->post([this, id = track.id] { reception_->forget(id, clock_.now()); });
            }
          },
          [this](const event::TrackUnpublished& gone) {
            receive_thread_->post([this, id = gone.track.id] { reception_->forget(id, clock_.now()); });
          },
          [this](const event::KeyframeWanted& wanted) {
            if (!is_own(wanted.track)) return;
            with_video([spatial = wanted.spatial](VideoSender& video) { video.request_keyframe(spatial); });
          },
          [this](const event::LayersWanted& wanted) {
            if (!is_own(wanted.track)) return;
            with_video([spatial = wanted.spatial](VideoSender& video) { video.set_wanted(spatial); });
            if (!wanted.spatial.empty()) begin_sending();
          },
          [](const auto&) {}},
      event);
}

bool Attendance::is_own(std::uint32_t track) const {
  const Participant* me = state().me();
  return me != nullptr && protocol::participant_number(track) == me->number;
}

void Attendance::want_keyframes() {
  with_video([](VideoSender& video) {
    for (const Layer& layer : video.layers()) video.request_keyframe(layer.spatial);
  });
}

// Its thread's alone, once that runs.
template <typename Work>
void Attendance::with_video(Work work) {
  if (!video_) return;
  if (!video_thread_) return work(*video_);
  video_thread_->post([this, work = std::move(work)] { work(*video_); });
}

// Sound and pictures begin at the same moment: alone with the first snapshot; where others are, as soon as one of them
// wants the picture, so that a file is seen from its first frame on.
void Attendance::begin_sending() {
  if (std::exchange(sending_, true)) return;
  const base::TimePoint now = clock_.now();
  if (audio_) {
    audio_->start(now);
    audio_thread_ = std::make_unique<MediaThread>();
    audio_timer_.emplace(audio_thread_->executor());
    audio_thread_->post([this] { run_audio(); });
  }
  if (video_) {
    video_->start(now);
    video_thread_ = std::make_unique<MediaThread>();
    video_timer_.emplace(video_thread_->executor());
    video_thread_->post([this] { run_video(); });
  }
}

void Attendance::run_audio() {
  if (stopping_) return;
  const auto next = audio_->run(clock_.now());
  if (!next) return at_home([this] { ended_sending(TrackKind::kMicrophone); });
  audio_timer_->expires_after(until(*next, clock_));
  audio_timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) run_audio();
  });
}

void Attendance::run_video() {
  if (stopping_) return;
  const auto next = video_->run(clock_.now(), base::Duration(unconfirmed_us_.load()));
  if (!next) return at_home([this] { ended_sending(TrackKind::kCamera); });
  video_timer_->expires_after(until(*next, clock_));
  video_timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) run_video();
  });
}

void Attendance::run_reception() {
  if (stopping_) return;
  reception_->run(clock_.now());
  receive_timer_->expires_after(kReceiveStep);
  receive_timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) run_reception();
  });
}

void Attendance::ended_sending(TrackKind kind) { told_(event::SentEnded{kind}); }

void Attendance::on_object(const Track& track, std::uint64_t media_session, base::BytesView object) {
  if (receiving_bytes_ + object.size() > kMaxReceiving) return;
  receiving_bytes_ += object.size();
  receive_thread_->post(
      [this, track, media_session, now = clock_.now(), bytes = base::Bytes(object.begin(), object.end())] {
        receiving_bytes_ -= bytes.size();
        reception_->receive(track, media_session, bytes, now);
      });
}

void Attendance::on_receiving(const Track& track) {
  at_home([this, track] { told_(event::Receiving{track}); });
}

void Attendance::on_unreadable(const Track& track) {
  at_home([this, track] { told_(event::Unreadable{track}); });
}

void Attendance::on_keyframe_needed(std::uint32_t track, std::uint32_t spatial) {
  at_home([this, track, spatial] { meeting_->need_keyframe(track, spatial); });
}

void Attendance::on_recording_failed(const base::Error& why) {
  at_home([this, why] { told_(event::RecordingFailed{why}); });
}

// Gathers the threads' figures one after the other, each on its own thread.
void Attendance::write_statistics() {
  next_statistics_ += std::chrono::seconds(1);
  Figures figures{.time_ms = clock_.wall().time_since_epoch().count(),
                  .elapsed = clock_.now() - started_,
                  .route = route_,
                  .phase = state().phase,
                  .link = meeting_->statistics()};
  receive_thread_->post([this, figures = std::move(figures)]() mutable {
    figures.received = reception_->statistics();
    at_home([this, figures = std::move(figures)]() mutable {
      auto write = [this](Figures all) { statistics_file_ << statistics_writer_.line(all) << std::endl; };
      auto with_video = [this, write](Figures all) {
        if (!video_thread_) return write(std::move(all));
        video_thread_->post([this, write, all = std::move(all)]() mutable {
          for (const auto& each : video_->statistics()) all.sent.push_back(each);
          at_home([write, all = std::move(all)]() mutable { write(std::move(all)); });
        });
      };
      if (!audio_thread_) return with_video(std::move(figures));
      audio_thread_->post([this, with_video, all = std::move(figures)]() mutable {
        all.sent.push_back(audio_->statistics());
        at_home([with_video, all = std::move(all)]() mutable { with_video(std::move(all)); });
      });
    });
  });
}

base::Result<std::vector<std::string>> Attendance::finish() {
  finished_ = true;
  stopping_ = true;
  timer_.cancel();
  // Each thread cancels its own timer: a timer belongs to one thread.
  if (audio_thread_) audio_thread_->post([this] { audio_timer_->cancel(); });
  if (video_thread_) video_thread_->post([this] { video_timer_->cancel(); });
  if (receive_thread_) receive_thread_->post([this] { receive_timer_->cancel(); });
  for (auto* thread : {&audio_thread_, &video_thread_, &receive_thread_}) {
    if (*thread) (*thread)->join();
  }
  return reception_ ? reception_->finish(clock_.now()) : std::vector<std::string>();
}

}  // namespace vistime::client
