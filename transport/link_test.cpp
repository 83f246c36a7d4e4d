#include "transport/link.hpp"

#include <gtest/gtest.h>

#include "protocol/object_header.hpp"
#include "transport/memory_carrier.hpp"

namespace vistime::transport {
namespace {

using namespace std::chrono_literals;
using protocol::Lane;

struct Recorder : LinkEvents {
  void on_control(base::BytesView message) override { texts.emplace_back(base::as_text(message)); }
  void on_object(Lane lane, base::BytesView object) override {
    lanes.push_back(lane);
    sequences.push_back(protocol::decode_object_header(object).value().sequence);
    object_bytes += object.size();
  }
  void on_detached(const base::Error& why) override { detached.push_back(why.code); }
  void on_ended(const base::Error& why) override { ended.push_back(why.code); }

  std::vector<std::string> texts;
  std::vector<Lane> lanes;
  std::vector<std::uint32_t> sequences;
  std::size_t object_bytes = 0;
  std::vector<std::string> detached, ended;
};

// A client and a server, and the connection between them.
struct Pair {
  explicit Pair(LinkSettings settings = {})
      : client(clock, client_events, settings), server(clock, server_events, settings) {
    client.attach(pipe->end(0), 0);
    server.attach(pipe->end(1), 0);
  }
  // As the greeting does: each tells what it has.
  void reconnect() {
    client.drop_connection();
    server.drop_connection();
    pipe = MemoryPipe::make();
    const auto client_has = client.received();
    const auto server_has = server.received();
    client.attach(pipe->end(0), server_has);
    server.attach(pipe->end(1), client_has);
  }
  void say(Link& link, const std::string& text) {
    link.send_control(base::as_bytes(text));
    link.flush();
  }
  base::ManualClock clock;
  Recorder client_events, server_events;
  std::shared_ptr<MemoryPipe> pipe = MemoryPipe::make();
  Link client, server;
};

QueuedObject object(base::TimePoint deadline, Lane lane, std::uint32_t sequence, std::size_t payload = 80,
                    bool keyframe = true, bool discardable = true) {
  auto bytes = std::make_shared<base::Bytes>();
  protocol::encode({.track = 257, .sequence = sequence}, *bytes);
  bytes->resize(bytes->size() + payload);
  return {std::move(bytes), lane, deadline, 257, keyframe, discardable};
}

TEST(Link, messages_arrive_in_order_both_ways) {
  Pair pair;
  for (int i = 0; i < 100; ++i) {
    pair.say(pair.client, "c" + std::to_string(i));
    pair.say(pair.server, "s" + std::to_string(i));
  }
  pair.pipe->pump();
  ASSERT_EQ(pair.server_events.texts.size(), 100u);
  ASSERT_EQ(pair.client_events.texts.size(), 100u);
  EXPECT_EQ(pair.server_events.texts[99], "c99");
  EXPECT_EQ(pair.client_events.texts[0], "s0");
}

TEST(Link, each_message_arrives_once_wherever_the_connection_is_cut) {
  std::size_t cut_at = 0;
  for (bool finished = false; !finished; ++cut_at) {
    Pair pair;
    std::size_t steps = 0;
    finished = true;
    for (int i = 0; i < 10; ++i) {
      pair.say(pair.client, "c" + std::to_string(i));
      pair.say(pair.server, "s" + std::to_string(i));
      while (pair.pipe->step()) {
        if (++steps == cut_at) {
          pair.pipe->cut();
          pair.reconnect();
          finished = false;
        }
      }
    }
    std::vector<std::string> from_client, from_server;
    for (int i = 0; i < 10; ++i) {
      from_client.push_back("c" + std::to_string(i));
      from_server.push_back("s" + std::to_string(i));
    }
    EXPECT_EQ(pair.server_events.texts, from_client) << "cut at step " << cut_at;
    EXPECT_EQ(pair.client_events.texts, from_server) << "cut at step " << cut_at;
    if (cut_at == 0) finished = false;
  }
  EXPECT_GT(cut_at, 20u);
}

TEST(Link, what_is_said_while_no_connection_exists_is_said_on_the_next) {
  Pair pair;
  pair.pipe->cut();
  pair.pipe->pump();
  EXPECT_EQ(pair.client_events.detached.size(), 1u);
  pair.say(pair.client, "are you there");
  pair.reconnect();
  pair.pipe->pump();
  EXPECT_EQ(pair.server_events.texts, std::vector<std::string>{"are you there"});
}

TEST(Link, a_fresh_start_counts_from_one_again) {
  Pair pair;
  pair.say(pair.client, "before");
  pair.pipe->pump();
  // The server was restarted: a new link there.
  Recorder events;
  Link restarted(pair.clock, events);
  pair.client.drop_connection();
  const auto pipe = MemoryPipe::make();
  pair.client.attach_fresh(pipe->end(0));
  restarted.attach_fresh(pipe->end(1));
  pair.say(pair.client, "after");
  pipe->pump();
  EXPECT_EQ(events.texts, std::vector<std::string>{"after"});
}

TEST(Link, control_overtakes_audio_and_audio_overtakes_video) {
  Pair pair;
  const auto later = pair.clock.now() + 1s;
  // The first write goes out with what is there; everything queued behind it is then sorted.
  pair.server.send_object(object(later, Lane::kVideo, 1, 100'000));
  pair.server.flush();
  pair.server.send_object(object(later, Lane::kVideo, 2, 1000));
  pair.server.send_object(object(later, Lane::kAudio, 3));
  pair.server.send_control(base::as_bytes("first"));
  pair.server.flush();
  pair.pipe->pump();
  EXPECT_EQ(pair.client_events.sequences, (std::vector<std::uint32_t>{3, 1, 2}));
  EXPECT_EQ(pair.client_events.texts.size(), 1u);
}

TEST(Link, audio_past_its_deadline_is_dropped_and_not_sent_late) {
  Pair pair;
  pair.pipe->stall(0, true);
  pair.server.send_object(object(pair.clock.now() + 200ms, Lane::kAudio, 1));
  pair.server.flush();  // under way; the rest waits
  pair.server.send_object(object(pair.clock.now() + 200ms, Lane::kAudio, 2));
  pair.clock.advance(300ms);
  pair.server.send_object(object(pair.clock.now() + 200ms, Lane::kAudio, 3));
  pair.pipe->stall(0, false);
  pair.pipe->pump();
  EXPECT_EQ(pair.client_events.sequences, (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(pair.server.statistics().queue.objects_late, 1u);
}

TEST(Link, a_late_video_frame_takes_its_dependents_along_up_to_the_next_keyframe) {
  Pair pair;
  pair.pipe->stall(0, true);
  const auto soon = pair.clock.now() + 100ms;
  const auto later = pair.clock.now() + 10s;
  pair.server.send_object(object(later, Lane::kVideo, 1, 500, true, false));
  pair.server.flush();
  pair.server.send_object(object(soon, Lane::kVideo, 2, 500, false, false));
  pair.server.send_object(object(later, Lane::kVideo, 3, 500, false, false));
  pair.clock.advance(200ms);
  pair.pipe->stall(0, false);
  pair.pipe->pump();
  EXPECT_EQ(pair.server.take_broken_streams(), std::vector<std::uint64_t>{257});
  pair.server.send_object(object(later, Lane::kVideo, 4, 500, false, false));
  pair.server.send_object(object(later, Lane::kVideo, 5, 500, true, false));
  pair.server.send_object(object(later, Lane::kVideo, 6, 500, false, false));
  pair.server.flush();
  pair.pipe->pump();
  EXPECT_EQ(pair.client_events.sequences, (std::vector<std::uint32_t>{1, 5, 6}));
  EXPECT_EQ(pair.server.statistics().queue.objects_orphaned, 2u);
}

TEST(Link, a_video_frame_that_grows_late_half_sent_is_abandoned_and_the_next_arrives_whole) {
  Pair pair;
  pair.server.send_object(object(pair.clock.now() + 100ms, Lane::kVideo, 1, 200'000, true, false));
  pair.server.flush();
  pair.pipe->step();
  pair.clock.advance(200ms);
  pair.pipe->pump();
  pair.server.send_object(object(pair.clock.now() + 1s, Lane::kVideo, 2, 50'000, true, false));
  pair.server.flush();
  pair.pipe->pump();
  EXPECT_EQ(pair.client_events.sequences, std::vector<std::uint32_t>{2});
  EXPECT_EQ(pair.client_events.object_bytes, 50'000 + protocol::kObjectHeaderBytes);
}

TEST(Link, a_peer_that_does_not_read_costs_a_bounded_amount_of_memory_and_is_given_up_in_the_end) {
  LinkSettings settings;
  settings.max_unacknowledged = 100;
  Pair pair(settings);
  pair.pipe->stall(0, true);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    pair.server.send_object(object(pair.clock.now() + 1h, Lane::kAudio, i));
    pair.server.send_object(object(pair.clock.now() + 1h, Lane::kVideo, i, 10'000));
    pair.server.flush();
  }
  EXPECT_LE(pair.server.queued_video_bytes(), SendQueueLimits{}.video_bytes);
  EXPECT_TRUE(pair.server_events.ended.empty());
  for (int i = 0; i < 101; ++i) pair.say(pair.server, "hello?");
  EXPECT_EQ(pair.server_events.ended, std::vector<std::string>{"too-slow"});
}

TEST(Link, silence_is_noticed_and_the_link_waits_to_be_resumed) {
  Pair pair;
  pair.pipe->stall(0, true);
  pair.pipe->stall(1, true);
  for (int i = 0; i < 48; ++i) {
    pair.clock.advance(250ms);
    pair.client.tick();
  }
  EXPECT_EQ(pair.client_events.detached, std::vector<std::string>{"silent"});
  EXPECT_FALSE(pair.client.attached());
}

// Another way while the first still carries: what is under way by the first arrives, nothing twice, and all that is new
// goes by the second.
TEST(Link, a_move_to_another_carrier_leaves_no_gap) {
  Pair pair;
  for (Link* link : {&pair.client, &pair.server}) {
    link->send_control(base::as_bytes("one"));
    link->send_object(object(pair.clock.now() + 1s, Lane::kAudio, 1));
    link->flush();  // one write, under way
  }
  const auto before = pair.pipe;
  pair.pipe = MemoryPipe::make();
  const auto client_has = pair.client.received();
  pair.server.attach(pair.pipe->end(1), client_has);
  pair.client.attach(pair.pipe->end(0), pair.server.received());
  pair.say(pair.client, "two");
  pair.pipe->pump();
  before->pump();
  EXPECT_EQ(pair.server_events.texts, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(pair.client_events.texts, std::vector<std::string>{"one"});
  for (const Recorder* events : {&pair.client_events, &pair.server_events}) {
    EXPECT_EQ(events->sequences, std::vector<std::uint32_t>{1});
    EXPECT_TRUE(events->detached.empty());
  }
  pair.clock.advance(2s);
  pair.client.tick();
  pair.server.tick();
  before->pump();
  pair.pipe->pump();
  EXPECT_TRUE(pair.client.attached());
  EXPECT_TRUE(pair.server.attached());
}

TEST(Link, rubbish_by_the_carrier_before_ends_only_that) {
  Pair pair;
  const auto before = MemoryPipe::make();
  pair.client.attach(before->end(0), 0);
  const auto rogue = before->end(1);
  const auto after = MemoryPipe::make();
  pair.client.attach(after->end(0), 0);
  rogue->write(base::Bytes{0xff});
  before->pump();
  EXPECT_TRUE(pair.client_events.ended.empty());
  EXPECT_TRUE(pair.client.attached());
}

TEST(Link, pings_keep_an_idle_connection_and_measure_the_round_trip) {
  Pair pair;
  for (int i = 0; i < 100; ++i) {
    pair.clock.advance(250ms);
    pair.client.tick();
    pair.clock.advance(30ms);
    pair.server.tick();
    pair.pipe->pump();
  }
  EXPECT_TRUE(pair.client.attached());
  EXPECT_TRUE(pair.server.attached());
  EXPECT_EQ(pair.client.statistics().round_trip, 30ms);
}

TEST(Link, the_sender_learns_how_old_its_oldest_unconfirmed_object_is) {
  Pair pair;
  pair.client.send_object(object(pair.clock.now() + 1s, Lane::kAudio, 1));
  pair.client.flush();
  pair.clock.advance(120ms);
  EXPECT_EQ(pair.client.statistics().oldest_unconfirmed, 120ms);
  pair.pipe->pump();
  pair.server.tick();
  pair.pipe->pump();
  EXPECT_EQ(pair.client.statistics().oldest_unconfirmed, 0ms);
}

TEST(Link, video_is_confirmed_at_once_and_audio_every_50_ms) {
  Pair pair;
  pair.client.send_object(object(pair.clock.now() + 1s, Lane::kVideo, 1));
  pair.client.flush();
  pair.pipe->pump();
  pair.clock.advance(10ms);
  EXPECT_EQ(pair.client.statistics().oldest_unconfirmed, 0ms);
  for (std::uint32_t i = 0; i < 6; ++i) {
    pair.client.send_object(object(pair.clock.now() + 1s, Lane::kAudio, i));
    pair.client.flush();
    pair.pipe->pump();
    EXPECT_LE(pair.client.statistics().oldest_unconfirmed, 50ms);
    pair.clock.advance(20ms);
  }
}

TEST(Link, who_paces_nobody_confirms_once_a_second) {
  Pair pair({.prompt_feedback = false});
  std::uint64_t before = pair.client.statistics().bytes_received;
  int confirmations = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    pair.client.send_object(object(pair.clock.now() + 1s, i % 2 == 0 ? Lane::kAudio : Lane::kVideo, i));
    pair.client.flush();
    pair.pipe->pump();
    if (std::exchange(before, pair.client.statistics().bytes_received) != before) ++confirmations;
    EXPECT_LE(pair.client.statistics().oldest_unconfirmed, 1s);
    pair.clock.advance(20ms);
  }
  EXPECT_NEAR(confirmations, 4, 1);
}

TEST(Link, an_end_with_a_reason_reaches_the_peer_after_all_that_was_said_before) {
  Pair pair;
  pair.server.send_control(base::as_bytes("goodbye"));
  pair.server.end("removed", "a moderator removed you");
  pair.pipe->pump();
  EXPECT_EQ(pair.client_events.texts, std::vector<std::string>{"goodbye"});
  EXPECT_EQ(pair.client_events.ended, std::vector<std::string>{"removed"});
  EXPECT_TRUE(pair.server_events.ended.empty());
}

TEST(Link, a_gap_in_the_numbers_is_a_protocol_error) {
  Pair pair;
  base::Bytes body{0, 0, 0, 7, 'x'};
  base::Bytes message;
  protocol::encode({.kind = protocol::FrameKind::kControl, .body = body}, message);
  const auto pipe = MemoryPipe::make();
  pair.client.attach(pipe->end(0), 0);
  const auto rogue = pipe->end(1);
  rogue->write(message);
  pipe->pump();
  EXPECT_EQ(pair.client_events.ended, std::vector<std::string>{"protocol-error"});
}

TEST(Link, rubbish_ends_the_link_and_nothing_else) {
  for (const base::Bytes& rubbish :
       {base::Bytes{}, base::Bytes{0xff}, base::Bytes{0x03, 0x01, 0x00}, base::Bytes{0x00, 0x00},
        base::Bytes{0x04, 0x02, 0x00, 0x00}, base::Bytes{0x03, 0x04, 0xff, 0xff, 0xff, 0xff}}) {
    Pair pair;
    const auto pipe = MemoryPipe::make();
    pair.client.attach(pipe->end(0), 0);
    const auto rogue = pipe->end(1);
    rogue->write(rubbish);
    pipe->pump();
    EXPECT_EQ(pair.client_events.ended, std::vector<std::string>{"protocol-error"}) << base::hex(rubbish);
  }
}

}  // namespace
}  // namespace vistime::transport
