#include "client/core/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/core/network_testing.hpp"

namespace vistime::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ConnectionTest : public testing::Test, public ConnectionEvents {
 protected:
  void on_connected(event::Resumption how, milliseconds gap) override {
    connected_.push_back(how);
    gap_ = gap;
  }
  void on_control(base::BytesView message) override { heard_.emplace_back(base::as_text(message)); }
  void on_object(base::BytesView) override {}
  void on_reconnecting(const base::Error& why, int) override { reconnecting_.push_back(why.code); }
  void on_ended(const base::Error& why) override { ended_.push_back(why); }

  void pass(base::Duration time) {
    clock_.advance(time);
    connection_.tick();
  }
  void join() {
    connection_.start();
    server_.let_in();
  }
  // The network breaks; the first pause is over.
  void cut() {
    server_.pipe->cut();
    server_.pipe->pump();
    pass(milliseconds(250));
  }
  // Time passes, and the server is heard.
  void keep_alive(base::Duration time) {
    v1::ServerMessage message;
    message.mutable_hands();
    pass(time);
    server_.send(message);
  }
  // As keep_alive(), second by second, on a network that has no better way.
  void hold(int duration_s) {
    for (int second = 0; second < duration_s; ++second) {
      keep_alive(seconds(1));
      if (network_.better.empty()) continue;
      FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(
          network_.better, base::fail_as(base::ErrorKind::kUnreachable, "tcp-timeout", "no"));
    }
  }
  void tell(const char* text) {
    connection_.send_control(base::as_bytes(text));
    connection_.flush();
    server_.pipe->pump();
  }

  base::ManualClock clock_;
  FakeNetwork network_;
  FakeServer server_{clock_, network_, "abcd"};
  std::vector<event::Resumption> connected_;
  milliseconds gap_{0};
  std::vector<std::string> heard_;
  std::vector<std::string> reconnecting_;
  std::vector<base::Error> ended_;
  Connection connection_{clock_, network_, *this, {kTestRoom, "abcd", {.name = "Anna", .device = "d"}}, [] {
                           return std::uint64_t{0};
                         }};
};

TEST_F(ConnectionTest, joining_asks_master_then_greets_with_the_token) {
  join();
  EXPECT_EQ(network_.requests.at(0).name, "Anna");
  EXPECT_EQ(server_.hello.token(), "token");
  EXPECT_EQ(connected_, std::vector{event::Resumption::kRejoined});
  EXPECT_TRUE(connection_.carries());
}

TEST_F(ConnectionTest, a_wrong_secret_is_noticed_before_joining) {
  FakeServer other(clock_, network_, "ffff");
  connection_.start();
  other.answer_master();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].code, "wrong-key");
  EXPECT_TRUE(network_.requests.empty());
}

TEST_F(ConnectionTest, the_first_attempt_is_the_only_one_when_joining) {
  connection_.start();
  FakeNetwork::answer<RoomInfo>(network_.room_infos,
                                base::fail_as(base::ErrorKind::kUnreachable, "unreachable", "no answer"));
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].code, "unreachable");
}

TEST_F(ConnectionTest, a_refusal_on_the_link_ends_it_with_its_code) {
  for (const char* code : {"banned", "room-full", "room-locked", "room-closed", "token-invalid"}) {
    ended_.clear();
    Connection fresh(clock_, network_, *this, {kTestRoom, "abcd", {}}, [] { return std::uint64_t{0}; });
    fresh.start();
    server_.answer_master();
    server_.accept();
    server_.refuse(code);
    ASSERT_EQ(ended_.size(), 1U) << code;
    EXPECT_EQ(ended_[0].code, code);
    EXPECT_FALSE(fresh.was_connected());
  }
}

TEST_F(ConnectionTest, another_release_is_said_with_where_to_get_it) {
  connection_.start();
  server_.answer_master();
  server_.accept();
  v1::HelloReply reply;
  reply.mutable_update_required()->set_release("9.9.9");
  reply.mutable_update_required()->set_url("https://host/get");
  server_.reply(reply);
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].code, "release-mismatch");
  EXPECT_THAT(ended_[0].message,
              testing::AllOf(testing::HasSubstr("9.9.9"), testing::HasSubstr("https://host/get")));
}

TEST_F(ConnectionTest, a_cut_connection_is_resumed_and_no_message_is_lost) {
  join();
  server_.pipe->cut();
  server_.pipe->pump();
  tell("said in the gap");
  pass(milliseconds(125));
  server_.accept();
  EXPECT_EQ(server_.hello.resume().link_id(), std::string(16, 'i'));
  EXPECT_TRUE(server_.hello.token().empty());
  server_.welcome(v1::RESUMPTION_RESUMED);
  EXPECT_EQ(connected_.back(), event::Resumption::kResumed);
  EXPECT_EQ(gap_, milliseconds(125));
  EXPECT_EQ(server_.link->received(), 1U);
}

