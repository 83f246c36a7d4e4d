#include "client/core/meeting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/core/network_testing.hpp"
#include "protocol/object_header.hpp"

namespace vistime::client {
namespace {

using Body = v1::ClientMessage::BodyCase;
using std::chrono::milliseconds;

constexpr const char* kLink = "https://localhost:8443/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw";

class MeetingTest : public testing::Test, public MeetingEvents {
 protected:
  void on_event(const Event& event) override { happened_.push_back(event); }
  void on_object(const Track& track, std::uint64_t session, base::BytesView) override {
    objects_.emplace_back(track.id, session);
  }

  void join(std::uint64_t last_chat = 0) {
    meeting_.start();
    server_.let_in();
    server_.send_snapshot(last_chat);
  }
  void pump() { server_.pipe->pump(); }
  void cut() {
    server_.pipe->cut();
    pump();
    clock_.advance(milliseconds(250));
    meeting_.tick();
  }
  // As the server's roster would: a chat message comes to everybody, its sender included.
  void echo(const v1::ClientMessage& sent, std::uint64_t sequence) {
    v1::ServerMessage message;
    auto* chat = message.mutable_chat();
    chat->set_id(sent.send_chat().id());
    chat->set_sealed(sent.send_chat().sealed());
    chat->set_sequence(sequence);
    server_.send(message);
  }
  template <typename T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const Event& each : happened_) {
      if (const T* one = std::get_if<T>(&each)) out.push_back(*one);
    }
    return out;
  }
  static base::Bytes object(std::uint8_t index, bool keyframe = true) {
    base::Bytes out;
    protocol::encode(protocol::ObjectHeader{.track = index, .keyframe = keyframe}, out);
    out.push_back(1);
    return out;
  }

  base::ManualClock clock_;
  FakeNetwork network_;
  MeetingLink link_ = MeetingLink::parse(kLink).value();
  FakeServer server_{clock_, network_, base::hex(media::derive_room_keys(link_.secret).key_check)};
  std::vector<Event> happened_;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> objects_;
  Meeting meeting_{clock_, network_, *this, {link_, {.name = "Anna"}, SubscriptionPolicy::kAudio, 77}, [] {
                     return std::uint64_t{0};
                   }};
};

TEST_F(MeetingTest, after_the_snapshot_session_tracks_and_wishes_are_stated) {
  meeting_.publish({.index = 0, .kind = TrackKind::kMicrophone, .codec = Codec::kOpus, .channels = 1});
  join();
  EXPECT_EQ(all<event::Joined>().size(), 1U);
  EXPECT_EQ(server_.of(Body::kSetMediaSession).at(0).set_media_session().media_session(), 77U);
  EXPECT_EQ(server_.of(Body::kPublish).at(0).publish().kind(), v1::TRACK_KIND_MICROPHONE);
  EXPECT_TRUE(server_.of(Body::kSetSubscriptions).at(0).set_subscriptions().microphones());
}

TEST_F(MeetingTest, a_chat_message_is_sent_when_it_comes_back) {
  join();
  meeting_.send_chat("hello", "", "first");
  pump();
  const auto sent = server_.of(Body::kSendChat);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].send_chat().sealed().find("hello"), std::string::npos);
  EXPECT_TRUE(all<event::Chat>().empty());
  echo(sent[0], 1);
  const auto chat = all<event::Chat>();
  ASSERT_EQ(chat.size(), 1U);
  EXPECT_EQ(chat[0].entry.text, "hello");
  EXPECT_EQ(chat[0].entry.reference, "first");
  EXPECT_TRUE(chat[0].entry.mine);
}

TEST_F(MeetingTest, unconfirmed_chat_is_sent_again_under_its_id_when_the_server_began_anew) {
  join();
  meeting_.send_chat("hello", "", "");
  pump();
  const std::string id = server_.of(Body::kSendChat).at(0).send_chat().id();
  cut();
  server_.accept();
  server_.welcome(v1::RESUMPTION_RESTORED);
  EXPECT_TRUE(server_.of(Body::kSendChat).empty());
  server_.send_snapshot();
  const auto again = server_.of(Body::kSendChat);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].send_chat().id(), id);
  EXPECT_EQ(all<event::Resumed>().at(0).how, event::Resumption::kRestored);
  EXPECT_EQ(server_.of(Body::kSetMediaSession).size(), 1U);
}

TEST_F(MeetingTest, chat_that_the_history_confirms_is_not_sent_again) {
  join();
  meeting_.send_chat("hello", "", "");
  pump();
  const auto sent = server_.of(Body::kSendChat).at(0);
  cut();
  server_.accept();
  server_.welcome(v1::RESUMPTION_RESTORED);
  server_.send_snapshot(1);
  EXPECT_EQ(server_.of(Body::kGetChat).at(0).get_chat().after(), 0U);
  EXPECT_TRUE(server_.of(Body::kSendChat).empty());
  v1::ServerMessage history;
  auto* message = history.mutable_chat_history()->add_messages();
  message->set_id(sent.send_chat().id());
  message->set_sealed(sent.send_chat().sealed());
  message->set_sequence(1);
  history.mutable_chat_history()->set_complete(true);
  server_.send(history);
  EXPECT_TRUE(server_.of(Body::kSendChat).empty());
  EXPECT_EQ(all<event::Chat>().size(), 1U);
}

