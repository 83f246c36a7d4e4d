#include "server/master/master_role.hpp"

#include "server/master/master_testing.hpp"

namespace vistime::server::master {
namespace {

using std::chrono::days;
using std::chrono::hours;

TEST_F(MasterTest, a_new_room_comes_with_its_host_key_and_is_found) {
  const auto response = create({{"lobby", true}, {"max_participants", 7}});
  ASSERT_EQ(response.result_int(), 201);
  const json room = body_of(response);
  const auto id = room["room"].get<std::string>();
  EXPECT_TRUE(is_room_id(id)) << id;
  EXPECT_EQ(room["host_key"].get<std::string>().size(), 43U);  // 32 bytes
  EXPECT_EQ(room["path"], "/m/" + id);
  EXPECT_EQ(room["name"], "Weekly");
  EXPECT_EQ(room["created"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(room["expires"], "2024-02-12T22:13:20Z");
  EXPECT_EQ(counted("vistime_master_rooms_created_total"), 1);

  const json shown = body_of(show(id));
  EXPECT_EQ(shown, json({{"room", id},
                         {"name", "Weekly"},
                         {"password_required", false},
                         {"lobby", true},
                         {"max_participants", 7},
                         {"key_check", std::string(32, '0')},
                         {"state", "open"},
                         {"created", "2023-11-14T22:13:20Z"}}));
}

TEST_F(MasterTest, a_room_that_asks_for_nothing_gets_the_defaults) {
  const auto response = create({{"name", "  "}});
  const json shown = body_of(show(body_of(response)["room"]));
  EXPECT_EQ(shown["name"], "Meeting");
  EXPECT_EQ(shown["max_participants"], settings.max_participants);
  EXPECT_EQ(shown["lobby"], false);
}

TEST_F(MasterTest, a_malformed_wish_for_a_room_is_refused_with_its_code) {
  EXPECT_EQ(refusal_of(create({{"name", 7}})), "400 invalid-name");
  EXPECT_EQ(refusal_of(create({{"key_check", "xyz"}})), "400 invalid-key-check");
  EXPECT_EQ(refusal_of(create({{"max_participants", 501}})), "400 invalid-limit");
  EXPECT_EQ(refusal_of(ask(http::verb::post, "/api/v1/rooms", "{")), "400 invalid-json");
}

TEST_F(MasterTest, what_is_not_declared_as_json_is_refused) {
  const std::string body = R"({"name":"x","key_check":"00000000000000000000000000000000"})";
  const auto as = [&](const std::string& type) {
    return ask(http::verb::post, "/api/v1/rooms", body, {{"Content-Type", type}});
  };
  EXPECT_EQ(refusal_of(as("text/plain")), "415 unsupported-media-type");
  EXPECT_EQ(refusal_of(as("application/x-www-form-urlencoded")), "415 unsupported-media-type");
  EXPECT_EQ(as("Application/JSON; charset=utf-8").result_int(), 201);
}

TEST_F(MasterTest, one_address_makes_so_many_rooms_an_hour_and_another_is_not_held_up) {
  settings.rooms_per_hour = 2;
  reopen();
  EXPECT_EQ(create({{"name", 7}}).result_int(), 400);  // costs nothing
  EXPECT_EQ(create().result_int(), 201);
  EXPECT_EQ(create().result_int(), 201);
  const auto refused = create();
  EXPECT_EQ(refusal_of(refused), "429 too-many-attempts");
  EXPECT_EQ(refused[http::field::retry_after], "1800");
  peer.address = "198.51.100.9";
  EXPECT_EQ(create().result_int(), 201);
  peer.address = "192.0.2.1";
  clock.advance(hours(1));
  EXPECT_EQ(create().result_int(), 201);
}

TEST_F(MasterTest, the_addresses_of_one_ipv6_network_count_together) {
  settings.rooms_per_hour = 1;
  reopen();
  peer.address = "2001:db8::1";
  EXPECT_EQ(create().result_int(), 201);
  peer.address = "2001:db8::ffff";
  EXPECT_EQ(create().result_int(), 429);
}

TEST_F(MasterTest, the_server_holds_so_many_open_rooms) {
  settings.max_rooms = 1;
  reopen();
  const json first = body_of(create());
  const auto refused = create();
  EXPECT_EQ(refusal_of(refused), "503 too-many-rooms");
  EXPECT_EQ(refused.count(http::field::retry_after), 1U);
  EXPECT_EQ(remove(first["room"], first["host_key"]).result_int(), 204);
  EXPECT_EQ(create().result_int(), 201);
}

TEST_F(MasterTest, a_full_disk_refuses_rooms_and_keeps_nobody_out_of_theirs) {
  const json room = body_of(create());
  rooms->create_failures = 1;
  rooms->fail_writes = true;
  EXPECT_EQ(refusal_of(create()), "503 disk-full");
  EXPECT_EQ(join(room["room"]).result_int(), 200);
  EXPECT_EQ(refusal_of(remove(room["room"], room["host_key"])), "503 disk-full");
  EXPECT_TRUE(conference.closed.empty());
}

TEST_F(MasterTest, a_failing_database_is_not_described_to_strangers) {
  const json room = body_of(create());
  rooms->fail_reads = true;
  rooms->failure = {base::ErrorKind::kInternal, "data-damaged", "/srv/secret/master.db is damaged"};
  const auto response = show(room["room"]);
  EXPECT_EQ(refusal_of(response), "500 data-damaged");
  EXPECT_EQ(response.body().find("secret"), std::string::npos);
}

TEST_F(MasterTest, an_id_that_is_taken_is_replaced_by_another) {
  rooms->failure = {base::ErrorKind::kInvalid, "constraint", "UNIQUE constraint failed: rooms.id"};
  rooms->create_failures = 2;
  EXPECT_EQ(create().result_int(), 201);
  rooms->create_failures = 3;
  EXPECT_EQ(create().result_int(), 500);
}

TEST_F(MasterTest, rooms_outlive_a_restart) {
  const json room = body_of(create({{"password", "secret"}}));
  const auto before = show(room["room"]).body();
  reopen();
  EXPECT_EQ(show(room["room"]).body(), before);
  EXPECT_EQ(join(room["room"], {{"password", "secret"}}).result_int(), 200);
  EXPECT_EQ(remove(room["room"], room["host_key"]).result_int(), 204);
  reopen();
  EXPECT_EQ(refusal_of(show(room["room"])), "410 room-closed");
}

TEST_F(MasterTest, the_host_sees_who_is_there_and_nobody_else_does) {
  const json room = body_of(create());
  conference.status = {3, 2, true};
  const json seen = body_of(show(room["room"], room["host_key"]));
  EXPECT_EQ(seen["participants"], 3);
  EXPECT_EQ(seen["waiting"], 2);
  EXPECT_EQ(seen["locked"], true);
  EXPECT_FALSE(body_of(show(room["room"])).contains("participants"));
  EXPECT_EQ(refusal_of(show(room["room"], "wrong")), "403 wrong-host-key");
  conference.failure =
      base::Error{base::ErrorKind::kUnreachable, "upstream", "the conference server is away"};
  EXPECT_EQ(refusal_of(show(room["room"], room["host_key"])), "502 upstream");
}

TEST_F(MasterTest, a_room_that_its_host_ended_over_the_link_is_closed_when_its_host_looks) {
  const json room = body_of(create());
  conference.status.closed = true;
  EXPECT_EQ(refusal_of(show(room["room"], room["host_key"])), "410 room-closed");
  conference.status.closed = false;
  EXPECT_EQ(refusal_of(show(room["room"])), "410 room-closed");
  EXPECT_EQ(refusal_of(join(room["room"])), "410 room-closed");
}

TEST_F(MasterTest, unknown_rooms_are_told_whatever_is_asked_of_them) {
  for (const std::string id : {"aaaaaaaaaa", "short", "AAAAAAAAAA", "aaaaaaaaa1"}) {
    EXPECT_EQ(refusal_of(show(id)), "404 room-unknown") << id;
    EXPECT_EQ(refusal_of(join(id)), "404 room-unknown") << id;
    EXPECT_EQ(refusal_of(remove(id, "key")), "404 room-unknown") << id;
  }
}

TEST_F(MasterTest, only_the_host_closes_a_room_and_it_is_remembered_for_a_month) {
  const json room = body_of(create());
  const std::string id = room["room"];
  EXPECT_EQ(refusal_of(remove(id, "")), "403 wrong-host-key");
  EXPECT_EQ(refusal_of(remove(id, "guess")), "403 wrong-host-key");
  const auto response = remove(id, room["host_key"]);
  EXPECT_EQ(response.result_int(), 204);
  EXPECT_TRUE(response.body().empty());
  EXPECT_EQ(conference.closed, std::vector<std::string>{id});
  EXPECT_EQ(counted("vistime_master_rooms_closed_total"), 1);
  EXPECT_EQ(refusal_of(show(id)), "410 room-closed");
  EXPECT_EQ(refusal_of(join(id)), "410 room-closed");
  clock.advance(days(29));
  keep_house();
  EXPECT_EQ(refusal_of(show(id)), "410 room-closed");
  clock.advance(days(1));
  EXPECT_EQ(refusal_of(show(id)), "404 room-unknown");
  keep_house();
  EXPECT_EQ(refusal_of(show(id)), "404 room-unknown");
}

TEST_F(MasterTest, closing_again_finishes_what_failed_half_way) {
  const json room = body_of(create());
  conference.failure =
      base::Error{base::ErrorKind::kUnreachable, "upstream", "the conference server is away"};
  EXPECT_EQ(refusal_of(remove(room["room"], room["host_key"])), "502 upstream");
  EXPECT_EQ(refusal_of(join(room["room"])), "410 room-closed");
  conference.failure.reset();
  EXPECT_EQ(remove(room["room"], room["host_key"]).result_int(), 204);
  EXPECT_EQ(conference.closed.size(), 1U);
  EXPECT_EQ(counted("vistime_master_rooms_closed_total"), 1);
}

TEST_F(MasterTest, a_room_that_nobody_uses_expires_and_its_chat_goes_with_it) {
  const std::string used = body_of(create())["room"], unused = body_of(create())["room"];
  clock.advance(days(89));
  EXPECT_EQ(join(used).result_int(), 200);
  clock.advance(days(1));
  EXPECT_EQ(refusal_of(join(unused)), "404 room-unknown");  // before housekeeping comes by
  clock.advance(hours(1));
  keep_house();
  EXPECT_EQ(conference.closed, std::vector<std::string>{unused});
  EXPECT_EQ(run(rooms->find(unused)).error().code, "room-unknown");
  EXPECT_EQ(show(used).result_int(), 200);
}

TEST_F(MasterTest, a_meeting_that_never_ended_does_not_expire) {
  const std::string id = body_of(create())["room"];
  conference.status.participants = 2;
  clock.advance(days(91));
  keep_house();
  EXPECT_TRUE(conference.closed.empty());
  EXPECT_EQ(show(id).result_int(), 200);
}

TEST_F(MasterTest, an_expired_room_stays_on_the_disk_until_its_chat_could_be_deleted) {
  const std::string id = body_of(create())["room"];
  clock.advance(days(91));
  conference.failure =
      base::Error{base::ErrorKind::kUnreachable, "upstream", "the conference server is away"};
  keep_house();
  EXPECT_TRUE(run(rooms->find(id)));
  conference.failure.reset();
  keep_house();
  EXPECT_FALSE(run(rooms->find(id)));
  EXPECT_EQ(conference.closed, std::vector<std::string>{id});
}

TEST_F(MasterTest, a_server_that_drains_takes_nobody_and_still_answers) {
  const json room = body_of(create());
  EXPECT_TRUE(role->ready());
  role->drain();
  EXPECT_FALSE(role->ready());
  for (const auto& response : {create(), join(room["room"])}) {
    EXPECT_EQ(refusal_of(response), "503 draining");
    EXPECT_EQ(response.count(http::field::retry_after), 1U);
  }
  EXPECT_EQ(show(room["room"]).result_int(), 200);
  EXPECT_EQ(remove(room["room"], room["host_key"]).result_int(), 204);
}

}  // namespace
}  // namespace vistime::server::master