TEST_F(ConnectionTest, when_the_other_side_falls_silent_another_way_takes_over) {
  join();
  server_.pipe->stall(0, true);  // as when an address changes: nothing arrives, nothing is said
  tell("said in the silence");
  pass(milliseconds(1'500));
  EXPECT_TRUE(network_.connects.empty());
  pass(milliseconds(200));
  ASSERT_EQ(network_.connects.size(), 1U);
  EXPECT_TRUE(reconnecting_.empty());  // it may just be slow
  server_.accept();
  EXPECT_EQ(reconnecting_.size(), 1U);
  EXPECT_EQ(server_.hello.resume().link_id(), std::string(16, 'i'));
  server_.welcome(v1::RESUMPTION_RESUMED);
  EXPECT_EQ(connected_.back(), event::Resumption::kResumed);
  EXPECT_EQ(server_.link->received(), 1U);
}

TEST_F(ConnectionTest, a_link_that_is_heard_again_stays) {
  join();
  server_.pipe->stall(0, true);
  pass(milliseconds(1'700));
  ASSERT_EQ(network_.connects.size(), 1U);
  server_.pipe->stall(0, false);
  server_.pipe->pump();  // the answer to our ping
  FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(network_.connects,
                                                           transport::MemoryPipe::make()->end(0));
  EXPECT_TRUE(reconnecting_.empty());
  EXPECT_TRUE(connection_.carries());
}

TEST_F(ConnectionTest, pauses_grow_while_nothing_answers) {
  join();
  cut();
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(network_.connects.size(), 1U) << i;
    FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(
        network_.connects, base::fail_as(base::ErrorKind::kUnreachable, "unreachable", "no"));
    const auto pause = milliseconds(250) * (1 << i);
    pass(pause - milliseconds(1));
    EXPECT_TRUE(network_.connects.empty()) << i;
    pass(milliseconds(1));
  }
  EXPECT_EQ(reconnecting_.size(), 5U);
  EXPECT_TRUE(ended_.empty());
}

TEST_F(ConnectionTest, a_link_that_the_server_forgot_is_joined_anew) {
  join();
  cut();
  server_.accept();
  server_.refuse("resume-unknown");
  server_.let_in();
  EXPECT_EQ(server_.hello.token(), "token");
  EXPECT_EQ(connected_.back(), event::Resumption::kRejoined);
  EXPECT_TRUE(ended_.empty());
}

TEST_F(ConnectionTest, after_a_restart_both_sides_count_anew) {
  join();
  tell("before");
  cut();
  server_.accept();
  server_.link.reset();
  server_.welcome(v1::RESUMPTION_RESTORED);
  EXPECT_EQ(connected_.back(), event::Resumption::kRestored);
  tell("after");
  EXPECT_EQ(server_.link->received(), 1U);
}

TEST_F(ConnectionTest, a_room_that_closed_during_the_gap_ends_the_meeting) {
  join();
  cut();
  server_.accept();
  server_.refuse("resume-unknown");
  FakeNetwork::answer<RoomInfo>(network_.room_infos,
                                base::fail_as(base::ErrorKind::kClosed, "room-closed", "closed"));
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].code, "room-closed");
}

TEST_F(ConnectionTest, after_minutes_without_a_connection_it_gives_up) {
  join();
  cut();
  for (int i = 0; i < 1000 && ended_.empty(); ++i) {
    if (!network_.connects.empty()) {
      FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(
          network_.connects, base::fail_as(base::ErrorKind::kUnreachable, "unreachable", "no"));
    }
    pass(seconds(1));
  }
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].code, "connection-lost");
}

TEST_F(ConnectionTest, a_server_that_does_not_answer_the_greeting_is_given_up) {
  connection_.start();
  server_.answer_master();
  server_.accept();
  pass(seconds(9));
  EXPECT_TRUE(ended_.empty());
  pass(seconds(2));
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].code, "unreachable");
}

TEST_F(ConnectionTest, being_removed_is_final_and_a_restart_is_not) {
  join();
  server_.link->end("draining", "");
  server_.pipe->pump();
  EXPECT_TRUE(ended_.empty());
  EXPECT_EQ(reconnecting_, std::vector<std::string>{"draining"});
  pass(milliseconds(250));
  server_.accept();
  EXPECT_EQ(server_.hello.resume().link_id(), std::string(16, 'i'));
  server_.link.reset();
  server_.welcome(v1::RESUMPTION_RESTORED);
  EXPECT_EQ(connected_.back(), event::Resumption::kRestored);
  server_.link->end("removed", "");
  server_.pipe->pump();
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].code, "removed");
}

