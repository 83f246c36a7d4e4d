// Attending a meeting: puts the parts together. The meeting on the given executor, encoding and receiving each on a
// thread of its own, timers, statistics. What a face needs: start, meeting(), events, finish.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/core/media_thread.hpp"
#include "client/core/meeting.hpp"
#include "client/core/proxy_choice.hpp"
#include "client/core/reception.hpp"
#include "client/core/statistics.hpp"
#include "client/core/video_sender.hpp"
#include "transport/timer.hpp"

namespace vistime::client {

struct AttendanceSettings {
  MeetingLink link;
  JoinRequest join = {};
  std::string ca_file = {};
  std::vector<Proxy> proxies = {};
  std::string send_audio = {};  // a WAV file, or empty
  std::string send_video = {};  // a Y4M file, or empty
  bool loop = false;
  int layers = 1;
  Codec codec = Codec::kVp8;
  int bitrate = 0;  // bit/s of the largest layer, 0: by size
  std::string record_folder = {};
  std::string stats_file = {};
  // Told of each piece of sound or picture as it arrives, on a thread of its own.
  std::function<void(const Track&, std::int64_t capture_us, base::TimePoint now)> on_arrival = {};
  std::filesystem::path routes_file = {};  // what is remembered of networks; empty: nothing
  SubscriptionPolicy subscribe = SubscriptionPolicy::kAudio;
};

class Attendance final : private MeetingEvents, private ReceptionEvents {
 public:
  // Opens all files before anybody is disturbed. Errors carry the codes "bad-file", "recording", "ca-file".
  static base::Result<std::unique_ptr<Attendance>> create(transport::Executor executor,
                                                          const base::Clock& clock,
                                                          AttendanceSettings settings,
                                                          std::function<void(const Event&)> on_event);
  ~Attendance() override;

  void start();
  Meeting& meeting() { return *meeting_; }
  const MeetingState& state() const { return meeting_->state(); }
  const AttendanceSettings& settings() const { return settings_; }
  bool sends() const { return audio_ || video_; }
  // After event::Ended: stops the threads and completes the recording; answers its files. Blocks for a moment.
  base::Result<std::vector<std::string>> finish();

 private:
  Attendance(transport::Executor executor, const base::Clock& clock, AttendanceSettings settings,
             std::function<void(const Event&)> on_event);
  base::Result<void> open_sources(const media::RoomKeys& keys, std::uint64_t session);
  void on_event(const Event& event) override;
  void on_object(const Track& track, std::uint64_t media_session, base::BytesView object) override;
  void on_receiving(const Track& track) override;
  void on_unreadable(const Track& track) override;
  void on_keyframe_needed(std::uint32_t track, std::uint32_t spatial) override;
  void on_arrival(const Track& track, std::int64_t capture_us, base::TimePoint now) override {
    if (settings_.on_arrival) settings_.on_arrival(track, capture_us, now);
  }
  void on_recording_failed(const base::Error& why) override;

  void on_route(const RouteNews& news);
  void tick();
  void begin_sending();
  void run_audio();
  void run_video();
  void run_reception();
  void want_keyframes();
  void react(const Event& event);
  void ended_sending(TrackKind kind);
  void write_statistics();
  bool is_own(std::uint32_t track) const;
  // Runs on the meeting's executor unless this object is gone by then.
  template <typename Work>
  void at_home(Work work);
  template <typename Work>
  void with_video(Work work);

  transport::Executor executor_;
  const base::Clock& clock_;
  AttendanceSettings settings_;
  std::function<void(const Event&)> told_;
  std::shared_ptr<std::atomic<bool>> alive_ = std::make_shared<std::atomic<bool>>(true);
  std::unique_ptr<Network> network_;
  std::unique_ptr<Meeting> meeting_;
  transport::Timer timer_;
  base::TimePoint started_;
  base::TimePoint next_statistics_;
  StatisticsWriter statistics_writer_;
  std::string route_;  // of the link
  std::ofstream statistics_file_;
  std::atomic<std::int64_t> unconfirmed_us_ = 0;  // read by the video thread
  // Objects on their way to the receiving thread; beyond a limit they are dropped.
  std::atomic<std::size_t> receiving_bytes_ = 0;
  std::atomic<bool> stopping_ = false;
  bool sending_ = false;
  std::optional<base::TimePoint> begin_by_;  // sending begins, whether somebody wants the picture or not
  bool finished_ = false;

  // Each used on its thread only.
  std::unique_ptr<AudioSender> audio_;
  std::unique_ptr<VideoSender> video_;
  std::unique_ptr<Reception> reception_;
  std::unique_ptr<MediaThread> audio_thread_;
  std::unique_ptr<MediaThread> video_thread_;
  std::unique_ptr<MediaThread> receive_thread_;
  std::optional<transport::Timer> audio_timer_;
  std::optional<transport::Timer> video_timer_;
  std::optional<transport::Timer> receive_timer_;
};

}  // namespace vistime::client
