#include "server/conference/chat.hpp"

#include <gtest/gtest.h>

#include "server/conference/room_testing.hpp"

namespace vistime::server::conference {
namespace {

using vistime::v1::ClientMessage;
using vistime::v1::ServerMessage;

struct ChatTest : testing::Test {
  vistime::v1::ChatHistory history(Client& client, std::uint64_t after) {
    EXPECT_EQ(house.ask(client, [&](ClientMessage& m) { m.mutable_get_chat()->set_after(after); }), "");
    return client.last(ServerMessage::kChatHistory)->chat_history();
  }
  RoomHarness house;
  Client& anna = house.join("anna");
  Client& ben = house.join("ben");
};

TEST_F(ChatTest, a_message_goes_to_all_in_order_and_is_there_for_those_who_come_later) {
  EXPECT_EQ(house.chat(anna, "one"), "");
  EXPECT_EQ(house.chat(ben, "two"), "");
  for (const Client* client : {&anna, &ben}) {
    const auto chat = client->all(ServerMessage::kChat);
    ASSERT_EQ(chat.size(), 2U);
    EXPECT_EQ(chat[0].chat().sequence(), 1U);
    EXPECT_EQ(chat[0].chat().from_name(), "anna");
    EXPECT_EQ(chat[1].chat().sealed(), "sealed two");
  }
  Client& carl = house.join("carl");
  EXPECT_EQ(carl.last(ServerMessage::kSnapshot)->snapshot().last_chat(), 2U);
  const auto page = history(carl, 0);
  EXPECT_TRUE(page.complete());
  ASSERT_EQ(page.messages_size(), 2);
  EXPECT_EQ(page.messages(1).from(), "id-ben");
  EXPECT_EQ(history(carl, 2).messages_size(), 0);
}

TEST_F(ChatTest, nobody_hears_of_a_message_before_it_is_on_disk) {
  anna.ask([](ClientMessage& m) {
    m.mutable_send_chat()->set_id(std::string(16, 'x'));
    m.mutable_send_chat()->set_sealed("s");
  });
  while (house.step()) {
  }
  EXPECT_TRUE(ben.all(ServerMessage::kChat).empty());
  EXPECT_EQ(anna.answer(anna.last_request), "none");
  house.settle();
  EXPECT_EQ(ben.all(ServerMessage::kChat).size(), 1U);
  EXPECT_EQ(anna.answer(anna.last_request), "");
}

TEST_F(ChatTest, a_full_disk_is_told_to_the_sender_and_nobody_else) {
  house.store.broken = true;
  EXPECT_EQ(house.chat(anna, "one"), "disk-full");
  EXPECT_TRUE(ben.all(ServerMessage::kChat).empty());
}

TEST_F(ChatTest, a_message_sent_again_is_answered_but_not_doubled) {
  EXPECT_EQ(house.chat(anna, "one"), "");
  EXPECT_EQ(house.chat(anna, "one"), "");
  EXPECT_EQ(ben.all(ServerMessage::kChat).size(), 1U);
  EXPECT_EQ(house.room->counters().chat_messages, 1U);
}

TEST_F(ChatTest, a_private_message_is_for_two) {
  Client& carl = house.join("carl");
  EXPECT_EQ(house.chat(anna, "psst", "id-ben"), "");
  EXPECT_EQ(ben.last(ServerMessage::kChat)->chat().to(), "id-ben");
  EXPECT_EQ(anna.all(ServerMessage::kChat).size(), 1U);
  EXPECT_TRUE(carl.all(ServerMessage::kChat).empty());
  EXPECT_EQ(history(carl, 0).messages_size(), 0);
  EXPECT_EQ(history(ben, 0).messages_size(), 1);
  EXPECT_EQ(house.chat(anna, "psst2", "id-nobody"), "not-found");
  EXPECT_EQ(house.chat(anna, "psst3", "id-anna"), "invalid");
}

TEST_F(ChatTest, history_comes_in_pages) {
  house.limits.chat_page_messages = 10;
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(house.chat(anna, std::to_string(i)), "");
    house.pass(std::chrono::milliseconds(250));
  }
  const auto first = history(ben, 0);
  EXPECT_EQ(first.messages_size(), 10);
  EXPECT_FALSE(first.complete());
  const auto last = history(ben, 20);
  EXPECT_EQ(last.messages_size(), 5);
  EXPECT_TRUE(last.complete());
}

TEST_F(ChatTest, the_oldest_messages_make_place_for_new_ones) {
  house.limits.chat_messages = 3;
  for (int i = 0; i < 5; ++i) house.chat(anna, std::to_string(i));
  const auto page = history(ben, 0);
  ASSERT_EQ(page.messages_size(), 3);
  EXPECT_EQ(page.messages(0).sequence(), 3U);
}

TEST_F(ChatTest, a_flood_is_slowed_down) {
  for (int i = 0; i < 30; ++i) EXPECT_EQ(house.chat(anna, std::to_string(i)), "");
  EXPECT_EQ(house.chat(anna, "31"), "too-many");
  EXPECT_EQ(house.chat(ben, "32"), "");
  house.pass(std::chrono::seconds(1));
  EXPECT_EQ(house.chat(anna, "33"), "");
}

TEST_F(ChatTest, what_is_no_message_is_refused) {
  const auto send = [&](const std::string& id, const std::string& sealed) {
    return house.ask(anna, [&](ClientMessage& m) {
      m.mutable_send_chat()->set_id(id);
      m.mutable_send_chat()->set_sealed(sealed);
    });
  };
  EXPECT_EQ(send("short", "s"), "invalid");
  EXPECT_EQ(send(std::string(16, 'i'), ""), "invalid");
  EXPECT_EQ(send(std::string(16, 'i'), std::string(16 * 1024 + 1, 's')), "limit");
  EXPECT_EQ(send(std::string(16, 'i'), std::string(16 * 1024, 's')), "");
}

TEST_F(ChatTest, a_message_whose_sender_left_meanwhile_is_delivered) {
  anna.ask([](ClientMessage& m) {
    m.mutable_send_chat()->set_id(std::string(16, 'x'));
    m.mutable_send_chat()->set_sealed("bye");
  });
  anna.ask([](ClientMessage& m) { m.mutable_leave(); });
  house.settle();
  EXPECT_EQ(ben.last(ServerMessage::kChat)->chat().sealed(), "bye");
}

TEST_F(ChatTest, what_completes_after_the_rooms_end_is_dropped) {
  anna.ask([](ClientMessage& m) {
    m.mutable_send_chat()->set_id(std::string(16, 'x'));
    m.mutable_send_chat()->set_sealed("late");
  });
  while (house.step()) {
  }
  house.room.reset();
  house.store.complete();
  EXPECT_EQ(house.store.chat(house.record.id).size(), 1U);
}

}  // namespace
}  // namespace vistime::server::conference