TEST_F(ConnectionTest, a_better_way_that_has_returned_is_moved_to_while_the_old_one_carries) {
  join();
  for (int second = 0; second < 15; ++second) {
    EXPECT_TRUE(network_.better.empty());
    keep_alive(seconds(1));
  }
  ASSERT_EQ(network_.better.size(), 1U);
  const auto before = server_.pipe;
  network_.connects.push_back(std::move(network_.better.front()));
  network_.better.pop_front();
  tell("said before");
  server_.accept();
  EXPECT_EQ(server_.hello.resume().link_id(), std::string(16, 'i'));
  EXPECT_TRUE(connection_.carries());
  server_.welcome(v1::RESUMPTION_RESUMED);
  tell("said after");
  EXPECT_EQ(server_.link->received(), 2U);
  before->cut();
  before->pump();
  pass(seconds(2));
  EXPECT_TRUE(connection_.carries());
  EXPECT_TRUE(reconnecting_.empty());
  EXPECT_EQ(connected_.size(), 1U);
}

TEST_F(ConnectionTest, what_is_looked_for_in_vain_is_looked_for_less_often) {
  join();
  std::vector<int> looks;
  for (int second = 0; second < 240; ++second) {
    keep_alive(seconds(1));
    if (network_.better.empty()) continue;
    looks.push_back(second);
    FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(
        network_.better, base::fail_as(base::ErrorKind::kUnreachable, "tcp-timeout", "no"));
  }
  EXPECT_EQ(looks, (std::vector<int>{14, 29, 59, 119, 239}));
  EXPECT_TRUE(connection_.carries());
}

TEST_F(ConnectionTest, before_a_network_ends_a_connection_another_takes_over) {
  network_.longest = seconds(100);
  join();
  hold(80);
  ASSERT_EQ(network_.connects.size(), 1U);
  server_.accept();
  server_.welcome(v1::RESUMPTION_RESUMED);
  hold(79);
  EXPECT_TRUE(network_.connects.empty());
  hold(1);
  EXPECT_EQ(network_.connects.size(), 1U);
  FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(
      network_.connects, base::fail_as(base::ErrorKind::kUnreachable, "tcp-timeout", "no"));
  hold(1);
  EXPECT_TRUE(network_.connects.empty());
  hold(5);
  EXPECT_EQ(network_.connects.size(), 1U);
  EXPECT_TRUE(reconnecting_.empty());
}

TEST_F(ConnectionTest, a_move_that_the_server_refuses_or_leaves_unanswered_changes_nothing) {
  network_.longest = seconds(100);
  join();
  hold(80);
  const auto before = server_.pipe;
  server_.accept();
  const auto refused = std::exchange(server_.pipe, before);
  refused->cut();
  refused->pump();
  tell("still here");
  EXPECT_EQ(server_.link->received(), 1U);
  hold(6);
  ASSERT_EQ(network_.connects.size(), 1U);
  server_.accept();
  server_.pipe = before;
  hold(12);
  EXPECT_TRUE(connection_.carries());
  EXPECT_TRUE(reconnecting_.empty());
  EXPECT_TRUE(ended_.empty());
}

TEST_F(ConnectionTest, the_network_is_told_how_long_a_connection_held) {
  join();
  hold(30);
  cut();
  ASSERT_EQ(network_.cuts.size(), 1U);
  EXPECT_EQ(network_.cuts[0], seconds(30));
}

TEST_F(ConnectionTest, leaving_is_told_to_the_server_and_calls_nothing) {
  join();
  connection_.leave();
  server_.pipe->pump();
  EXPECT_EQ(server_.closed, "left");
  EXPECT_TRUE(ended_.empty());
}

TEST_F(ConnectionTest, answers_that_come_after_the_end_are_ignored) {
  connection_.start();
  connection_.leave();
  server_.answer_master();
  EXPECT_TRUE(network_.requests.empty());
  EXPECT_TRUE(connected_.empty());
}

// At every step of the way the network breaks once; the meeting goes on each time.
TEST_F(ConnectionTest, wherever_the_connection_breaks_it_is_made_again) {
  join();
  for (std::size_t steps = 0; steps < 6; ++steps) {
    server_.pipe->cut();
    server_.pipe->pump();
    for (int i = 0; i < 20 && network_.connects.empty(); ++i) pass(seconds(1));
    auto pipe = transport::MemoryPipe::make();
    auto theirs = pipe->end(1);
    FakeNetwork::answer<std::unique_ptr<transport::Carrier>>(network_.connects, pipe->end(0));
    pipe->pump(steps);
    pipe->cut();
    pipe->pump();
    for (int i = 0; i < 20 && network_.connects.empty(); ++i) pass(seconds(1));
    ASSERT_FALSE(network_.connects.empty()) << steps;
    server_.accept();
    server_.welcome(v1::RESUMPTION_RESUMED);
    EXPECT_TRUE(connection_.carries());
  }
  EXPECT_TRUE(ended_.empty());
}

}  // namespace
}  // namespace vistime::client
