#include "client/cli/json_event.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace vistime::cli {
namespace {

using nlohmann::json;
namespace event = client::event;

class JsonEventTest : public testing::Test {
 protected:
  json print(const client::Event& happened) { return json::parse(event_line(happened, state_, 5)); }
  client::MeetingState state_{[](base::BytesView) { return std::nullopt; }};
};

TEST_F(JsonEventTest, every_line_has_its_name_and_time) {
  const client::Event all[] = {event::Waiting{},
                               event::Joined{},
                               event::ParticipantJoined{},
                               event::ParticipantChanged{},
                               event::ParticipantLeft{},
                               event::TrackPublished{},
                               event::TrackUnpublished{},
                               event::TrackMuted{},
                               event::Chat{},
                               event::ChatReacted{},
                               event::Recording{},
                               event::Hands{},
                               event::Reaction{},
                               event::Speakers{},
                               event::KeyframeWanted{},
                               event::LayersWanted{},
                               event::LayerForwarded{},
                               event::UnmuteAsked{},
                               event::Lobby{},
                               event::RoomChanged{},
                               event::Answered{},
                               event::Reconnecting{},
                               event::Resumed{},
                               event::Receiving{},
                               event::Unreadable{},
                               event::SentEnded{},
                               event::RecordingFailed{},
                               event::RouteTaken{},
                               event::RouteFailed{{"master", "https-443", "", {}, base::Error{}}},
                               event::Ended{}};
  EXPECT_EQ(std::size(all), std::variant_size_v<client::Event>);
  std::set<std::string> names;
  for (const auto& each : all) {
    const json line = print(each);
    EXPECT_EQ(line["time_ms"], 5);
    names.insert(line["event"].get<std::string>());
  }
  EXPECT_EQ(names.size(), std::size(all));
}

TEST_F(JsonEventTest, chat_that_cannot_be_read_has_no_text) {
  const json line =
      print(event::Chat{{.id = "ab", .sequence = 3, .from = "p", .mine = true, .reference = "r"}});
  EXPECT_TRUE(line["text"].is_null());
  EXPECT_EQ(line["ref"], "r");
  EXPECT_EQ(line["sequence"], 3);
  EXPECT_FALSE(print(event::Chat{{.text = "hi"}}).contains("ref"));
}

TEST_F(JsonEventTest, the_end_says_whether_there_was_a_meeting_and_the_exit_code) {
  const base::Error why{base::ErrorKind::kRefused, "removed", "You have been removed."};
  EXPECT_EQ(print(event::Ended{why, true})["event"], "left");
  const json failed = json::parse(failed_line(why, 1));
  EXPECT_EQ(failed["event"], "failed");
  EXPECT_EQ(failed["exit_code"], 9);
}

TEST_F(JsonEventTest, broken_utf8_in_a_name_does_not_break_the_line) {
  EXPECT_EQ(print(event::ParticipantJoined{{.name = "A\xFF"}})["participant"]["name"], "A\uFFFD");
}

TEST_F(JsonEventTest, the_state_is_answered_under_its_reference) {
  const json line = json::parse(state_line(state_, "r", 5));
  EXPECT_EQ(line["event"], "state");
  EXPECT_EQ(line["ref"], "r");
  EXPECT_EQ(line["phase"], "joining");
}

}  // namespace
}  // namespace vistime::cli
