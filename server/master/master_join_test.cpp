// Joining: who gets a token, what it says, and how often one may try.
#include "server/master/master_role.hpp"
#include "server/master/master_testing.hpp"

namespace vistime::server::master {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct MasterJoinTest : MasterTest {
  RoomGrant grant_of(const Response& response) {
    const auto keys = TokenVerifier::from_key_set(ask(http::verb::get, "/api/v1/keys").body()).value();
    return keys.verify_room(body_of(response)["token"].get<std::string>(), clock.wall()).value();
  }
};

TEST_F(MasterJoinTest, a_guest_gets_a_token_and_the_way_to_the_meeting) {
  settings.https_port = 8443;
  settings.conference_port = 12001;
  reopen();
  const std::string id = body_of(create({{"lobby", true}, {"max_participants", 9}}))["room"];
  const auto response = join(id, {{"name", " Zoë "}});
  ASSERT_EQ(response.result_int(), 200);
  EXPECT_EQ(response[http::field::cache_control], "no-store");
  const json answer = body_of(response);
  EXPECT_EQ(answer["role"], "guest");
  EXPECT_EQ(answer["link"], "/link/conference/" + id);
  EXPECT_EQ(answer["ports"], json({{"https", 8443}, {"conference", 12001}}));
  EXPECT_EQ(answer["expires_in"], 60);
  EXPECT_FALSE(answer["release"].get<std::string>().empty());

  const RoomGrant grant = grant_of(response);
  EXPECT_EQ(grant.room, id);
  EXPECT_EQ(grant.participant, answer["participant"].get<std::string>());
  EXPECT_EQ(grant.participant.size(), 16U);
  EXPECT_EQ(grant.name, "Zoë");
  EXPECT_EQ(grant.device, "abcdefghijklmnopqrstuv");
  EXPECT_EQ(grant.role, RoomRole::kGuest);
  EXPECT_EQ(grant.room_name, "Weekly");
  EXPECT_TRUE(grant.lobby);
  EXPECT_EQ(grant.max_participants, 9U);
  EXPECT_EQ(grant.expires - grant.issued, seconds(60));
  EXPECT_EQ(counted("vistime_master_joins_total", "admitted"), 1);
}

TEST_F(MasterJoinTest, every_join_is_another_participant) {
  const std::string id = body_of(create())["room"];
  EXPECT_NE(body_of(join(id))["participant"], body_of(join(id))["participant"]);
}

TEST_F(MasterJoinTest, a_token_is_good_for_a_minute) {
  const std::string id = body_of(create())["room"];
  const std::string token = body_of(join(id))["token"];
  const auto keys = TokenVerifier::from_key_set(signer.key_set()).value();
  clock.advance(seconds(59));
  EXPECT_TRUE(keys.verify_room(token, clock.wall()));
  clock.advance(seconds(1));
  EXPECT_EQ(keys.verify_room(token, clock.wall()).error().code, "token-expired");
}

TEST_F(MasterJoinTest, the_host_key_makes_a_host_who_needs_no_password) {
  const json room = body_of(create({{"password", "secret"}}));
  const auto response = join(room["room"], {{"host_key", room["host_key"]}});
  ASSERT_EQ(response.result_int(), 200);
  EXPECT_EQ(body_of(response)["role"], "host");
  EXPECT_EQ(grant_of(response).role, RoomRole::kHost);
  EXPECT_EQ(refusal_of(join(room["room"], {{"host_key", "guess"}, {"password", "secret"}})),
            "403 wrong-host-key");
  EXPECT_EQ(counted("vistime_master_joins_total", "wrong-host-key"), 1);
}

TEST_F(MasterJoinTest, a_password_is_asked_for_and_checked) {
  const std::string id = body_of(create({{"password", "Geheimnis äöü"}}))["room"];
  EXPECT_EQ(body_of(show(id))["password_required"], true);
  EXPECT_EQ(refusal_of(join(id)), "401 password-required");
  EXPECT_EQ(refusal_of(join(id, {{"password", "geheimnis äöü"}})), "403 wrong-password");
  EXPECT_EQ(join(id, {{"password", "Geheimnis äöü"}}).result_int(), 200);
  EXPECT_EQ(counted("vistime_master_joins_total", "wrong-password"), 1);
  EXPECT_EQ(counted("vistime_master_joins_total", "password-required"), 1);
}

TEST_F(MasterJoinTest, a_password_that_no_room_asks_for_does_no_harm) {
  const std::string id = body_of(create())["room"];
  EXPECT_EQ(join(id, {{"password", "anything"}}).result_int(), 200);
}

TEST_F(MasterJoinTest, neither_password_nor_host_key_lies_on_the_disk) {
  const json room = body_of(create({{"password", "correct horse battery"}}));
  EXPECT_EQ(join(room["room"], {{"host_key", room["host_key"]}}).result_int(), 200);
  close();
  std::string data;
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    data += folder.read(file.path().filename().string());
  }
  EXPECT_NE(data.find("$argon2id$"), std::string::npos);
  EXPECT_EQ(data.find("correct horse"), std::string::npos);
  EXPECT_EQ(data.find(room["host_key"].get<std::string>()), std::string::npos);
}

