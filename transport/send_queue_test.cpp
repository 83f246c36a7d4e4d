#include "transport/send_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vistime::transport {
namespace {

using protocol::FrameKind;
using protocol::Lane;
using std::chrono::milliseconds;

constexpr base::TimePoint kNow{std::chrono::seconds(100)};
constexpr std::size_t kPlenty = 1 << 20;

SharedBytes bytes(const std::string& text) {
  return std::make_shared<const base::Bytes>(text.begin(), text.end());
}
SharedBytes bytes(std::size_t size) { return std::make_shared<const base::Bytes>(size, 'x'); }

QueuedObject audio(const std::string& text, base::TimePoint deadline = kNow) {
  return {.object = bytes(text), .lane = Lane::kAudio, .deadline = deadline, .discardable = true};
}

QueuedObject video(const std::string& text, bool keyframe, base::TimePoint deadline = kNow,
                   std::uint64_t stream = 7) {
  return {.object = bytes(text),
          .lane = Lane::kVideo,
          .deadline = deadline,
          .stream = stream,
          .keyframe = keyframe};
}

class SendQueueTest : public testing::Test {
 protected:
  // What arrives on the other side: the messages' bodies, in order.
  std::vector<std::string> sent(std::size_t budget = kPlenty, base::TimePoint now = kNow) {
    base::Bytes out;
    queue.fill(out, budget, now);
    std::vector<std::string> messages;
    const auto received =
        assembler.receive(out, [&](FrameKind, Lane, base::BytesView body) -> base::Result<void> {
          messages.emplace_back(base::as_text(body));
          return {};
        });
    EXPECT_TRUE(received) << received.error().message;
    return messages;
  }
  using Messages = std::vector<std::string>;

  SendQueue queue{{.audio_objects = 3, .video_bytes = 40'000, .bulk_bytes = 100, .control_bytes = 100}};
  protocol::Assembler assembler;
};

TEST_F(SendQueueTest, control_goes_before_sound_before_pictures_before_bulk) {
  queue.push({.object = bytes("bulk"), .lane = Lane::kBulk, .deadline = kNow});
  queue.push(video("picture", true));
  queue.push(audio("voice"));
  queue.push(audio("more voice"));
  ASSERT_TRUE(queue.push_control(FrameKind::kControl, bytes("control")));
  EXPECT_EQ(sent(), (Messages{"control", "voice", "more voice", "picture", "bulk"}));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.counters().objects_sent, 4U);
  EXPECT_EQ(queue.counters().object_bytes_sent, 26U);
}

TEST_F(SendQueueTest, voice_overtakes_a_picture_that_is_half_sent) {
  queue.push(video(std::string(30'000, 'p'), true));
  EXPECT_TRUE(sent(16'000).empty());
  queue.push(audio("voice"));
  const Messages rest = sent();
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0], "voice");
  EXPECT_EQ(rest[1].size(), 30'000U);
}

TEST_F(SendQueueTest, late_sound_is_left_out_alone) {
  queue.push(audio("late", kNow - milliseconds(1)));
  queue.push(audio("in time"));
  EXPECT_EQ(sent(), Messages{"in time"});
  EXPECT_EQ(queue.counters().objects_late, 1U);
  EXPECT_TRUE(queue.take_broken().empty());
}

TEST_F(SendQueueTest, a_late_picture_takes_its_stream_along_up_to_the_next_keyframe) {
  queue.push(video("late", false, kNow - milliseconds(1)));
  queue.push(video("orphan", false));
  queue.push(video("of another stream", false, kNow, 8));
  queue.push(video("keyframe", true));
  queue.push(video("follows", false));
  EXPECT_EQ(sent(), (Messages{"of another stream", "keyframe", "follows"}));
  EXPECT_EQ(queue.take_broken(), std::vector<std::uint64_t>{7});
  EXPECT_TRUE(queue.take_broken().empty());
  EXPECT_EQ(queue.counters().objects_orphaned, 1U);
  EXPECT_TRUE(queue.push(video("goes on", false)));
}

TEST_F(SendQueueTest, a_broken_stream_takes_nothing_but_a_keyframe) {
  queue.push(video("late", false, kNow - milliseconds(1)));
  EXPECT_TRUE(sent().empty());
  EXPECT_FALSE(queue.push(video("orphan", false)));
  EXPECT_TRUE(queue.push(video("keyframe", true)));
  EXPECT_EQ(sent(), Messages{"keyframe"});
}

TEST_F(SendQueueTest, a_discardable_picture_goes_alone) {
  QueuedObject late = video("late", false, kNow - milliseconds(1));
  late.discardable = true;
  queue.push(std::move(late));
  queue.push(video("follows", false));
  EXPECT_EQ(sent(), Messages{"follows"});
  EXPECT_TRUE(queue.take_broken().empty());
}

TEST_F(SendQueueTest, a_picture_that_becomes_late_half_sent_is_taken_back) {
  queue.push(video(std::string(30'000, 'p'), true, kNow));
  EXPECT_TRUE(sent(16'000).empty());
  queue.push(video("keyframe", true, kNow + milliseconds(100)));
  EXPECT_EQ(sent(kPlenty, kNow + milliseconds(50)), Messages{"keyframe"});
}

TEST_F(SendQueueTest, of_too_much_sound_the_oldest_goes) {
  for (const char* text : {"1", "2", "3", "4"}) EXPECT_TRUE(queue.push(audio(text)));
  EXPECT_EQ(sent(), (Messages{"2", "3", "4"}));
  EXPECT_EQ(queue.counters().objects_late, 1U);
}

TEST_F(SendQueueTest, sound_that_is_half_sent_stays_whole) {
  const std::string large(30'000, 'a');
  queue.push(audio(large));
  EXPECT_TRUE(sent(16'000).empty());
  EXPECT_TRUE(queue.push(audio("2")));
  EXPECT_TRUE(queue.push(audio("3")));
  EXPECT_FALSE(queue.push(audio("4")));
  EXPECT_EQ(sent(), (Messages{large, "2", "3"}));
}

TEST_F(SendQueueTest, too_many_pictures_break_the_stream_of_the_one_that_has_no_room) {
  EXPECT_TRUE(queue.push(video(std::string(39'000, 'p'), true)));
  EXPECT_FALSE(queue.push(video(std::string(2'000, 'q'), false, kNow, 9)));
  EXPECT_EQ(queue.take_broken(), std::vector<std::uint64_t>{9});
  EXPECT_EQ(queue.queued_video_bytes(), 39'000U);
}

TEST_F(SendQueueTest, control_is_never_dropped_but_refused_at_its_limit) {
  EXPECT_TRUE(queue.push_control(FrameKind::kControl, bytes(60)));
  EXPECT_FALSE(queue.push_control(FrameKind::kControl, bytes(60)));
  EXPECT_EQ(queue.queued_bytes(), 60U);
}

TEST_F(SendQueueTest, with_its_connection_everything_queued_is_gone) {
  ASSERT_TRUE(queue.push_control(FrameKind::kControl, bytes("control")));
  queue.push(audio("voice"));
  queue.push(video(std::string(30'000, 'p'), true));
  sent(16'000);
  assembler.reset();
  queue.connection_lost();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.queued_bytes(), 0U);
  EXPECT_EQ(queue.take_broken(), std::vector<std::uint64_t>{7});
  queue.push(video("keyframe", true));
  EXPECT_EQ(sent(), Messages{"keyframe"});
}

}  // namespace
}  // namespace vistime::transport
