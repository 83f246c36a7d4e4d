#include "client/core/meeting_state.hpp"

#include <gtest/gtest.h>

#include "protocol/room.pb.h"

namespace vistime::client {
namespace {

class MeetingStateTest : public testing::Test {
 protected:
  void apply(const v1::ServerMessage& message) {
    state_.apply(message, [this](Event event) { events_.push_back(std::move(event)); });
  }
  template <typename T>
  const T& last() const {
    return std::get<T>(events_.at(events_.size() - 1));
  }
  void join(std::uint64_t last_chat = 0) {
    v1::ServerMessage message;
    auto* snapshot = message.mutable_snapshot();
    snapshot->set_you("anna");
    snapshot->mutable_room()->set_name("Weekly");
    add(*snapshot->add_participants(), "anna", 1);
    add(*snapshot->add_participants(), "ben", 2);
    snapshot->set_last_chat(last_chat);
    apply(message);
  }
  static void add(v1::Participant& participant, const char* id, std::uint32_t number) {
    participant.set_id(id);
    participant.set_number(number);
    participant.set_connected(true);
  }
  void publish(std::uint32_t track) {
    v1::ServerMessage message;
    message.mutable_track_published()->mutable_track()->set_id(track);
    message.mutable_track_published()->mutable_track()->set_kind(v1::TRACK_KIND_MICROPHONE);
    apply(message);
  }
  static void fill(v1::ChatMessage& chat, std::uint64_t sequence, const char* from = "ben") {
    chat.set_sequence(sequence);
    chat.set_id("id" + std::to_string(sequence));
    chat.set_from(from);
    chat.set_sealed("text" + std::to_string(sequence));
  }
  void chat(std::uint64_t sequence, const char* from = "ben") {
    v1::ServerMessage message;
    fill(*message.mutable_chat(), sequence, from);
    apply(message);
  }
  std::vector<std::uint64_t> sequences() const {
    std::vector<std::uint64_t> out;
    for (const auto& each : state_.chat()) out.push_back(each.sequence);
    return out;
  }