TEST_F(MasterJoinTest, a_malformed_join_is_refused_with_its_code) {
  const std::string id = body_of(create())["room"];
  const std::string path = "/api/v1/rooms/" + id + "/join";
  EXPECT_EQ(refusal_of(join(id, {{"name", ""}})), "400 invalid-name");
  EXPECT_EQ(refusal_of(join(id, {{"device", "short"}})), "400 invalid-device");
  EXPECT_EQ(refusal_of(join(id, {{"password", 1}})), "400 invalid-password");
  EXPECT_EQ(refusal_of(join(id, {{"host_key", "a b"}})), "400 invalid-host-key");
  EXPECT_EQ(refusal_of(ask(http::verb::post, path, "[]")), "400 invalid-json");
  EXPECT_EQ(refusal_of(ask(http::verb::post, path, "{}", {{"Content-Type", "text/plain"}})),
            "415 unsupported-media-type");
  EXPECT_EQ(counted("vistime_master_joins_total", "invalid"), 6);
}

TEST_F(MasterJoinTest, guessing_a_password_is_stopped_for_that_room_and_address_only) {
  settings.wrong_passwords = 3;
  reopen();
  const std::string id = body_of(create({{"password", "secret"}}))["room"];
  const std::string other = body_of(create({{"password", "secret"}}))["room"];
  for (int at = 0; at < 3; ++at)
    EXPECT_EQ(refusal_of(join(id, {{"password", "guess"}})), "403 wrong-password");
  const auto refused = join(id, {{"password", "secret"}});
  EXPECT_EQ(refusal_of(refused), "429 too-many-attempts");
  EXPECT_EQ(refused[http::field::retry_after], "200");
  EXPECT_EQ(join(other, {{"password", "secret"}}).result_int(), 200);
  peer.address = "198.51.100.9";
  EXPECT_EQ(join(id, {{"password", "secret"}}).result_int(), 200);
  peer.address = "192.0.2.1";
  clock.advance(seconds(200));
  EXPECT_EQ(join(id, {{"password", "secret"}}).result_int(), 200);
}

TEST_F(MasterJoinTest, right_passwords_do_not_count_as_guesses) {
  settings.wrong_passwords = 1;
  reopen();
  const json room = body_of(create({{"password", "secret"}}));
  for (int at = 0; at < 3; ++at) EXPECT_EQ(join(room["room"], {{"password", "secret"}}).result_int(), 200);
  EXPECT_EQ(refusal_of(join(room["room"], {{"password", "guess"}})), "403 wrong-password");
  EXPECT_EQ(refusal_of(join(room["room"], {{"password", "secret"}})), "429 too-many-attempts");
  EXPECT_EQ(join(room["room"], {{"host_key", room["host_key"]}}).result_int(), 200);  // needs no password
}

TEST_F(MasterJoinTest, one_address_joins_so_often_a_minute) {
  settings.joins_per_minute = 2;
  reopen();
  const std::string id = body_of(create())["room"];
  EXPECT_EQ(join(id).result_int(), 200);
  EXPECT_EQ(refusal_of(join("aaaaaaaaaa")), "404 room-unknown");  // looking for rooms counts
  const auto refused = join(id);
  EXPECT_EQ(refusal_of(refused), "429 too-many-attempts");
  EXPECT_EQ(refused[http::field::retry_after], "30");
  EXPECT_EQ(counted("vistime_master_joins_total", "too-many-attempts"), 1);
  clock.advance(minutes(1));
  EXPECT_EQ(join(id).result_int(), 200);
}

}  // namespace
}  // namespace vistime::server::master
