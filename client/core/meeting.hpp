// One meeting from joining to leaving: the state, the commands, chat that is lost and doubled nowhere, own tracks that
// are published again when the server starts anew, and media in and out of the link. One executor, driven by tick().
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "client/core/chat_cipher.hpp"
#include "client/core/connection.hpp"
#include "client/core/meeting_link.hpp"
#include "client/core/meeting_state.hpp"
#include "client/core/subscriptions.hpp"

namespace vistime::v1 {
class ClientMessage;
class Answer;
}  // namespace vistime::v1

namespace vistime::client {

// A track of ours; the index is our choice and part of its id.
struct LocalTrack {
  std::uint8_t index = 0;
  TrackKind kind = TrackKind::kUnknown;
  Codec codec = Codec::kUnknown;
  bool muted = false;
  std::vector<Layer> layers = {};
  std::uint32_t channels = 0;
};

class MeetingEvents {
 public:
  virtual ~MeetingEvents() = default;
  virtual void on_event(const Event& event) = 0;
  // A media object of a known track of somebody else, as it came; valid during the call.
  virtual void on_object(const Track& track, std::uint64_t media_session, base::BytesView object) = 0;
};

struct MeetingSettings {
  MeetingLink link;
  JoinRequest join;
  SubscriptionPolicy subscribe = SubscriptionPolicy::kAudio;
  std::uint64_t media_session = 0;  // media::KeyId::random_session()
  bool recording = false;           // everybody is told
};

class Meeting final : private ConnectionEvents {
 public:
  // Messages that wait for their confirmation; more are refused.
  static constexpr std::size_t kMaxPendingChat = 256;

  Meeting(const base::Clock& clock, Network& network, MeetingEvents& events, MeetingSettings settings,
          std::function<std::uint64_t()> random);
  ~Meeting() override;

  void start() { connection_.start(); }
  void tick();
  const MeetingState& state() const { return state_; }
  transport::LinkStatistics statistics() const { return connection_.statistics(); }
  bool ended() const { return connection_.ended(); }

  // ---- Commands. `reference` comes back with event::Answered (for chat also with event::Chat). ----
  void send_chat(std::string text, std::string to, std::string reference);
  void get_chat(std::uint64_t after, std::string reference);
  void set_muted(TrackKind kind, bool muted, std::string reference);
  void set_hand(bool raised, std::string reference);
  void react(const std::string& reaction, std::string reference);
  void request_keyframe(std::uint32_t track, std::uint32_t spatial, std::string reference);
  // Replaces the policy from now on.
  void subscribe(Subscriptions wish, std::string reference);
  void mute_participant(const std::string& participant, TrackKind kind, std::string reference);
  void ask_to_unmute(const std::string& participant, TrackKind kind, std::string reference);
  void stop_track(std::uint32_t track, std::string reference);
  void remove_participant(const std::string& participant, bool ban, std::string reference);
  void set_locked(bool locked, std::string reference);
  void set_lobby(bool lobby, std::string reference);
  void admit(const std::vector<std::string>& participants, bool admit, std::string reference);
  void set_role(const std::string& participant, Role role, std::string reference);
  void lower_hand(const std::string& participant, std::string reference);
  void close_room(std::string reference);
  // event::Ended follows, with code "left" or what is given.
  void leave(const std::string& code = "left");
  void drop_connection() { connection_.drop_connection(); }

  // ---- Own media ----
  void publish(LocalTrack track);
  void unpublish(TrackKind kind, std::string reference);
  const LocalTrack* local_track(TrackKind kind) const;
  // A whole object whose header bears only the index in place of the track. Dropped while the track is muted, not
  // published, or there is no connection.
  void send_media(base::Bytes object, bool video, base::Duration may_wait);
  // Streams (index << 8 | spatial layer) that lost an object on the way out and wait for a keyframe.
  std::vector<std::uint32_t> take_broken_streams();
  // A receiver lost its footing; as request_keyframe(), without an answer.
  void need_keyframe(std::uint32_t track, std::uint32_t spatial);

 private:
  struct PendingChat {
    base::Bytes id;
    base::Bytes sealed;
    std::string to;
    std::string reference;
    bool sent = false;
  };
  struct PendingRequest {
    std::string command;
    std::string reference;
    base::Bytes chat_id;
    bool internal = false;
  };

  void on_connected(event::Resumption how, std::chrono::milliseconds gap) override;
  void on_control(base::BytesView message) override;
  void on_object(base::BytesView object) override;
  void on_reconnecting(const base::Error& why, int attempt) override;
  void on_ended(const base::Error& why) override;

  void emit(Event event);
  void after_event(const Event& event);
  void take_answer(const v1::Answer& answer);
  void request(v1::ClientMessage& message, std::string command, std::string reference,
               base::Bytes chat_id = {});
  // Its success is nobody's news.
  void request_quietly(v1::ClientMessage& message, std::string command);
  void ask_for_history(std::uint64_t after);
  void tell(const v1::ClientMessage& message);
  void refuse(std::string command, std::string reference, std::string code, std::string message);
  void state_wishes();
  void announce(const LocalTrack& track);
  void confirm_chat(ChatEntry& entry);
  void flush_chat();
  void update_subscriptions();
  void give_up_requests();
  LocalTrack* own(std::uint32_t track);

  const base::Clock& clock_;
  MeetingEvents& events_;
  MeetingSettings settings_;
  ChatCipher cipher_;
  MeetingState state_;
  std::map<std::uint8_t, LocalTrack> local_tracks_;
  std::vector<PendingChat> pending_chat_;
  std::map<std::uint32_t, PendingRequest> pending_requests_;
  std::uint32_t last_request_ = 0;
  std::optional<Subscriptions> manual_wish_;
  std::optional<Subscriptions> sent_wish_;
  bool hand_raised_ = false;
  bool joined_once_ = false;
  Connection connection_;
};

}  // namespace vistime::client