  std::vector<Event> events_;
  // "text…" is one; "react EMOJI" reacts to the message with the id aaaa….
  MeetingState state_{[](base::BytesView sealed) -> std::optional<ChatContent> {
    const std::string text(base::as_text(sealed));
    if (text.starts_with("text")) return ChatContent{.text = text};
    if (text.starts_with("react ")) return ChatContent{.reply_to = "616161", .reaction = text.substr(6)};
    if (text == "take back") return ChatContent{.reply_to = "616161", .reaction = "x", .withdrawn = true};
    return std::nullopt;
  }};
};

TEST_F(MeetingStateTest, reactions_stand_with_their_message_the_newest_of_each_person) {
  join();
  std::uint64_t sequence = 0;
  const auto say = [&](const char* from, const char* sealed) {
    v1::ServerMessage message;
    message.mutable_chat()->set_id("aaa");
    message.mutable_chat()->set_sequence(++sequence);
    message.mutable_chat()->set_from(from);
    message.mutable_chat()->set_sealed(sealed);
    state_.apply(message, [this](Event event) { events_.push_back(std::move(event)); });
  };
  say("ben", "text");
  say("anna", "react 👍");
  say("ben", "react 🎉");
  say("anna", "react ❤");
  ASSERT_EQ(state_.chat().size(), 1U);
  ASSERT_EQ(state_.chat()[0].reactions.size(), 2U);
  EXPECT_EQ(state_.chat()[0].reactions[1].reaction, "❤");
  say("anna", "take back");
  EXPECT_EQ(state_.chat()[0].reactions.size(), 1U);
  EXPECT_EQ(state_.last_chat(), 5U);
  EXPECT_TRUE(std::get<event::ChatReacted>(events_.back()).withdrawn);
}

TEST_F(MeetingStateTest, it_is_told_when_somebody_begins_and_ends_to_record) {
  join();
  const auto change = [&](bool recording) {
    v1::ServerMessage message;
    auto* who = message.mutable_participant_changed()->mutable_participant();
    who->set_id(state_.participants().back().id);
    who->set_recording(recording);
    who->mutable_connection()->set_quality(v1::QUALITY_WEAK);
    events_.clear();
    state_.apply(message, [this](Event event) { events_.push_back(std::move(event)); });
    return std::ranges::count_if(
        events_, [](const Event& each) { return std::holds_alternative<event::Recording>(each); });
  };
  EXPECT_EQ(change(true), 1);
  EXPECT_TRUE(state_.participants().back().recording);
  EXPECT_EQ(state_.participants().back().connection.quality, Quality::kWeak);
  EXPECT_EQ(change(true), 0);
  EXPECT_EQ(change(false), 1);
}

TEST_F(MeetingStateTest, a_snapshot_is_the_whole_meeting) {
  join();
  EXPECT_EQ(state_.phase, Phase::kMeeting);
  EXPECT_EQ(state_.me()->number, 1U);
  EXPECT_EQ(state_.participants().size(), 2U);
  EXPECT_TRUE(std::holds_alternative<event::Joined>(events_.at(0)));
}

TEST_F(MeetingStateTest, the_lobby_is_a_phase_of_its_own) {
  v1::ServerMessage message;
  message.mutable_waiting()->set_room_name("Weekly");
  apply(message);
  EXPECT_EQ(state_.phase, Phase::kLobby);
  EXPECT_EQ(last<event::Waiting>().room_name, "Weekly");
}

TEST_F(MeetingStateTest, a_participant_comes_changes_and_goes_with_tracks_and_hand) {
  join();
  v1::ServerMessage message;
  add(*message.mutable_participant_joined()->mutable_participant(), "cora", 3);
  apply(message);
  apply(message);
  EXPECT_EQ(state_.participants().size(), 3U);
  publish(3 << 8 | 1);
  message.Clear();
  auto* changed = message.mutable_participant_changed()->mutable_participant();
  changed->set_id("cora");
  changed->set_role(v1::ROLE_MODERATOR);
  apply(message);
  EXPECT_EQ(state_.find("cora")->role, Role::kModerator);
  EXPECT_EQ(state_.find("cora")->number, 3U);
  EXPECT_EQ(state_.find("cora")->tracks.size(), 1U);
  message.Clear();
  message.mutable_hands()->add_participants("cora");
  apply(message);
  message.Clear();
  message.mutable_participant_left()->set_participant("cora");
  message.mutable_participant_left()->set_reason("lost");
  apply(message);
  EXPECT_EQ(last<event::ParticipantLeft>().reason, "lost");
  EXPECT_EQ(last<event::ParticipantLeft>().participant.tracks.size(), 1U);
  EXPECT_TRUE(state_.hands().empty());
  EXPECT_EQ(state_.find_track(3 << 8 | 1), nullptr);
}

TEST_F(MeetingStateTest, tracks_of_unknown_participants_are_ignored) {
  join();
  const auto before = events_.size();
  publish(99 << 8);
  v1::ServerMessage message;
  message.mutable_track_muted()->set_track(77);
  apply(message);
  message.mutable_track_unpublished()->set_track(77);
  apply(message);
  EXPECT_EQ(events_.size(), before);
}

TEST_F(MeetingStateTest, a_track_is_replaced_muted_and_ended) {
  join();
  publish(2 << 8);
  publish(2 << 8);
  ASSERT_EQ(state_.find("ben")->tracks.size(), 1U);
  EXPECT_EQ(state_.find("ben")->tracks[0].participant, "ben");
  state_.set_level(2 << 8, 20);
  v1::ServerMessage message;
  message.mutable_track_muted()->set_track(2 << 8);
  message.mutable_track_muted()->set_muted(true);
  message.mutable_track_muted()->set_by("anna");
  apply(message);
  EXPECT_TRUE(state_.find_track(2 << 8)->muted);
  EXPECT_EQ(state_.level(2 << 8), 127);
  EXPECT_EQ(last<event::TrackMuted>().by, "anna");
  message.mutable_track_unpublished()->set_track(2 << 8);
  apply(message);
  EXPECT_EQ(state_.find_track(2 << 8), nullptr);
}

TEST_F(MeetingStateTest, chat_is_shown_once_and_in_order_with_history_first) {
  join(3);
  EXPECT_EQ(state_.missing_chat_after(), 0U);
  chat(4);
  EXPECT_TRUE(state_.chat().empty());
  v1::ServerMessage page;
  fill(*page.mutable_chat_history()->add_messages(), 1);
  fill(*page.mutable_chat_history()->add_messages(), 2);
  apply(page);
  EXPECT_EQ(state_.missing_chat_after(), 2U);
  page.Clear();
  fill(*page.mutable_chat_history()->add_messages(), 3);
  fill(*page.mutable_chat_history()->add_messages(), 4);
  page.mutable_chat_history()->set_complete(true);
  apply(page);
  chat(4);
  chat(5);
  EXPECT_EQ(sequences(), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(state_.missing_chat_after(), std::nullopt);
}

TEST_F(MeetingStateTest, an_empty_page_of_history_ends_the_asking) {
  join(3);
  v1::ServerMessage page;
  page.mutable_chat_history();
  apply(page);
  EXPECT_EQ(state_.missing_chat_after(), std::nullopt);
}

TEST_F(MeetingStateTest, own_and_unreadable_messages_are_marked) {
  join();
  chat(1, "anna");
  EXPECT_TRUE(last<event::Chat>().entry.mine);
  v1::ServerMessage message;
  fill(*message.mutable_chat(), 2);
  message.mutable_chat()->set_sealed("noise");
  apply(message);
  EXPECT_EQ(last<event::Chat>().entry.text, std::nullopt);
  EXPECT_FALSE(last<event::Chat>().entry.mine);
}

TEST_F(MeetingStateTest, a_new_snapshot_keeps_the_chat_that_was_read) {
  join();
  chat(1);
  join(1);
  EXPECT_EQ(state_.missing_chat_after(), std::nullopt);
  EXPECT_EQ(state_.chat().size(), 1U);
}

TEST_F(MeetingStateTest, what_concerns_the_publisher_is_passed_on) {
  join();
  v1::ServerMessage message;
  message.mutable_layers_wanted()->set_track(5);
  message.mutable_layers_wanted()->add_spatial(1);
  apply(message);
  EXPECT_EQ(last<event::LayersWanted>().spatial, (std::vector<std::uint32_t>{1}));
  message.mutable_keyframe_wanted()->set_spatial(2);
  apply(message);
  EXPECT_EQ(last<event::KeyframeWanted>().spatial, 2U);
}

}  // namespace
}  // namespace vistime::client