TEST_F(MeetingTest, a_resumed_link_states_nothing_twice) {
  join();
  cut();
  const auto before = server_.received.size();
  server_.accept();
  server_.welcome(v1::RESUMPTION_RESUMED);
  EXPECT_EQ(server_.received.size(), before);
  EXPECT_EQ(meeting_.state().phase, Phase::kMeeting);
  EXPECT_EQ(all<event::Resumed>().at(0).how, event::Resumption::kResumed);
}

TEST_F(MeetingTest, chat_that_was_said_without_a_connection_is_sent_when_the_link_resumes) {
  join();
  cut();
  meeting_.send_chat("meanwhile", "", "");
  server_.accept();
  server_.welcome(v1::RESUMPTION_RESUMED);
  pump();
  EXPECT_EQ(server_.of(Body::kSendChat).size(), 1U);
}

TEST_F(MeetingTest, an_answer_comes_back_under_the_commands_reference) {
  join();
  meeting_.remove_participant("ben", true, "r1");
  pump();
  const auto sent = server_.of(Body::kRemoveParticipant).at(0);
  EXPECT_TRUE(sent.remove_participant().ban());
  v1::ServerMessage answer;
  answer.mutable_answer()->set_request(sent.request());
  answer.mutable_answer()->set_code("not-allowed");
  server_.send(answer);
  const auto answered = all<event::Answered>();
  ASSERT_EQ(answered.size(), 1U);
  EXPECT_EQ(answered[0].reference, "r1");
  EXPECT_EQ(answered[0].code, "not-allowed");
}

TEST_F(MeetingTest, requests_that_a_restart_swallowed_are_answered_as_interrupted) {
  join();
  meeting_.set_locked(true, "r1");
  cut();
  server_.accept();
  server_.welcome(v1::RESUMPTION_RESTORED);
  ASSERT_EQ(all<event::Answered>().size(), 1U);
  EXPECT_EQ(all<event::Answered>()[0].code, "interrupted");
}

TEST_F(MeetingTest, commands_before_joining_are_refused_at_once) {
  meeting_.set_hand(true, "early");
  meeting_.set_muted(TrackKind::kMicrophone, true, "none");
  const auto answered = all<event::Answered>();
  ASSERT_EQ(answered.size(), 2U);
  EXPECT_EQ(answered[0].code, "not-joined");
  EXPECT_EQ(answered[1].code, "not-found");
}

TEST_F(MeetingTest, media_leaves_under_our_number_and_not_while_muted) {
  meeting_.publish({.index = 3, .kind = TrackKind::kMicrophone, .codec = Codec::kOpus, .channels = 1});
  meeting_.send_media(object(3), false, milliseconds(400));
  join();
  meeting_.send_media(object(3), false, milliseconds(400));
  meeting_.send_media(object(4), false, milliseconds(400));
  meeting_.set_muted(TrackKind::kMicrophone, true, "");
  meeting_.send_media(object(3), false, milliseconds(400));
  pump();
  ASSERT_EQ(server_.objects.size(), 1U);
  EXPECT_EQ(protocol::decode_object_header(server_.objects[0]).value().track, protocol::track_id(1, 3));
}

TEST_F(MeetingTest, a_track_that_a_moderator_stopped_is_not_published_again) {
  meeting_.publish({.index = 1, .kind = TrackKind::kCamera, .codec = Codec::kVp8});
  join();
  v1::ServerMessage message;
  message.mutable_track_published()->mutable_track()->set_id(protocol::track_id(1, 1));
  server_.send(message);
  message.mutable_track_unpublished()->set_track(protocol::track_id(1, 1));
  message.mutable_track_unpublished()->set_by("host");
  server_.send(message);
  EXPECT_EQ(meeting_.local_track(TrackKind::kCamera), nullptr);
}

TEST_F(MeetingTest, objects_of_known_tracks_are_handed_on_with_their_level) {
  join();
  v1::ServerMessage message;
  auto* ben = message.mutable_participant_joined()->mutable_participant();
  ben->set_id("ben");
  ben->set_number(2);
  ben->set_media_session(5);
  auto* track = ben->add_tracks();
  track->set_id(protocol::track_id(2, 0));
  track->set_kind(v1::TRACK_KIND_MICROPHONE);
  server_.send(message);
  for (const std::uint32_t number : {2U, 9U}) {
    base::Bytes bytes;
    protocol::encode(protocol::ObjectHeader{.track = protocol::track_id(number, 0), .audio_level = 30},
                     bytes);
    server_.link->send_object({.object = std::make_shared<const base::Bytes>(bytes),
                               .lane = protocol::Lane::kAudio,
                               .deadline = clock_.now() + milliseconds(100)});
  }
  server_.link->flush();
  pump();
  EXPECT_THAT(objects_, testing::ElementsAre(testing::Pair(protocol::track_id(2, 0), 5U)));
  EXPECT_EQ(meeting_.state().level(protocol::track_id(2, 0)), 30);
}

TEST_F(MeetingTest, leaving_ends_with_the_given_code) {
  join();
  meeting_.leave("duration");
  pump();
  ASSERT_EQ(all<event::Ended>().size(), 1U);
  EXPECT_EQ(all<event::Ended>()[0].why.code, "duration");
  EXPECT_TRUE(all<event::Ended>()[0].joined);
  EXPECT_EQ(server_.of(Body::kLeave).size(), 1U);
  EXPECT_EQ(server_.closed, "left");
}

}  // namespace
}  // namespace vistime::client
